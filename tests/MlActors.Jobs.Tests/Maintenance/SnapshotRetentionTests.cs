using MlActors.Jobs.Configuration;
using MlActors.Jobs.Maintenance;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Tests.Maintenance;

public class SnapshotRetentionTests
{
    private const long Hour = 3_600_000;
    private const long Newest = 1_000 * 24 * Hour;

    private static readonly JobConfig TenDaysAndOne = JobConfigReader.ReadPut("j", """
        {"analysis_config":{"detectors":[{"function":"count"}]},"data_description":{},"model_snapshot_retention_days":10,"daily_model_snapshot_retention_after_days":1}
        """u8, JobLimits.Default, DateTimeOffset.UnixEpoch);

    [Fact]
    public void All_are_kept_for_a_day_then_the_first_of_every_day_then_none()
    {
        // Every six hours for twelve days; named by their age in hours.
        var snapshots = Enumerable.Range(0, 49).Select(i => At(i * 6)).ToList();
        var expired = SnapshotRetention.Expired(snapshots, TenDaysAndOne, active: "0");
        var kept = snapshots.Select(snapshot => snapshot.SnapshotId).Except(expired).Select(int.Parse);
        // Days are counted from the oldest that is kept: 240 hours before the newest.
        kept.ShouldBe([0, 6, 12, 18, 24, 48, 72, 96, 120, 144, 168, 192, 216, 240]);
    }

    [Fact]
    public void The_one_that_the_job_starts_from_and_what_is_retained_stay()
    {
        List<ModelSnapshot> snapshots = [At(0), At(500), At(501) with { Retain = true }, At(502)];
        SnapshotRetention.Expired(snapshots, TenDaysAndOne, active: "500").ShouldBe(["502"]);
    }

    [Fact]
    public void A_job_that_starts_from_none_loses_none()
    {
        SnapshotRetention.Expired([At(0), At(500)], TenDaysAndOne, active: null).ShouldBeEmpty();
        SnapshotRetention.Expired([], TenDaysAndOne, active: "0").ShouldBeEmpty();
    }

    private static ModelSnapshot At(int hoursAgo) => new() { JobId = "j", SnapshotId = $"{hoursAgo}", Description = "", TimestampMs = Newest - (hoursAgo * Hour) };
}
