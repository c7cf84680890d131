using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Jobs.Lifecycle;

/// <summary>Something that happened inside: what the job's own parts report. Facts of an older run of the analysis are ignored.</summary>
public abstract record JobFact
{
    /// <summary>The analysis has restored its model and takes input.</summary>
    public sealed record AnalysisReady(long Generation) : JobFact;

    /// <summary>The analysis has finished all input of a close.</summary>
    public sealed record AnalysisFinished(long Generation, SnapshotTaken? Snapshot) : JobFact;

    /// <summary>The analysis runs no more.</summary>
    public sealed record AnalysisStopped : JobFact;

    /// <summary>The analysis cannot go on.</summary>
    /// <param name="Seq">The input on which it failed, if it was an input.</param>
    public sealed record AnalysisFailed(long Generation, string Reason, long? Seq) : JobFact;

    /// <summary>A transient state has overstayed its deadline and retries did not help.</summary>
    public sealed record Overdue(string Reason) : JobFact;

    /// <summary>A run of the datafeed is over by itself.</summary>
    /// <param name="Run">Its number.</param>
    /// <param name="Reason">Why, unless it has read everything it had to.</param>
    /// <param name="CloseDeadline">If the job is to be closed then: when that has overstayed.</param>
    public sealed record DatafeedEnded(long Run, string? Reason, long? CloseDeadline) : JobFact;

    /// <summary>Data came too late, and there is a snapshot to go back to for it.</summary>
    /// <param name="Run">Number of the run that found it.</param>
    /// <param name="From">Epoch seconds; see <see cref="HealingStarted"/>.</param>
    public sealed record LateDataFound(long Run, string SnapshotId, long From, long Deadline) : JobFact;

    /// <summary>A job that waited for room on its node has it.</summary>
    public sealed record RoomFound(long Deadline) : JobFact;

    /// <summary>What a delete, reset or revert had to remove is gone.</summary>
    public sealed record WorkRemoved(long ResumeSeq) : JobFact;
}

/// <summary>What follows from a command or a fact.</summary>
public abstract record Decision
{
    /// <summary>These events happen, in one transaction.</summary>
    public sealed record Happens(params IReadOnlyList<JobEvent> Events) : Decision;

    /// <summary>It is so already: reply at once.</summary>
    public sealed record Confirmed : Decision;

    /// <summary>It is under way already: the sender waits for the same end.</summary>
    public sealed record Joined : Decision;

    public sealed record Refuses(RefusalKind Kind, string Reason) : Decision;
}

/// <summary>How long transient states may stay without progress, in milliseconds.</summary>
public sealed record LifecycleDeadlines(long Opening, long Closing, long Blocked);

/// <summary>
/// The life cycle of a job as pure functions: <see cref="Decide(JobLifecycleState, JobCommand, long, LifecycleDeadlines, string?)"/> says what follows from
/// a command, <see cref="Apply"/> what a state becomes by an event. No clock, no I/O: time comes in with the call and is kept in the event.
/// <code>
///             Open                 AnalysisReady
///   Closed ─────────▶ Opening ───────────────────▶ Opened ──┐ records, flush
///     ▲  ▲               │ AnalysisFailed, Overdue     │  ▲─┘
///     │  │               ▼                             │ Close
///     │  │ ForceClose  Failed ◀────────────────────────┤ AnalysisFailed
///     │  └───────────────┘                             ▼
///     └─────────────────────────────────────────── Closing ◀─ Close (from Opening too); ForceClose makes it forced
///          AnalysisFinished, or AnalysisStopped when forced
///
///   Without room on its node: a lazy job is Opening and waits, without a deadline, until RoomFound; every close of it is a forced one. Others are refused.
///
///   Datafeed, beside the state: stopped ─StartDatafeed─▶ starting or started, as the job is (Opening or Opened only)
///                               stopped ◀─StopDatafeed, DatafeedEnded, any close, failure─ ; with an end, or when asked to, the job closes in the same step
///
///   Blocked, beside the state:  none ─Delete─▶ delete ─WorkRemoved─▶ (absent)
///                               none ─Reset──▶ reset  ─WorkRemoved─▶ none      (Closed only; Delete overrides)
///                               none ─Revert─▶ revert ─WorkRemoved─▶ none      (Closed only; Delete overrides)
///                               none ─LateDataFound─▶ revert, and Opened ─▶ Opening: the analysis begins when it is none again; a close may come upon it
/// </code>
/// </summary>
public static partial class JobLifecycle
{
    /// <param name="noRoom">For an open that would happen: why there is no room for the job where it would run.</param>
    public static Decision Decide(JobLifecycleState state, JobCommand command, long now, LifecycleDeadlines deadlines, string? noRoom = null)
    {
        if (command is CreateJob create)
            return state.Exists ? Refuse(RefusalKind.AlreadyExists, $"a job with id [{command.JobId}] exists already") : Happen(Created(create, now));
        if (!state.Exists) return Refuse(RefusalKind.NotFound, $"no job with id [{command.JobId}] exists");
        return command switch
        {
            UpdateJob => state.Blocked == BlockedReason.Delete ? BlockedRefusal(state, "update") : new Decision.Happens(),
            OpenJob open => DecideOpen(state, open, now, deadlines, noRoom),
            CloseJob close => DecideClose(state, close, now, deadlines),
            ForceCloseJob => DecideForceClose(state, now, deadlines),
            DeleteJob delete => DecideDelete(state, delete, now, deadlines),
            ResetJob reset => DecideReset(state, reset, now, deadlines),
            RevertSnapshot revert => DecideRevert(state, revert, now, deadlines),
            DatafeedCommand feed => DecideDatafeed(state, feed, now, deadlines),
            ChangeSnapshot or RemoveSnapshot => state.Blocked == BlockedReason.None ? new Decision.Happens() : BlockedRefusal(state, "change snapshots of"),
            _ => throw new ArgumentException($"no rule for {command.GetType().Name}", nameof(command)),
        };
    }

