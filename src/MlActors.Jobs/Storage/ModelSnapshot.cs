using MlActors.Analysis.Results;

namespace MlActors.Jobs.Storage;

/// <summary>A stored model state and what it stands for. Wall-clock times are epoch milliseconds.</summary>
public sealed record ModelSnapshot
{
    public required string JobId { get; init; }

    /// <summary>The epoch second at which it was taken, raised to be unique within the job.</summary>
    public required string SnapshotId { get; init; }
    public long TimestampMs { get; init; }
    public required string Description { get; init; }

    /// <summary>The last input that the state contains.</summary>
    public long InputSeq { get; init; }

    /// <summary>Rises with every reset and revert. A state of another lineage never stands in for a damaged one.</summary>
    public int Lineage { get; init; }

    /// <summary>Epoch seconds of the newest record and the newest result, <c>null</c> before the first.</summary>
    public long? LatestRecordTime { get; init; }
    public long? LatestResultTime { get; init; }
    public long? LastFinalizedBucketEnd { get; init; }
    public ModelSizeStats Size { get; init; } = new();
    public string MinVersion { get; init; } = "0.1.0";
    public bool Retain { get; init; }

    /// <summary>Taken by amount of work to bound replay, not by clock or close: only the newest two of these are kept.</summary>
    public bool ByWork { get; init; }
}
