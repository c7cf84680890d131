using System.Collections.Immutable;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Jobs.Lifecycle;

/// <summary>What the events of a job add up to.</summary>
public sealed record JobLifecycleState
{
    /// <summary>A job that does not exist.</summary>
    public static JobLifecycleState Absent { get; } = new();

    public JobConfig? Config { get; init; }
    public JobState State { get; init; }
    public string? Reason { get; init; }
    public long StateSince { get; init; }
    public long? Deadline { get; init; }
    public long? OpenTime { get; init; }
    public long? FinishedTime { get; init; }

    /// <summary>Whether the close under way stops the analysis without finishing its input.</summary>
    public bool ForcedClose { get; init; }

    /// <summary>Whether the opening under way has no room yet: nothing runs, and it may stay so.</summary>
    public bool WaitsForRoom { get; init; }

    /// <summary>Number of the newest run of the analysis.</summary>
    public long Generation { get; init; }

    /// <summary>The snapshot to start from, <c>null</c> for an empty model, and the input that it is taken to contain up to.</summary>
    public string? SnapshotId { get; init; }
    public long SnapshotSeq { get; init; }

    /// <summary>Rises with every reset and revert.</summary>
    public int Lineage { get; init; }

    public ImmutableSortedSet<long> Quarantined { get; init; } = [];

    public BlockedReason Blocked { get; init; }
    public string? BlockedTaskId { get; init; }

    /// <summary>What a revert goes back to.</summary>
    public string? RevertTo { get; init; }
    public long? RevertResultsFrom { get; init; }

    /// <summary>When the revert heals late data: from where on (epoch seconds) the datafeed reads again.</summary>
    public long? HealFrom { get; init; }

    /// <summary>The job's datafeed, <c>null</c> when it has none.</summary>
    public DatafeedConfig? Datafeed { get; init; }

    /// <summary>What the datafeed has to read, <c>null</c> while it is stopped. Only a job that is opening or open has it.</summary>
    public DatafeedRun? Feeding { get; init; }

    /// <summary>Number of the newest run of the datafeed.</summary>
    public long FeedRuns { get; init; }

    /// <summary>Why the datafeed stopped, when nobody asked for it.</summary>
    public string? FeedStopReason { get; init; }

    public bool Exists => Config is not null;
}
