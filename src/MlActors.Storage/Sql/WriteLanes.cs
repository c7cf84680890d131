using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

/// <summary>The writers of a database. All that concerns one job goes through the same one, in the order of the calls.</summary>
internal sealed class WriteLanes(params IReadOnlyList<GroupWriter> writers) : IDisposable
{
    /// <summary>Groups that were handed in and are not committed.</summary>
    public int Pending => writers.Sum(writer => writer.Pending);

    /// <summary>Hands in what nobody owns; it keeps its order among its like.</summary>
    public Task WriteAsync(params IReadOnlyList<RowWrite> writes) => writers[0].WriteAsync(writes, null);

    /// <param name="job">Whose order it keeps.</param>
    /// <param name="byOwner">Whether it is refused when another process has taken the job over.</param>
    public Task WriteAsync(string job, IReadOnlyList<RowWrite> writes, bool byOwner) => Of(job).WriteAsync(writes, byOwner ? job : null);

    /// <param name="number">Of an index of documents, whose order it keeps.</param>
    public Task WriteAsync(long number, IReadOnlyList<RowWrite> writes) => writers[(int)((ulong)number % (uint)writers.Count)].WriteAsync(writes, null);

    public void Dispose()
    {
        foreach (var writer in writers) writer.Dispose();
    }

    private GroupWriter Of(string job) => writers.Count == 1 ? writers[0] : writers[(int)((uint)string.GetHashCode(job, StringComparison.Ordinal) % (uint)writers.Count)];
}
