using Akka.Actor;
using MlActors.Analysis.Input;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Running;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Tests.Running;

/// <summary>Owners that end in the middle of something, and what their next incarnations make of it.</summary>
public class RecoveryTests : JobHarness
{
    protected override RunningOptions Options => new() { CheckpointInputs = 4 };

    [Fact]
    public async Task Results_and_model_are_the_same_however_often_the_owner_dies()
    {
        var (results, state) = await UndisturbedAsync();
        var job = await OpenNewAsync("j");
        for (var minute = 0; minute < 120; minute += 10)
        {
            await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
            if (minute % 30 != 0) continue;
            await KillAsync(job);
            job = Incarnate("j");
        }
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await ResultsAsync("j")).ShouldBe(results);
        (await ModelStateAsync("j")).ShouldBe(state);
    }

    [Fact]
    public async Task A_close_is_finished_by_the_next_owner()
    {
        var (results, state) = await UndisturbedAsync();
        var job = await OpenNewAsync("j", new RunningOptions());
        for (var minute = 0; minute < 120; minute += 10) await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
        job.Tell(new CloseJob("j") { NotifyAccepted = true }, TestActor);
        ExpectMsg<Accepted>(Patience);
        await KillAsync(job);
        job = Incarnate("j");
        await AskAsync<Done>(job, new WakeJob("j"));
        await AwaitConditionAsync(async () => await StoredStateAsync("j") == JobState.Closed, Patience);
        (await ResultsAsync("j")).ShouldBe(results);
        (await ModelStateAsync("j")).ShouldBe(state);
    }

    [Fact]
    public async Task An_open_is_finished_by_the_next_owner()
    {
        var job = Incarnate("j");
        await AskAsync<Done>(job, new CreateJob(Config("j")));
        job.Tell(new OpenJob("j") { NotifyAccepted = true }, TestActor);
        ExpectMsg<Accepted>(Patience);
        await KillAsync(job);
        job = Incarnate("j");
        await AskAsync<Done>(job, new WakeJob("j"));
        await AwaitConditionAsync(async () => await StoredStateAsync("j") == JobState.Opened, Patience);
    }

    [Fact]
    public async Task A_delete_is_finished_by_the_next_owner()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 100));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        job.Tell(new DeleteJob("j", Force: false, "t") { NotifyAccepted = true }, TestActor);
        ExpectMsg<Accepted>(Patience);
        await KillAsync(job);
        job = Incarnate("j");
        job.Tell(new WakeJob("j"), ActorRefs.NoSender);
        await AwaitConditionAsync(async () => await StoredStateAsync("j") is null, Patience);
        (await Storage.Jobs.HasWorkAsync("j")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_input_that_breaks_the_analysis_fails_the_job_and_is_set_aside()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, null, null));
        await KillAsync(job);
        var status = (await Storage.Jobs.ReadStatusAsync("j"))!;
        await Storage.Jobs.WriteAsync([new AppendInput("j", status.InputSeq + 1, InputKind.Records, [1, 2, 3]), new PutStatus(status with { InputSeq = status.InputSeq + 1 })]);

        job = Incarnate("j");
        await AskAsync<Done>(job, new WakeJob("j"));
        await AwaitConditionAsync(async () => await StoredStateAsync("j") == JobState.Failed, Patience);
        var stats = await AskAsync<JobStatsReply>(job, new GetJobStats("j"));
        stats.Status.Reason!.ShouldContain($"input {status.InputSeq + 1}");
        stats.Status.QuarantinedInputs.ShouldBe(1);
        (await Storage.Jobs.ReadQuarantineAsync("j")).Single().Payload.ShouldBe([1, 2, 3]);
        (await AskAsync<Refused>(job, new CloseJob("j"))).Kind.ShouldBe(RefusalKind.Conflict);
        (await AskAsync<Refused>(job, new OpenJob("j"))).Kind.ShouldBe(RefusalKind.Conflict);

        await AskAsync<JobClosedReply>(job, new ForceCloseJob("j"));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await AskAsync<PieceAccepted>(job, Minutes("j", 10, 20));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(1200);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_refused_and_the_one_before_stands_in_with_the_same_result()
    {
        var (results, state) = await UndisturbedAsync();
        var job = await OpenNewAsync("j", new RunningOptions());
        for (var minute = 0; minute < 60; minute += 10) await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await DamageCurrentSnapshotAsync("j");
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        for (var minute = 60; minute < 90; minute += 10) await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await DamageCurrentSnapshotAsync("j");
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        (await AskAsync<JobStatsReply>(job, new GetJobStats("j"))).Status.Reason!.ShouldContain("refused");
        for (var minute = 90; minute < 120; minute += 10) await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await ResultsAsync("j")).ShouldBe(results);
        (await ModelStateAsync("j")).ShouldBe(state);
    }

    [Fact]
    public async Task Without_anything_to_stand_in_for_a_damaged_snapshot_the_open_fails_with_the_reason()
    {
        var job = await OpenNewAsync("j", new RunningOptions());
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await DamageCurrentSnapshotAsync("j");
        await Storage.Jobs.WriteAsync([new TrimInputs("j", 1)]);
        (await AskAsync<Refused>(job, new OpenJob("j"))).Reason.ShouldContain("refused");
        (await StoredStateAsync("j")).ShouldBe(JobState.Failed);
        await AskAsync<JobClosedReply>(job, new ForceCloseJob("j"));
        await AskAsync<Done>(job, new ResetJob("j", "t"));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
    }

    private async Task DamageCurrentSnapshotAsync(string jobId)
    {
        var status = (await Storage.Jobs.ReadStatusAsync(jobId))!;
        var stored = (await Storage.Jobs.ReadSnapshotAsync(jobId, status.ModelSnapshotId!))!;
        stored.State[stored.State.Length / 2] ^= 0x40;
        await Storage.Jobs.WriteAsync([new PutSnapshot(stored.Snapshot, stored.State)]);
    }
}
