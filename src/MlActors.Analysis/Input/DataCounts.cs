namespace MlActors.Analysis.Input;

/// <summary>
/// The cumulative counts of a job's input, and with them the little state that says which records are late.
/// Counting depends on record times alone, so it is done once, when a batch is accepted, and written with the batch.
/// Times are epoch seconds except <see cref="LastDataTime"/> and <see cref="LogTime"/>, which are wall-clock epoch milliseconds.
/// </summary>
public sealed record DataCounts
{
    public long ProcessedRecords { get; init; }
    public long ProcessedFields { get; init; }
    public long InputBytes { get; init; }
    public long InputFields { get; init; }
    public long InvalidDates { get; init; }
    public long MissingFields { get; init; }
    public long OutOfOrder { get; init; }
    public long Buckets { get; init; }
    public long EmptyBuckets { get; init; }
    public long SparseBuckets { get; init; }
    public long? EarliestRecord { get; init; }
    public long? LatestRecord { get; init; }
    public long? LatestBucket { get; init; }
    public long? LatestEmptyBucket { get; init; }
    public long? LatestSparseBucket { get; init; }
    public long? LastDataTime { get; init; }
    public long? LogTime { get; init; }

    /// <summary>Records that were read at all.</summary>
    public long InputRecords => ProcessedRecords + InvalidDates + OutOfOrder;

    /// <summary>Counts of the record in the newest bucket so far, and the running mean of records in a bucket: what a sparse bucket is measured by.</summary>
    public long OpenBucketRecords { get; init; }

    public double MeanBucketRecords { get; init; }

    /// <summary>The counts after <paramref name="input"/>, accepted at wall-clock <paramref name="nowMs"/>.</summary>
    public DataCounts Accept(AnalysisInput input, AnalysisSettings settings, long nowMs) => throw new NotImplementedException();

    /// <summary>The counts after the model went back: records from there on are taken again. Totals stay. Epoch seconds.</summary>
    public DataCounts RevertedTo(long? latestRecord, long? lastFinalizedBucketEnd) => throw new NotImplementedException();

    /// <summary>The counts of what was added since <paramref name="before"/>: the answer to one upload. Times are those of the upload's end.</summary>
    public DataCounts Since(DataCounts before) => throw new NotImplementedException();
}
