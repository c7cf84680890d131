using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Jobs.Lifecycle;

/// <summary>What happened in the life of a job. Times are wall-clock epoch milliseconds, taken when the command was decided.</summary>
public abstract record JobEvent(long Time);

public sealed record JobCreated(long Time, JobConfig Config) : JobEvent(Time);

public sealed record JobUpdated(long Time, JobConfig Config) : JobEvent(Time);

/// <param name="Generation">Number of this run of the analysis; completions of other generations are ignored.</param>
/// <param name="Deadline">When opening has overstayed.</param>
/// <param name="Waits">Why it has to wait for room on its node; such an opening has no deadline.</param>
public sealed record JobOpening(long Time, long Generation, long Deadline, string? Waits = null) : JobEvent(Time);

/// <summary>An opening that waited for room has it.</summary>
public sealed record JobPlaced(long Time, long Deadline) : JobEvent(Time);

public sealed record JobOpened(long Time) : JobEvent(Time);

/// <summary>The intention to close, durable before anything of it is done. A forced one never turns back into a graceful one.</summary>
/// <param name="Why">When nobody asked for it.</param>
public sealed record JobClosing(long Time, bool Forced, long Deadline, string? Why = null) : JobEvent(Time);

/// <param name="Forced">Whether the analysis was stopped without finishing its input.</param>
public sealed record JobClosed(long Time, bool Forced) : JobEvent(Time);

/// <param name="QuarantinedSeq">The input on which the analysis failed and which was set aside; <c>null</c> when it failed for another reason.</param>
public sealed record JobFailed(long Time, string Reason, long? QuarantinedSeq) : JobEvent(Time);

/// <summary>A snapshot became the one to start from.</summary>
public sealed record SnapshotTaken(long Time, string SnapshotId, long InputSeq) : JobEvent(Time);

/// <param name="ResultsFrom">Results from this time (epoch seconds) on are removed; <c>null</c> keeps all.</param>
public sealed record JobBlocked(long Time, BlockedReason Reason, string TaskId, string? SnapshotId, long? ResultsFrom, long Deadline) : JobEvent(Time);

public sealed record JobReset(long Time) : JobEvent(Time);

/// <param name="SnapshotId">The snapshot to start from, <c>null</c> for an empty model.</param>
/// <param name="ResumeSeq">Inputs up to here are left behind: the state of the snapshot is taken to contain them.</param>
public sealed record SnapshotReverted(long Time, string? SnapshotId, long ResumeSeq) : JobEvent(Time);

/// <summary>
/// Late data is taken in: the job opens again from a snapshot, once results from there on are removed as a revert does it, and its datafeed goes on from there.
/// </summary>
/// <param name="From">Epoch seconds: the end of the last bucket that the snapshot has finished.</param>
/// <param name="Generation">Number of the run of the analysis that follows.</param>
public sealed record HealingStarted(long Time, string SnapshotId, long From, long Generation, long Deadline) : JobEvent(Time);

public sealed record JobDeleted(long Time) : JobEvent(Time);

/// <summary>The job has this datafeed from now on; in place of the one before it, if that was changed.</summary>
public sealed record DatafeedPut(long Time, DatafeedConfig Config) : JobEvent(Time);

public sealed record DatafeedRemoved(long Time) : JobEvent(Time);

public sealed record DatafeedStarted(long Time, DatafeedRun Run) : JobEvent(Time);

/// <param name="Reason">Why, when nobody asked for it and it is not the end of the data.</param>
public sealed record DatafeedStopped(long Time, string? Reason) : JobEvent(Time);

/// <summary>The whole state in one event: what came before it may be deleted, so that a long life is not a long recovery.</summary>
public sealed record StateSaved(long Time, JobLifecycleState State) : JobEvent(Time);
