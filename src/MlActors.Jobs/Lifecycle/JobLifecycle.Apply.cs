namespace MlActors.Jobs.Lifecycle;

public static partial class JobLifecycle
{
    /// <summary>The state after an event. Total over all events; an event unknown to it is an error, never ignored.</summary>
    public static JobLifecycleState Apply(JobLifecycleState state, JobEvent @event) => @event switch
    {
        StateSaved saved => saved.State,
        JobCreated created => new JobLifecycleState { Config = created.Config, StateSince = created.Time },
        JobUpdated updated => state with { Config = updated.Config },
        JobOpening opening => Enter(state, JobState.Opening, opening.Time, opening.Waits is null ? opening.Deadline : null) with
        {
            Generation = opening.Generation,
            WaitsForRoom = opening.Waits is not null,
            Reason = opening.Waits,
        },
        JobPlaced placed => Enter(state, JobState.Opening, placed.Time, placed.Deadline),
        // A job that went back to take in late data has been open all the time.
        JobOpened opened => Enter(state, JobState.Opened, opened.Time) with { OpenTime = state.OpenTime ?? opened.Time, FinishedTime = null },
        JobClosing closing => (state.State == JobState.Closing ? state with { Deadline = closing.Deadline } : Enter(state, JobState.Closing, closing.Time, closing.Deadline))
            with { ForcedClose = closing.Forced, Feeding = null },
        // A delete that had to close the job first is still under way.
        JobClosed closed => Enter(state, JobState.Closed, closed.Time, state.Blocked == BlockedReason.None ? null : state.Deadline) with
        {
            OpenTime = null,
            FinishedTime = closed.Time,
        },
        JobFailed failed => Enter(state, JobState.Failed, failed.Time) with
        {
            Reason = failed.Reason,
            OpenTime = null,
            Feeding = null,
            FeedStopReason = state.Feeding is null ? state.FeedStopReason : "the job failed",
            Quarantined = failed.QuarantinedSeq is { } seq ? state.Quarantined.Add(seq) : state.Quarantined,
        },
        SnapshotTaken taken => state with
        {
            SnapshotId = taken.SnapshotId,
            SnapshotSeq = taken.InputSeq,
            // What a snapshot contains is never folded again, so it need not be skipped either. The one before it may have to stand in for a
            // damaged one, hence the margin of one snapshot.
            Quarantined = state.Quarantined.Except(state.Quarantined.Where(seq => seq <= state.SnapshotSeq)),
        },
        JobBlocked blocked => state with
        {
            Blocked = blocked.Reason,
            BlockedTaskId = blocked.TaskId,
            RevertTo = blocked.SnapshotId,
            RevertResultsFrom = blocked.ResultsFrom,
            HealFrom = null,
            Deadline = state.State == JobState.Closed ? blocked.Deadline : state.Deadline,
        },
        HealingStarted healing => Enter(state, JobState.Opening, healing.Time, healing.Deadline) with
        {
            Generation = healing.Generation,
            Blocked = BlockedReason.Revert,
            BlockedTaskId = HealingTask,
            RevertTo = healing.SnapshotId,
            RevertResultsFrom = healing.From,
            HealFrom = healing.From,
        },
        JobReset reset => Unblock(state, reset.Time) with { SnapshotId = null, SnapshotSeq = 0, Lineage = state.Lineage + 1, Quarantined = [], FinishedTime = null },
        SnapshotReverted reverted => Unblock(state, reverted.Time) with
        {
            SnapshotId = reverted.SnapshotId,
            SnapshotSeq = reverted.ResumeSeq,
            Lineage = state.Lineage + 1,
            Quarantined = [],
        },
        JobDeleted => JobLifecycleState.Absent,
        DatafeedPut put => state with { Datafeed = put.Config },
        DatafeedRemoved => state with { Datafeed = null, FeedStopReason = null },
        DatafeedStarted started => state with { Feeding = started.Run, FeedRuns = started.Run.Number, FeedStopReason = null },
        DatafeedStopped stopped => state with { Feeding = null, FeedStopReason = stopped.Reason },
        _ => throw new ArgumentException($"no rule for the event {@event.GetType().Name}", nameof(@event)),
    };

    private static JobLifecycleState Enter(JobLifecycleState state, JobState entered, long time, long? deadline = null) =>
        state with { State = entered, StateSince = time, Deadline = deadline, Reason = null, ForcedClose = false, WaitsForRoom = false };

    private static JobLifecycleState Unblock(JobLifecycleState state, long time) => state with
    {
        Blocked = BlockedReason.None,
        BlockedTaskId = null,
        RevertTo = null,
        RevertResultsFrom = null,
        HealFrom = null,
        // One that heals is part of an opening, or of the close that came upon it.
        Deadline = state.State == JobState.Closed ? null : state.Deadline,
        StateSince = time,
    };
}
