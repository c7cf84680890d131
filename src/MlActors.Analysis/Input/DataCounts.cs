using System.Text.Json.Serialization;
using MlActors.Analysis.Time;

namespace MlActors.Analysis.Input;

/// <summary>
/// The cumulative counts of a job's input, and with them the little state that says which records are late.
/// Counting depends on record times alone, so it is done once, when a batch is accepted, and written with the batch.
/// Times are epoch seconds except <see cref="LastDataTime"/> and <see cref="LogTime"/>, which are wall-clock epoch milliseconds.
/// <para>A bucket is counted when a record or an advance leaves it behind. With latency, records that arrive for an older bucket later on are
/// counted as processed but do not change what that bucket was counted as. Skipped buckets are not counted.</para>
/// </summary>
public sealed record DataCounts
{
    /// <summary>Records given to the analysis: all with a time that were not late.</summary>
    public long ProcessedRecords { get; init; }

    /// <summary>Processed records times analysed fields, less the missing ones. Fields missing in late records are subtracted too, never below 0 for a batch.</summary>
    public long ProcessedFields { get; init; }
    public long InputBytes { get; init; }
    public long InputFields { get; init; }
    public long InvalidDates { get; init; }
    public long MissingFields { get; init; }

    /// <summary>Late records.</summary>
    public long OutOfOrder { get; init; }
    public long Buckets { get; init; }
    public long EmptyBuckets { get; init; }

    /// <summary>Buckets with fewer than an eighth of the usual records (<see cref="MeanBucketRecords"/>), once eight buckets had any.</summary>
    public long SparseBuckets { get; init; }
    public long? EarliestRecord { get; init; }
    public long? LatestRecord { get; init; }
    public long? LatestBucket { get; init; }
    public long? LatestEmptyBucket { get; init; }
    public long? LatestSparseBucket { get; init; }
    public long? LastDataTime { get; init; }
    public long? LogTime { get; init; }

    /// <summary>Records that were read at all.</summary>
    [JsonIgnore]
    public long InputRecords => ProcessedRecords + InvalidDates + OutOfOrder;

    /// <summary>Counts of the record in the newest bucket so far, and the running mean of records in a bucket: what a sparse bucket is measured by.</summary>
    public long OpenBucketRecords { get; init; }

    /// <summary>Mean over the buckets with records, the last 50 or so having most of the weight.</summary>
    public double MeanBucketRecords { get; init; }

    /// <summary>
    /// Start of the bucket that time was advanced or skipped to; records before it are late. Going back to a snapshot sets it to the snapshot's
    /// <see cref="JobAnalysis.LastFinalizedBucketEnd"/> and <see cref="LatestRecord"/> to its latest record time.
    /// </summary>
    public long? MovedTo { get; init; }

    /// <summary>The counts after <paramref name="input"/>, accepted at wall-clock <paramref name="nowMs"/>.</summary>
    public DataCounts Accept(AnalysisInput input, AnalysisSettings settings, long nowMs)
    {
        var tally = new BucketTally(this, settings);
        switch (input)
        {
            case RecordsInput { Batch: var batch }:
                tally.Add(batch.Times.AsSpan(0, batch.Count));
                var processed = batch.Count - tally.Late;
                return tally.Apply(this) with
                {
                    ProcessedRecords = ProcessedRecords + processed,
                    ProcessedFields = ProcessedFields + Math.Max(0, (processed * settings.Schema.FieldCount) - batch.Input.MissingFields),
                    InputBytes = InputBytes + batch.Input.InputBytes,
                    InputFields = InputFields + batch.Input.InputFields,
                    InvalidDates = InvalidDates + batch.Input.InvalidDates,
                    MissingFields = MissingFields + batch.Input.MissingFields,
                    OutOfOrder = OutOfOrder + tally.Late,
                    LastDataTime = nowMs,
                    LogTime = nowMs,
                };
            case AdvanceTimeInput advance:
                tally.Advance(advance.To);
                break;
            case SkipTimeInput skip:
                tally.Skip(skip.To);
                break;
            case ResetBucketsInput reset:
                tally.Reset(reset.From, reset.To);
                break;
            case ContextInput:
                return this;
            default:
                throw new ArgumentException($"inputs of kind {input.Kind} are not known", nameof(input));
        }
        return tally.Apply(this) with { LogTime = nowMs };
    }

    /// <summary>The counts after the model went back: records from there on are taken again. Totals stay. Epoch seconds.</summary>
    public DataCounts RevertedTo(long? latestRecord, long? lastFinalizedBucketEnd) =>
        this with { LatestRecord = latestRecord, MovedTo = lastFinalizedBucketEnd, OpenBucketRecords = 0 };

    /// <summary>The counts of what was added since <paramref name="before"/>: the answer to one upload. Times are those of the upload's end.</summary>
    public DataCounts Since(DataCounts before) => this with
    {
        ProcessedRecords = ProcessedRecords - before.ProcessedRecords,
        ProcessedFields = ProcessedFields - before.ProcessedFields,
        InputBytes = InputBytes - before.InputBytes,
        InputFields = InputFields - before.InputFields,
        InvalidDates = InvalidDates - before.InvalidDates,
        MissingFields = MissingFields - before.MissingFields,
        OutOfOrder = OutOfOrder - before.OutOfOrder,
        Buckets = Buckets - before.Buckets,
        EmptyBuckets = EmptyBuckets - before.EmptyBuckets,
        SparseBuckets = SparseBuckets - before.SparseBuckets,
    };
}