    public static Decision Decide(JobLifecycleState state, JobFact fact, long now) => fact switch
    {
        JobFact.AnalysisReady ready => ready.Generation == state.Generation && state is { State: JobState.Opening, WaitsForRoom: false, Blocked: BlockedReason.None }
            ? Happen(new JobOpened(now))
            : new Decision.Confirmed(),
        JobFact.AnalysisFinished finished => finished.Generation == state.Generation && state is { State: JobState.Closing, ForcedClose: false, Blocked: BlockedReason.None }
            ? finished.Snapshot is { } snapshot ? Happen(snapshot, new JobClosed(now, Forced: false)) : Happen(new JobClosed(now, Forced: false))
            : new Decision.Confirmed(),
        JobFact.AnalysisStopped => state is { State: JobState.Closing, ForcedClose: true } ? Happen(new JobClosed(now, Forced: true)) : new Decision.Confirmed(),
        JobFact.AnalysisFailed failed => failed.Generation == state.Generation && IsRunning(state) && !state.ForcedClose && state.Blocked == BlockedReason.None
            ? Happen(new JobFailed(now, failed.Reason, failed.Seq))
            : new Decision.Confirmed(),
        // A forced close ends only when the analysis has stopped: it has nothing else to turn into.
        JobFact.Overdue overdue => state is { State: JobState.Opening or JobState.Closing, ForcedClose: false, WaitsForRoom: false, Blocked: BlockedReason.None }
            ? Happen(new JobFailed(now, overdue.Reason, null))
            : new Decision.Confirmed(),
        JobFact.RoomFound room => state.WaitsForRoom ? Happen(new JobPlaced(now, room.Deadline)) : new Decision.Confirmed(),
        JobFact.DatafeedEnded ended => DecideDatafeedEnded(state, ended, now),
        JobFact.LateDataFound late => state.State == JobState.Opened && state.Feeding?.Number == late.Run
            ? Happen(new HealingStarted(now, late.SnapshotId, late.From, state.Generation + 1, late.Deadline))
            : new Decision.Confirmed(),
        JobFact.WorkRemoved removed => state.Blocked switch
        {
            BlockedReason.Delete => Happen(new JobDeleted(now)),
            BlockedReason.Reset => Happen(new JobReset(now)),
            BlockedReason.Revert => Happen(new SnapshotReverted(now, state.RevertTo, removed.ResumeSeq)),
            _ => new Decision.Confirmed(),
        },
        _ => throw new ArgumentException($"no rule for {fact.GetType().Name}", nameof(fact)),
    };

    /// <summary>Whether the analysis of the job runs or ought to.</summary>
    public static bool IsRunning(JobLifecycleState state) => state.State is JobState.Opening or JobState.Opened or JobState.Closing;

    /// <summary>Whether an open of the job would start it now, if there is room.</summary>
    public static bool CanOpen(JobLifecycleState state) => state is { Exists: true, State: JobState.Closed, Blocked: BlockedReason.None };

    private static Decision DecideOpen(JobLifecycleState state, OpenJob open, long now, LifecycleDeadlines deadlines, string? noRoom) => state switch
    {
        // Who asks again about a job that waits has the answer that the first got.
        { WaitsForRoom: true } when open.Join => new Decision.Confirmed(),
        { State: JobState.Opening } when open.Join => new Decision.Joined(),
        { Blocked: not BlockedReason.None } => BlockedRefusal(state, "open"),
        { State: JobState.Closed, Config.AllowLazyOpen: false } when noRoom is not null => Refuse(RefusalKind.TooMany,
            $"could not open job [{open.JobId}] because no suitable nodes were found, allocation explanation [{noRoom}]"),
        { State: JobState.Closed } => Happen(new JobOpening(now, state.Generation + 1, now + deadlines.Opening, noRoom)),
        { State: JobState.Opened } when open.Join => new Decision.Confirmed(),
        { State: JobState.Failed } => Refuse(RefusalKind.Conflict,
            $"cannot open job [{open.JobId}] because it failed: {state.Reason}; close it with force=true first"),
        _ => Refuse(RefusalKind.Conflict, $"cannot open job [{open.JobId}] because it is {Name(state.State)}"),
    };

