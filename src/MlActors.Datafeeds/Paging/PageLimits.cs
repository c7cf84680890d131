namespace MlActors.Datafeeds.Paging;

/// <summary>How large pages are.</summary>
/// <param name="Records">A page ends with the first change of time after so many records ...</param>
/// <param name="Batches">... or so many full batches of about half a MiB.</param>
/// <param name="MostRecords">So many records of one time are a mistake in the query.</param>
/// <param name="MostBatches">So are so many batches of one time.</param>
internal sealed record PageLimits(int Records = 16_384, int Batches = 4, int MostRecords = 1_000_000, int MostBatches = 64)
{
    public static PageLimits Default { get; } = new();
}
