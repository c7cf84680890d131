using Akka.Actor;
using MlActors.Analysis.Input;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Running;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Tests.Running;

/// <summary>One job through its life, with everything real but sharding.</summary>
public class JobActorTests : JobHarness
{
    [Fact]
    public async Task After_a_close_counts_snapshot_results_and_state_are_readable_at_once()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 100));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var status = (await Storage.Jobs.ReadStatusAsync("j"))!;
        status.State.ShouldBe(JobState.Closed);
        status.Counts.ProcessedRecords.ShouldBe(6000);
        status.FinishedTime.ShouldNotBeNull();
        status.ModelSnapshotId.ShouldNotBeNull();
        status.Timing.BucketCount.ShouldBe(99);
        (await Storage.Jobs.ReadSnapshotAsync("j", status.ModelSnapshotId)).ShouldNotBeNull();
        (await ResultsAsync("j")).ShouldContain("\"record_score\"");
    }

    [Fact]
    public async Task A_job_opened_and_closed_without_data_writes_no_snapshot()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await Storage.Jobs.ListSnapshotsAsync("j")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Closing_a_closed_job_is_a_confirmation()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await AskAsync<JobClosedReply>(job, new CloseJob("j"))).AlreadyClosed.ShouldBeTrue();
        (await AskAsync<JobClosedReply>(job, new ForceCloseJob("j"))).AlreadyClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_closes_at_once_wait_for_the_same_end()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 100));
        var closes = Enumerable.Range(0, 5).Select(_ => AskAsync<JobClosedReply>(job, new CloseJob("j"))).ToList();
        await Task.WhenAll(closes);
        (await Storage.Jobs.ListSnapshotsAsync("j")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_close_during_opening_wins_and_the_open_is_told()
    {
        var job = Incarnate("j");
        await AskAsync<Done>(job, new CreateJob(Config("j")));
        var open = job.Ask<JobReply>(new OpenJob("j"), Patience);
        var close = job.Ask<JobReply>(new CloseJob("j"), Patience);
        (await close).ShouldBeOfType<JobClosedReply>();
        var opened = await open;
        // Which of the two the owner saw first decides; both are answered either way.
        (opened is JobOpenedReply or Refused { Kind: RefusalKind.Conflict }).ShouldBeTrue(opened.ToString());
        (await StoredStateAsync("j")).ShouldBe(JobState.Closed);
    }

    [Fact]
    public async Task Opening_during_a_close_is_refused_and_possible_right_after_it()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 100));
        var close = AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await AskAsync<Refused>(job, new OpenJob("j"))).Kind.ShouldBe(RefusalKind.Conflict);
        await close;
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
    }

    [Fact]
    public async Task A_forced_close_during_a_close_stops_the_analysis_and_answers_both()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 100));
        var graceful = job.Ask<JobReply>(new CloseJob("j"), Patience);
        var forced = job.Ask<JobReply>(new ForceCloseJob("j"), Patience);
        (await graceful).ShouldBeOfType<JobClosedReply>();
        (await forced).ShouldBeOfType<JobClosedReply>();
        (await StoredStateAsync("j")).ShouldBe(JobState.Closed);
    }

    [Fact]
    public async Task What_was_journaled_before_a_forced_close_is_analysed_after_the_next_open()
    {
        var (results, state) = await UndisturbedAsync();
        var job = await OpenNewAsync("j");
        for (var minute = 0; minute < 120; minute += 10)
        {
            await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
            if (minute is not (20 or 90)) continue;
            await AskAsync<JobClosedReply>(job, new ForceCloseJob("j"));
            await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        }
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await ResultsAsync("j")).ShouldBe(results);
        (await ModelStateAsync("j")).ShouldBe(state);
    }

    [Fact]
    public async Task Deleting_during_a_close_needs_force_and_then_leaves_nothing()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 100));
        var close = job.Ask<JobReply>(new CloseJob("j"), Patience);
        (await AskAsync<Refused>(job, new DeleteJob("j", Force: false, "t"))).Kind.ShouldBe(RefusalKind.Conflict);
        await AskAsync<Done>(job, new DeleteJob("j", Force: true, "t"));
        (await close).ShouldBeOfType<JobClosedReply>();
        (await StoredStateAsync("j")).ShouldBeNull();
        (await Storage.Jobs.HasWorkAsync("j")).ShouldBeFalse();
        (await AskAsync<Refused>(job, new OpenJob("j"))).Kind.ShouldBe(RefusalKind.NotFound);
        await AskAsync<Done>(job, new CreateJob(Config("j")));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
    }

    [Fact]
    public async Task A_close_has_its_turn_although_many_go_on_posting()
    {
        var job = await OpenNewAsync("j");
        var posters = Enumerable.Range(0, 8).Select(async _ =>
        {
            var accepted = 0L;
            while (await job.Ask<JobReply>(Minutes("j", 0, 1), Patience) is PieceAccepted) accepted++;
            return accepted;
        }).ToList();
        await AwaitConditionAsync(async () => (await Storage.Jobs.ReadStatusAsync("j"))!.InputSeq > 20, Patience);
        var before = (await Storage.Jobs.ReadStatusAsync("j"))!.InputSeq;
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var accepted = (await Task.WhenAll(posters)).Sum();
        accepted.ShouldBe((await Storage.Jobs.ReadStatusAsync("j"))!.InputSeq);
        // What each poster may have in the write under way, in the next one, and before the close in the mailbox.
        accepted.ShouldBeLessThanOrEqualTo(before + (5 * posters.Count));
    }

    [Fact]
    public async Task A_delete_during_a_revert_leaves_nothing_either()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 100));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var revert = job.Ask<JobReply>(new RevertSnapshot("j", JobLifecycle.EmptySnapshot, DeleteInterveningResults: false, "t1"), Patience);
        await AskAsync<Done>(job, new DeleteJob("j", Force: false, "t2"));
        await revert;
        (await Storage.Jobs.HasWorkAsync("j")).ShouldBeFalse();
        await AskAsync<Done>(job, new CreateJob(Config("j")));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 1));
    }

    [Fact]
    public async Task While_the_store_cannot_write_everything_is_refused_and_the_owner_lives_on()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        using (LockDatabase())
        {
            (await AskAsync<Refused>(job, new CloseJob("j"))).Kind.ShouldBe(RefusalKind.Unavailable);
            (await AskAsync<Refused>(job, Minutes("j", 10, 20))).Kind.ShouldBe(RefusalKind.Unavailable);
        }
        await AskAsync<PieceAccepted>(job, Minutes("j", 10, 20));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(1200);
    }

    [Fact]
    public async Task A_snapshot_that_could_not_be_stored_is_stored_later()
    {
        var job = await OpenNewAsync("j", new RunningOptions { CheckpointInputs = 1 });
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 1));
        using (LockDatabase()) (await AskAsync<Refused>(job, Minutes("j", 1, 2))).Kind.ShouldBe(RefusalKind.Unavailable);
        await AwaitConditionAsync(async () => (await Storage.Jobs.ReadStatusAsync("j"))!.ModelSnapshotId is not null, Patience);
        await AskAsync<PieceAccepted>(job, Minutes("j", 1, 2));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
    }

    [Fact]
    public async Task A_closed_job_refuses_data_and_flush()
    {
        var job = Incarnate("j");
        await AskAsync<Done>(job, new CreateJob(Config("j")));
        (await AskAsync<Refused>(job, Minutes("j", 0, 1))).Kind.ShouldBe(RefusalKind.Conflict);
        (await AskAsync<Refused>(job, new FlushJob("j", false, null, null, null, null))).Kind.ShouldBe(RefusalKind.Conflict);
    }

    [Fact]
    public async Task A_flush_answers_when_the_results_are_readable_and_shows_interim_ones_when_asked()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 97));
        var flushed = await AskAsync<JobFlushedReply>(job, new FlushJob("j", CalculateInterim: true, null, null, null, null));
        flushed.LastFinalizedBucketEnd.ShouldBe(Start + (96 * 60));
        (await ResultsAsync("j")).ShouldContain("\"is_interim\":true");
        await AskAsync<PieceAccepted>(job, Minutes("j", 97, 99));
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, AdvanceTime: Start + (99 * 60), null));
        (await ResultsAsync("j")).ShouldNotContain("\"is_interim\":true");
        (await Storage.Jobs.ReadStatusAsync("j"))!.InputSeq.ShouldBe(3);
    }

    [Fact]
    public async Task A_retried_upload_is_answered_as_before_and_counted_once()
    {
        var job = await OpenNewAsync("j");
        var first = await AskAsync<PieceAccepted>(job, Minutes("j", 0, 5, "upload-1", 0, last: false));
        var second = await AskAsync<PieceAccepted>(job, Minutes("j", 5, 10, "upload-1", 1, last: true));
        second.Before.ShouldBe(first.Before);

        await KillAsync(job);
        job = Incarnate("j");
        var again = await AskAsync<PieceAccepted>(job, Minutes("j", 0, 5, "upload-1", 0, last: false));
        again.Repeated.ShouldBeTrue();
        var whole = await AskAsync<PieceAccepted>(job, Minutes("j", 5, 10, "upload-1", 1, last: true));
        whole.ShouldBe(second with { Repeated = true });
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(600);
    }

    [Fact]
    public async Task A_piece_that_comes_twice_before_it_is_durable_counts_once_and_both_are_answered()
    {
        var job = await OpenNewAsync("j");
        var answers = await Task.WhenAll(
            AskAsync<PieceAccepted>(job, Minutes("j", 0, 5, "upload-1", 0, last: false)), AskAsync<PieceAccepted>(job, Minutes("j", 0, 5, "upload-1", 0, last: false)));
        answers.Select(answer => answer.Repeated).ShouldBe([false, true], ignoreOrder: true);
        (await AskAsync<PieceAccepted>(job, Minutes("j", 5, 10, "upload-1", 1, last: true))).Repeated.ShouldBeFalse();
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(600);
    }

    [Fact]
    public async Task An_upload_retried_with_other_content_is_refused()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 5, "upload-1"));
        (await AskAsync<Refused>(job, Minutes("j", 5, 10, "upload-1"))).Kind.ShouldBe(RefusalKind.Conflict);
    }

    [Fact]
    public async Task An_upload_broken_off_goes_on_where_it_stopped()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 5, "u", 0, last: false));
        await KillAsync(job);
        job = Incarnate("j");
        (await AskAsync<PieceAccepted>(job, Minutes("j", 0, 5, "u", 0, last: false))).Repeated.ShouldBeTrue();
        var last = await AskAsync<PieceAccepted>(job, Minutes("j", 5, 10, "u", 1, last: true));
        last.Repeated.ShouldBeFalse();
        last.Counts.Since(last.Before).ProcessedRecords.ShouldBe(600);
    }

    [Fact]
    public async Task Acknowledgements_are_held_back_while_too_much_is_unanalysed_and_none_is_lost()
    {
        var job = await OpenNewAsync("j", new RunningOptions { MaxUnanalysedBytes = 1 });
        var posts = Enumerable.Range(0, 50).Select(i => AskAsync<PieceAccepted>(job, Minutes("j", i, i + 1))).ToList();
        await Task.WhenAll(posts);
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(3000);
    }

    [Fact]
    public async Task A_reset_job_is_as_new()
    {
        var (results, state) = await UndisturbedAsync();
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 30, 50));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AskAsync<Done>(job, new ResetJob("j", "t"));
        (await ResultsAsync("j")).ShouldBeEmpty();
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ShouldBe(new DataCounts());
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        for (var minute = 0; minute < 120; minute += 10) await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await ResultsAsync("j")).ShouldBe(results);
        (await ModelStateAsync("j")).ShouldBe(state);
    }

    [Fact]
    public async Task After_going_back_to_a_snapshot_the_same_records_give_the_same_results()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 60));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var snapshot = (await Storage.Jobs.ListSnapshotsAsync("j")).Single().SnapshotId;
        var finals = new List<string>();
        for (var round = 0; round < 2; round++)
        {
            await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
            (await AskAsync<PieceAccepted>(job, Minutes("j", 60, 120))).Counts.OutOfOrder.ShouldBe(0);
            await AskAsync<JobClosedReply>(job, new CloseJob("j"));
            finals.Add(await ResultsAsync("j"));
            var reverted = await AskAsync<SnapshotReply>(job, new RevertSnapshot("j", snapshot, DeleteInterveningResults: true, "t"));
            reverted.Snapshot.SnapshotId.ShouldBe(snapshot);
            (await ResultsAsync("j")).Length.ShouldBeLessThan(finals[0].Length);
        }
        finals[1].ShouldBe(finals[0]);
    }

    [Fact]
    public async Task After_going_back_without_deleting_results_older_records_are_late()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 60));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var snapshot = (await Storage.Jobs.ListSnapshotsAsync("j")).Single().SnapshotId;
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await AskAsync<PieceAccepted>(job, Minutes("j", 60, 120));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AskAsync<SnapshotReply>(job, new RevertSnapshot("j", snapshot, DeleteInterveningResults: false, "t"));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        (await AskAsync<PieceAccepted>(job, Minutes("j", 60, 100))).Counts.OutOfOrder.ShouldBe(2400);
        (await AskAsync<PieceAccepted>(job, Minutes("j", 120, 130))).Counts.OutOfOrder.ShouldBe(2400);
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
    }

    [Fact]
    public async Task The_snapshot_in_use_cannot_be_deleted_and_another_can()
    {
        var job = await OpenNewAsync("j");
        foreach (var round in new[] { 0, 1 })
        {
            await AskAsync<PieceAccepted>(job, Minutes("j", round * 10, (round * 10) + 10));
            await AskAsync<JobClosedReply>(job, new CloseJob("j"));
            if (round == 0) await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        }
        var snapshots = (await Storage.Jobs.ListSnapshotsAsync("j")).OrderBy(s => s.InputSeq).ToList();
        snapshots.Count.ShouldBe(2);
        (await AskAsync<Refused>(job, new RemoveSnapshot("j", snapshots[1].SnapshotId))).Kind.ShouldBe(RefusalKind.Invalid);
        (await AskAsync<SnapshotReply>(job, new ChangeSnapshot("j", snapshots[0].SnapshotId, "kept", true))).Snapshot.Description.ShouldBe("kept");
        await AskAsync<Done>(job, new RemoveSnapshot("j", snapshots[0].SnapshotId));
        (await AskAsync<Refused>(job, new RemoveSnapshot("j", "1"))).Kind.ShouldBe(RefusalKind.NotFound);
    }

    [Fact]
    public async Task A_long_life_does_not_make_a_long_journal()
    {
        var job = Incarnate("j", new RunningOptions { CompactAfterEvents = 10 });
        await AskAsync<Done>(job, new CreateJob(Config("j")));
        for (var i = 0; i < 20; i++)
        {
            await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
            await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        }
        var events = 0;
        await AwaitAssertAsync(async () =>
        {
            events = 0;
            await foreach (var _ in Storage.Events.ReadAsync("job-j", 1, long.MaxValue, long.MaxValue)) events++;
            events.ShouldBeLessThan(16);
        }, Patience);
        await KillAsync(job);
        job = Incarnate("j");
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
    }
}