    private static Decision DecideClose(JobLifecycleState state, CloseJob close, long now, LifecycleDeadlines deadlines) => state.State switch
    {
        JobState.Closed => new Decision.Confirmed(),
        JobState.Closing => new Decision.Joined(),
        JobState.Failed => Refuse(RefusalKind.Conflict, $"cannot close job [{state.Config!.JobId}] because it failed: {state.Reason}; close it with force=true"),
        // Of one that waits for room nothing runs that could finish anything.
        _ => Happen(new JobClosing(now, Forced: state.WaitsForRoom, now + deadlines.Closing, close.Why)),
    };

    private static Decision DecideForceClose(JobLifecycleState state, long now, LifecycleDeadlines deadlines) => state switch
    {
        { State: JobState.Closed } => new Decision.Confirmed(),
        { State: JobState.Closing, ForcedClose: true } => new Decision.Joined(),
        _ => Happen(new JobClosing(now, Forced: true, now + deadlines.Closing)),
    };

    private static Decision DecideDelete(JobLifecycleState state, DeleteJob delete, long now, LifecycleDeadlines deadlines)
    {
        if (state.Blocked == BlockedReason.Delete) return new Decision.Joined();
        var blocked = new JobBlocked(now, BlockedReason.Delete, delete.TaskId, null, null, now + deadlines.Blocked);
        if (state.State == JobState.Closed) return Happen(blocked);
        return delete.Force
            ? Happen(new JobClosing(now, Forced: true, now + deadlines.Closing), blocked)
            : Refuse(RefusalKind.Conflict, $"cannot delete job [{delete.JobId}] because it is {Name(state.State)}; close it first, or delete it with force=true");
    }

    private static Decision DecideReset(JobLifecycleState state, ResetJob reset, long now, LifecycleDeadlines deadlines) => state switch
    {
        { Blocked: BlockedReason.Reset } => new Decision.Joined(),
        { Blocked: not BlockedReason.None } => BlockedRefusal(state, "reset"),
        { State: not JobState.Closed } => Refuse(RefusalKind.Conflict, $"cannot reset job [{reset.JobId}] because it is {Name(state.State)}; close it first"),
        _ => Happen(new JobBlocked(now, BlockedReason.Reset, reset.TaskId, null, long.MinValue, now + deadlines.Blocked)),
    };

    private static Decision DecideRevert(JobLifecycleState state, RevertSnapshot revert, long now, LifecycleDeadlines deadlines) => state switch
    {
        { Blocked: BlockedReason.Revert } when state.BlockedTaskId == revert.TaskId => new Decision.Joined(),
        { Blocked: not BlockedReason.None } => BlockedRefusal(state, "revert the model of"),
        { State: not JobState.Closed } => Refuse(RefusalKind.Conflict,
            $"cannot revert the model of job [{revert.JobId}] because it is {Name(state.State)}; close it first"),
        _ => Happen(new JobBlocked(now, BlockedReason.Revert, revert.TaskId, revert.SnapshotId == EmptySnapshot ? null : revert.SnapshotId,
            revert.ResultsFrom, now + deadlines.Blocked)),
    };

    /// <summary>What a revert that heals late data is called where others have the id of a task.</summary>
    public const string HealingTask = "heal";

    /// <summary>The snapshot id that stands for a model without memory.</summary>
    public const string EmptySnapshot = "empty";

    /// <summary>The name of a state in the API.</summary>
    public static string Name(JobState state) => state switch
    {
        JobState.Closed => "closed",
        JobState.Opening => "opening",
        JobState.Opened => "opened",
        JobState.Closing => "closing",
        JobState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a state"),
    };

    private static Decision BlockedRefusal(JobLifecycleState state, string what) => Refuse(RefusalKind.Conflict,
        $"cannot {what} job [{state.Config!.JobId}] while a {Name(state.Blocked)} of it is under way (task [{state.BlockedTaskId}])");

    /// <summary>The name of a block reason in the API.</summary>
    public static string Name(BlockedReason reason) => reason switch
    {
        BlockedReason.Delete => "delete",
        BlockedReason.Reset => "reset",
        BlockedReason.Revert => "revert",
        BlockedReason.None => "none",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not a reason"),
    };

    private static Decision.Happens Happen(params IReadOnlyList<JobEvent> events) => new(events);

    private static Decision.Refuses Refuse(RefusalKind kind, string reason) => new(kind, reason);
}
