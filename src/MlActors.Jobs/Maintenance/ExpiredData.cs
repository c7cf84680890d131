using MlActors.Jobs.Auditing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Maintenance;

/// <summary>
/// Removes what a job keeps no longer: results older than <c>results_retention_days</c> before its latest bucket, and model snapshots by
/// <see cref="SnapshotRetention"/>. In small pieces: whoever asks says how fast.
/// </summary>
/// <param name="ask">Asks the owner of a job.</param>
public sealed class ExpiredData(IJobStore store, Func<JobCommand, Task<JobReply>> ask)
{
    /// <summary>Rows of each kind in one transaction.</summary>
    public const int Piece = 1000;

    private const long Day = 86_400;

    /// <summary>Who asks the owners.</summary>
    public static Caller Maintenance { get; } = new("_maintenance", "");

    /// <summary>Removes a piece of what is over.</summary>
    /// <returns>Whether something was, and there may be more.</returns>
    /// <exception cref="StoreException">The store cannot be read or written; what was removed before stays removed.</exception>
    public async Task<bool> RemovePieceAsync(JobRow job) => await RemoveResultsAsync(job) || await RemoveSnapshotAsync(job);

    private async Task<bool> RemoveResultsAsync(JobRow job)
    {
        var jobId = job.Config.JobId;
        if (job.Config.ResultsRetentionDays is not { } days || await store.ReadLatestBucketAsync(jobId) is not { } latest) return false;
        var before = latest - (days * Day);
        if (!await store.HasResultsAsync(jobId, long.MinValue, before)) return false;
        await store.WriteAsync([new DeleteResults(jobId, long.MinValue, Piece, before)]);
        return true;
    }

    // By its owner, who knows which it may need. A job on its way is left for later.
    private async Task<bool> RemoveSnapshotAsync(JobRow job)
    {
        if (job.Status is not { State: JobState.Closed or JobState.Opened, Blocked: BlockedReason.None, ModelSnapshotId: { } active }) return false;
        var expired = SnapshotRetention.Expired(await store.ListSnapshotsAsync(job.Config.JobId), job.Config, active);
        return expired.Count > 0 && await ask(new RemoveSnapshot(job.Config.JobId, expired[0]) { By = Maintenance }) is Done;
    }
}
