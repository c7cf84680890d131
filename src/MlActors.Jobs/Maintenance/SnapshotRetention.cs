using MlActors.Jobs.Configuration;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Maintenance;

/// <summary>Which model snapshots of a job are kept: all for a while, then one a day, then none. Times are relative to the newest snapshot, not to now.</summary>
public static class SnapshotRetention
{
    private static readonly long Day = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    /// <summary>The snapshots that have had their time. Never the one that the job starts from, nor one that is to be retained.</summary>
    /// <param name="active">The id of the snapshot that the job starts from; without one nothing is removed.</param>
    public static IReadOnlyList<string> Expired(IReadOnlyList<ModelSnapshot> snapshots, JobConfig config, string? active)
    {
        if (active is null || snapshots.Count == 0) return [];
        var newest = snapshots.Max(snapshot => snapshot.TimestampMs);
        var (oldest, daily) = (newest - (config.ModelSnapshotRetentionDays * Day), newest - (config.DailyModelSnapshotRetentionAfterDays * Day));
        var kept = new HashSet<long>();
        return
        [
            .. snapshots.OrderBy(snapshot => snapshot.TimestampMs).ThenBy(snapshot => snapshot.SnapshotId, StringComparer.Ordinal)
                .Where(snapshot => snapshot.TimestampMs < oldest || (snapshot.TimestampMs < daily && !kept.Add((snapshot.TimestampMs - oldest) / Day)))
                .Where(snapshot => !snapshot.Retain && snapshot.SnapshotId != active)
                .Select(snapshot => snapshot.SnapshotId),
        ];
    }
}
