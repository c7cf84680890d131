using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Auditing;

/// <summary>What is told of an event in the life of a job.</summary>
public static class AuditTexts
{
    /// <param name="before">The job before the event.</param>
    /// <returns><c>null</c> when there is nothing to tell.</returns>
    public static (AuditLevel Level, string Text)? Of(JobEvent happened, JobLifecycleState before) => happened switch
    {
        JobCreated => Info("job created"),
        JobUpdated => Info("job updated"),
        JobOpening { Waits: { } waits } => (AuditLevel.Warning, $"job waits for room: {waits}"),
        JobOpening => Info("job is opening"),
        JobPlaced => Info("there is room for the job: it is opening"),
        JobOpened => Info("job opened"),
        JobClosing when before.WaitsForRoom => Info("job waits for room no longer: it is closing"),
        JobClosing { Forced: true } => Info("job is closing (forced)"),
        JobClosing { Why: { } why } => (AuditLevel.Warning, $"job is closing: {why}"),
        JobClosing => Info("job is closing"),
        JobClosed { Forced: true } => Info("job closed (forced): what it had accepted and not analysed is analysed when it opens again"),
        JobClosed => Info("job closed"),
        JobFailed { QuarantinedSeq: { } seq } failed => (AuditLevel.Error, $"job failed: {failed.Reason}; the input [{seq}] was set aside"),
        JobFailed failed => (AuditLevel.Error, $"job failed: {failed.Reason}"),
        JobBlocked { Reason: BlockedReason.Delete } => Info("job is being deleted"),
        JobBlocked { Reason: BlockedReason.Reset } => Info("job is being reset"),
        JobBlocked blocked => Info($"job is going back to {Named(blocked.SnapshotId)}"),
        JobReset => Info("job reset"),
        SnapshotReverted reverted => Info($"job went back to {Named(reverted.SnapshotId)}"),
        HealingStarted healing => (AuditLevel.Warning,
            $"data came late: job goes back to {Named(healing.SnapshotId)}, and what came since {TimeText.IsoSeconds(healing.From * 1000)} is read again"),
        JobDeleted => Info("job deleted"),
        DatafeedPut put when before.Datafeed is null => Info($"datafeed [{put.Config.DatafeedId}] created"),
        DatafeedPut put => Info($"datafeed [{put.Config.DatafeedId}] updated"),
        DatafeedRemoved => Info($"datafeed [{before.Datafeed?.DatafeedId}] deleted"),
        DatafeedStarted started => Info($"datafeed [{before.Datafeed?.DatafeedId}] started{Stretch(started.Run)}"),
        DatafeedStopped { Reason: { } reason } => (AuditLevel.Warning, $"datafeed [{before.Datafeed?.DatafeedId}] stopped: {reason}"),
        DatafeedStopped => Info($"datafeed [{before.Datafeed?.DatafeedId}] stopped"),
        _ => null,
    };

    private static (AuditLevel, string)? Info(string text) => (AuditLevel.Info, text);

    private static string Named(string? snapshotId) => snapshotId is null or JobLifecycle.EmptySnapshot ? "an empty model" : $"the snapshot [{snapshotId}]";

    private static string Stretch(DatafeedRun run) =>
        $" from {TimeText.IsoSeconds(run.StartMs)} {(run.EndMs is { } end ? "to " + TimeText.IsoSeconds(end) : "on, in real time")}";
}
