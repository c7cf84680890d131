using System.Text;
using System.Text.Json;
using Akka.Actor;
using MlActors.Analysis.Results;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Maintenance;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Tests.Running;
using Microsoft.Extensions.Time.Testing;

namespace MlActors.Jobs.Tests.Maintenance;

public class JobMaintenanceTests : JobHarness
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);
    private static readonly MaintenanceOptions Quick = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(48));

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    protected override TimeProvider Clock => _time;

    [Fact]
    public async Task Results_and_snapshots_that_have_had_their_time_go_and_all_others_stay()
    {
        const long day = 86_400;
        var old = Start - (40 * day);
        var job = Incarnate("j");
        await AskAsync<Done>(job, new CreateJob(With("j", """ "results_retention_days":30,"model_snapshot_retention_days":1,"daily_model_snapshot_retention_after_days":1 """)));
        for (var i = 0; i < 3; i++)
        {
            await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
            await AskAsync<PieceAccepted>(job, Minutes("j", i * 10, (i + 1) * 10));
            await AskAsync<JobClosedReply>(job, new CloseJob("j"));
            _time.Advance(TimeSpan.FromDays(i == 0 ? 5 : 0));
        }
        await Storage.Jobs.WriteAsync([new WriteResults("j", [.. Enumerable.Range(0, 5).Select(i => Bucket(old + (i * 60)))], [1, 1, 1, 1, 1])]);
        var snapshots = await Storage.Jobs.ListSnapshotsAsync("j");
        snapshots.Count.ShouldBe(3);
        Maintain(job);
        await AwaitConditionAsync(async () => !await Storage.Jobs.HasResultsAsync("j", long.MinValue, Start), Patience, Moment);
        await AwaitConditionAsync(async () => (await Storage.Jobs.ListSnapshotsAsync("j")).Count == 2, Patience, Moment);
        (await Storage.Jobs.ListSnapshotsAsync("j")).Select(snapshot => snapshot.SnapshotId).ShouldBe(snapshots.Take(2).Select(snapshot => snapshot.SnapshotId));
        (await Storage.Jobs.HasResultsAsync("j", Start)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_job_that_nobody_uses_is_closed_and_it_is_said_why()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        Maintain(job);
        _time.Advance(TimeSpan.FromHours(47));
        await AskAsync<PieceAccepted>(job, Minutes("j", 10, 20));
        _time.Advance(TimeSpan.FromHours(47));
        (await StoredStateAsync("j")).ShouldBe(JobState.Opened);
        _time.Advance(TimeSpan.FromHours(2));
        await AwaitConditionAsync(async () => await StoredStateAsync("j") == JobState.Closed, Patience, Moment);
        var warnings = await Storage.Audit.QueryAsync(new AuditQuery("j", null, null, AuditLevel.Warning, 0, 10));
        var warning = JsonElement.Parse(warnings.Documents.ShouldHaveSingleItem().Span);
        warning.GetProperty("message").GetString().ShouldBe("job is closing: no data came for 48 hours");
        warning.GetProperty("user").GetString().ShouldBe("_maintenance");
    }

    [Fact]
    public async Task A_job_that_rested_in_upgrade_mode_is_not_closed_for_it()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        await TurnAsync(on: true, ("j", job));
        var jobs = CreateTestProbe();
        Maintain(jobs.Ref);
        _time.Advance(TimeSpan.FromHours(100));
        jobs.ExpectNoMsg(TimeSpan.FromMilliseconds(300));
        await TurnAsync(on: false, ("j", job));
        _time.Advance(TimeSpan.FromHours(47));
        jobs.ExpectNoMsg(TimeSpan.FromMilliseconds(300));
        _time.Advance(TimeSpan.FromHours(2));
        jobs.ExpectMsg<CloseJob>(Patience).JobId.ShouldBe("j");
    }

    private void Maintain(IActorRef job) => Sys.ActorOf(Props.Create(typeof(JobMaintenance), Storage.Catalog, Storage.Jobs, job, _time, Quick, Upgrade));

    private static BucketResult Bucket(long timestamp) => new(timestamp, 60, 0, 0, 1, false, [], [], []);

    private static JobConfig With(string jobId, string more) => JobConfigReader.ReadPut(jobId, Encoding.UTF8.GetBytes($$"""
        {"analysis_config":{"bucket_span":"60s","detectors":[{"function":"mean","field_name":"value","partition_field_name":"host"},{"function":"count"}],"influencers":["host"]},
         "data_description":{"time_format":"epoch"},{{more}}}
        """), JobLimits.Default, DateTimeOffset.UnixEpoch);
}
