using MlActors.Analysis.Input;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Jobs;

/// <summary>Adds up what the pieces of one upload counted, whatever other uploads the job takes between them.</summary>
internal sealed class UploadTotals(bool hasBatchId)
{
    /// <summary>The counts of this upload so far. Times are those of its end.</summary>
    public DataCounts Counts { get; private set; } = new();

    public void Add(PieceAccepted piece)
    {
        var added = piece.Counts.Since(piece.Before);
        // With a batch id the owner remembers the counts before the first piece, so that a repeat is answered like the first time.
        Counts = hasBatchId ? added : Sum(Counts, added);
    }

    private static DataCounts Sum(DataCounts a, DataCounts b) => b with
    {
        ProcessedRecords = a.ProcessedRecords + b.ProcessedRecords,
        ProcessedFields = a.ProcessedFields + b.ProcessedFields,
        InputBytes = a.InputBytes + b.InputBytes,
        InputFields = a.InputFields + b.InputFields,
        InvalidDates = a.InvalidDates + b.InvalidDates,
        MissingFields = a.MissingFields + b.MissingFields,
        OutOfOrder = a.OutOfOrder + b.OutOfOrder,
        Buckets = a.Buckets + b.Buckets,
        EmptyBuckets = a.EmptyBuckets + b.EmptyBuckets,
        SparseBuckets = a.SparseBuckets + b.SparseBuckets,
        EarliestRecord = a.EarliestRecord is { } first && !(b.EarliestRecord < first) ? first : b.EarliestRecord,
        LatestRecord = Latest(a.LatestRecord, b.LatestRecord),
        LatestBucket = Latest(a.LatestBucket, b.LatestBucket),
        LatestEmptyBucket = Latest(a.LatestEmptyBucket, b.LatestEmptyBucket),
        LatestSparseBucket = Latest(a.LatestSparseBucket, b.LatestSparseBucket),
    };

    private static long? Latest(long? a, long? b) => a > b || b is null ? a : b;
}
