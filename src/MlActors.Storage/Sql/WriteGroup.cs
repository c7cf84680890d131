using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

/// <summary>Writes that commit together or not at all, and the task of the one who waits for them.</summary>
/// <param name="owner">The job whose owner hands them in; <c>null</c>: anybody may.</param>
internal sealed class WriteGroup(IReadOnlyList<RowWrite> writes, string? owner)
{
    // Continuations of callers never run on the writer's thread.
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public string? Owner => owner;

    public long Bytes { get; } = writes.Sum(write => (long)write.Bytes);

    public void Execute(WriteSession session)
    {
        foreach (var write in writes) write.Execute(session);
    }

    public void Complete()
    {
        foreach (var write in writes) write.Committed();
        _done.SetResult();
    }

    public void Fail(Exception e) => _done.SetException(e);
}
