namespace MlActors.Jobs.Watching;

/// <param name="Every">Time between two looks for documents whose time is over.</param>
/// <param name="Pause">Time between two transactions that remove some, so that the removal of many holds nobody up.</param>
public sealed record DocumentSweepOptions(TimeSpan Every, TimeSpan Pause)
{
    public static DocumentSweepOptions Default { get; } = new(TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(20));
}

/// <summary>Removes documents that are past the retention of their index, and those of deleted indices.</summary>
public sealed class DocumentSweeper(IExpiringDocuments documents, TimeProvider time, DocumentSweepOptions options)
    : Sweeper("Documents whose time is over", options.Every, options.Pause)
{
    protected override Task<bool> RemovePieceAsync() => documents.RemoveExpiredAsync(time.GetUtcNow());
}
