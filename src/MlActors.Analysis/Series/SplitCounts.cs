namespace MlActors.Analysis.Series;

/// <summary>How many values the fields have by which a detector is split; 1 for a field that it does not have. Every combination is taken to be there.</summary>
internal readonly record struct SplitCounts(long Partitions, long By, long Over)
{
    // Of a value of which nothing is known.
    private static readonly string Value = new('x', 10);

    public long Populations => Partitions * By;

    public long Series => Partitions * By * Over;

    /// <summary>How many come in one bucket: members of a population do not show all values of the by field at once.</summary>
    public long SeriesInBucket => Over > 1 ? Partitions * Math.Max(By, Over) : Series;

    /// <summary>What a series takes without what its kind remembers.</summary>
    public long KeyBytes => ModelledSeries.BytesOf(new SeriesKey(Partitions > 1 ? Value : "", By > 1 ? Value : "", Over > 1 ? Value : ""));
}
