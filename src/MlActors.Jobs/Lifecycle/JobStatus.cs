using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Jobs.Lifecycle;

/// <summary>The life cycle of a job as the API shows it.</summary>
public enum JobState { Closed, Opening, Opened, Closing, Failed }

/// <summary>Why a job refuses to be worked on meanwhile.</summary>
public enum BlockedReason { None, Delete, Reset, Revert }

/// <summary>What the buckets of a job have cost. Wall-clock milliseconds.</summary>
public sealed record TimingStats
{
    public long BucketCount { get; init; }
    public double TotalMs { get; init; }
    public double? MinimumMs { get; init; }
    public double? MaximumMs { get; init; }

    /// <summary>Exponential average of the time a bucket takes.</summary>
    public double? ExponentialAverageMs { get; init; }

    /// <summary>Exponential average of the processing time of an hour of data.</summary>
    public double ExponentialAveragePerHourMs { get; init; }

    public double? AverageMs => BucketCount == 0 ? null : TotalMs / BucketCount;
}

/// <summary>How far a transient state has come.</summary>
/// <param name="Phase">E.g. <c>analysing</c>, <c>finalizing</c>, <c>pruning</c>, <c>persisting</c>; for opening <c>restoring</c>.</param>
/// <param name="Percent">Of the whole transition, 0–100.</param>
/// <param name="SinceMs">Wall-clock epoch milliseconds at which the state was entered.</param>
public sealed record TransitionProgress(string Phase, double Percent, long SinceMs);

/// <summary>
/// One job's row of the catalog: all that lists, wildcards and the statistics of a resting job need. Written by the job's actor in the same
/// transaction as the event or input that changed it, so it never disagrees with the journal. Times are wall-clock epoch milliseconds.
/// </summary>
public sealed record JobStatus
{
    public required string JobId { get; init; }
    public JobState State { get; init; }

    /// <summary>Why the job failed, or why it waits.</summary>
    public string? Reason { get; init; }
    public BlockedReason Blocked { get; init; }
    public string? BlockedTaskId { get; init; }

    /// <summary>The moment at which a transient state has overstayed; <c>null</c> in a resting one.</summary>
    public long? Deadline { get; init; }
    public long StateSince { get; init; }

    /// <summary>The node that owns the job while it is not closed.</summary>
    public string? NodeId { get; init; }
    public long? OpenTime { get; init; }
    public long? FinishedTime { get; init; }

    /// <summary>The snapshot that the next open starts from; <c>null</c> for none.</summary>
    public string? ModelSnapshotId { get; init; }

    /// <summary>Sequence number of the newest input in the job's log; 0 before the first.</summary>
    public long InputSeq { get; init; }

    /// <summary>
    /// Number of the newest input that the datafeed did not bring: a record that was posted, a move of time, a context. It is in no source, so a model
    /// must not go back to before it by itself.
    /// </summary>
    public long OtherInputSeq { get; init; }

    /// <summary>
    /// The <see cref="Analysis.Contexts.AnalysisContext.Print"/> of the context that the analysis has once it has folded the log: the one journaled last,
    /// 0 as long as there was none, <see cref="UnknownContext"/> after the model went back.
    /// </summary>
    public long ContextPrint { get; init; }

    /// <summary>The print of no context: the next run is given the current one whatever it is.</summary>
    public const long UnknownContext = -1;
    public DataCounts Counts { get; init; } = new();
    public ModelSizeStats Size { get; init; } = new();
    public TimingStats Timing { get; init; } = new();

    /// <summary>What the model may take, in bytes: what the job asks of its node.</summary>
    public long ModelLimitBytes { get; init; }

    /// <summary>How many batches were set aside because the analysis failed on them.</summary>
    public long QuarantinedInputs { get; init; }

    /// <summary>How the job's datafeed stands; <c>null</c> when it has none.</summary>
    public DatafeedStatus? Datafeed { get; init; }

    /// <summary>When the model was last saved or counted; the API's <c>log_time</c> of the size statistics.</summary>
    public long? SizeLogTime { get; init; }
}
