using MlActors.Storage.Sqlite.Writes;

namespace MlActors.Storage.Sqlite;

/// <summary>Writes that commit together or not at all, and the task of the one who waits for them.</summary>
internal sealed class WriteGroup(IReadOnlyList<RowWrite> writes)
{
    // Continuations of callers never run on the writer's thread.
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public long Bytes { get; } = writes.Sum(write => (long)write.Bytes);

    public void Execute(WriteSession session)
    {
        foreach (var write in writes) write.Execute(session);
    }

    public void Complete() => _done.SetResult();

    public void Fail(Exception e) => _done.SetException(e);
}
