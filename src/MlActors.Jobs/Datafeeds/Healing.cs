using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Datafeeds;

/// <summary>
/// Decides whether late data is taken in by going back, and to where: to the end of the last bucket that a model snapshot from before it has finished. What
/// the source does not have must not be lost by it, it must help, and it must not cost too much.
/// </summary>
internal static class Healing
{
    // One that is found again with the same count is enough to see that it does not help; all of them would make the job's row large.
    private const int MostKept = 200;

    /// <param name="Snapshot">The model snapshot to go back to; <c>null</c> when there is an obstacle.</param>
    /// <param name="Obstacle">Why it cannot be done now, fit for users.</param>
    internal sealed record Choice(ModelSnapshot? Snapshot, string? Obstacle);

    /// <param name="late">What was found, sorted by time.</param>
    /// <param name="snapshots">All of the job.</param>
    public static Choice Choose(
        IReadOnlyList<LateBucket> late, JobLifecycleState state, JobStatus status, IReadOnlyList<ModelSnapshot> snapshots, DatafeedOptions options, long nowMs)
    {
        if (state.Feeding is not { } run || status.Datafeed is not { Position: { } position } feed) return No("it is not running");
        if (feed.Healed is { } healed)
        {
            var pause = options.DelayedCheckEvery - TimeSpan.FromMilliseconds(nowMs - healed.Last.FoundMs);
            if (pause > TimeSpan.Zero) return No($"late data was taken in a short time ago: the next time in {TimeValue.Format(pause)} at the earliest");
            if (late.FirstOrDefault(bucket => healed.Buckets.Contains(new SourceCount(bucket.StartMs, bucket.Records))) is { } same)
            {
                return No($"reading again did not help: of the bucket {TimeText.IsoSeconds(same.StartMs)} the source counts {same.Records} records and gave {same.Seen}, " +
                    "as when it looks for records that the query leaves out");
            }
        }
        var gap = late[0].StartMs;
        if (NewestBefore(gap, state, snapshots) is not { } snapshot) return No($"there is no model snapshot from before {TimeText.IsoSeconds(gap)} that the model goes on from");
        var from = snapshot.LastFinalizedBucketEnd!.Value * 1000;
        if (from < run.StartMs) return No($"the newest model snapshot from before {TimeText.IsoSeconds(gap)} is from before the start of the datafeed");
        if (snapshot.InputSeq < status.OtherInputSeq)
        {
            return No($"since the newest model snapshot from before {TimeText.IsoSeconds(gap)} the job took something that is not in the source: " +
                "records that were posted, time that was moved, or changed calendars, filters or rules");
        }
        var replay = TimeSpan.FromMilliseconds(position.NextMs - from);
        return replay > options.HealReplayMost
            ? No($"the newest model snapshot from before {TimeText.IsoSeconds(gap)} is too old: {TimeValue.Format(replay)} of data would be read again, the most is {TimeValue.Format(options.HealReplayMost)}")
            : new Choice(snapshot, null);
    }

    /// <summary>What is kept of it.</summary>
    /// <param name="windowMs">How far back is looked: what is older need not be kept.</param>
    public static HealedData Note(HealedData? before, IReadOnlyList<LateBucket> late, ModelSnapshot snapshot, long spanMs, long windowMs, long nowMs)
    {
        var buckets = (before?.Buckets ?? []).Where(bucket => late[^1].StartMs - bucket.StartMs <= windowMs).ToDictionary(bucket => bucket.StartMs, bucket => bucket.Records);
        foreach (var bucket in late) buckets[bucket.StartMs] = bucket.Records;
        return new HealedData((before?.Times ?? 0) + 1, DelayedData.Of(late, spanMs, nowMs), snapshot.SnapshotId, snapshot.LastFinalizedBucketEnd!.Value * 1000,
            [.. buckets.OrderBy(bucket => bucket.Key).TakeLast(MostKept).Select(bucket => new SourceCount(bucket.Key, bucket.Value))]);
    }

    // Of the snapshots that the model as it is now has come from: one of a past that was gone back from does not know what was read since.
    private static ModelSnapshot? NewestBefore(long gapMs, JobLifecycleState state, IReadOnlyList<ModelSnapshot> snapshots)
    {
        var origin = snapshots.FirstOrDefault(snapshot => snapshot.SnapshotId == state.SnapshotId);
        return snapshots
            .Where(snapshot => snapshot.Lineage == state.Lineage || (origin is not null && snapshot.Lineage == origin.Lineage && snapshot.InputSeq <= origin.InputSeq))
            .Where(snapshot => snapshot.LastFinalizedBucketEnd * 1000 <= gapMs)
            .MaxBy(snapshot => snapshot.LastFinalizedBucketEnd);
    }

    private static Choice No(string obstacle) => new(null, obstacle);
}
