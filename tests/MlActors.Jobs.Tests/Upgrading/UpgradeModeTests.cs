using Akka.Actor;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Tests.Datafeeds;
using MlActors.Jobs.Upgrading;

namespace MlActors.Jobs.Tests.Upgrading;

/// <summary>What jobs and datafeeds do while upgrade mode is on, and after it.</summary>
public sealed class UpgradeModeTests : DatafeedHarness
{
    private static async Task<string> RefusedAsync(IActorRef job, JobMessage message, RefusalKind kind = RefusalKind.TooMany)
    {
        var refused = await AskAsync<Refused>(job, message);
        refused.Kind.ShouldBe(kind);
        refused.Reason.ShouldContain("upgrade mode");
        return refused.Reason;
    }

    [Fact]
    public async Task A_job_that_rests_between_all_its_pieces_comes_to_the_same_as_an_undisturbed_one()
    {
        var job = await OpenNewAsync("j");
        for (var minute = 0; minute < 120; minute += 10)
        {
            await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
            await TurnAsync(on: true, ("j", job));
            await TurnAsync(on: false, ("j", job));
        }
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var (results, state) = await UndisturbedAsync();
        (await ResultsAsync("j")).ShouldBe(results);
        (await ModelStateAsync("j")).ShouldBe(state);
    }

    [Fact]
    public async Task It_keeps_its_state_has_saved_what_it_accepted_and_takes_nothing()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, null, null));
        await TurnAsync(on: true, ("j", job));
        (await StoredStateAsync("j")).ShouldBe(JobState.Opened);
        var stored = (await Storage.Jobs.ReadStatusAsync("j"))!;
        (await Storage.Jobs.ListSnapshotsAsync("j")).ShouldHaveSingleItem().InputSeq.ShouldBe(stored.InputSeq);
        foreach (var asked in new JobMessage[]
        {
            Minutes("j", 10, 20), new FlushJob("j", true, null, null, null, null), new StartForecast("j", "f", 3600, null, 1 << 20),
        }) (await RefusedAsync(job, asked)).ShouldContain("[POST /_ml/set_upgrade_mode?enabled=false]");
        (await Storage.Jobs.ReadStatusAsync("j"))!.InputSeq.ShouldBe(stored.InputSeq);
    }

    [Fact]
    public async Task It_is_said_to_rest_only_when_its_model_is_saved_also_if_the_store_cannot_write_for_a_while()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, null, null));
        Upgrade.Turn(new(true, 1, 0));
        Task<JobReply> followed;
        using (LockDatabase())
        {
            followed = job.Ask<JobReply>(new FollowUpgradeMode("j"), Patience);
            await AskAsync<JobStatsReply>(job, new GetJobStats("j"));
            followed.IsCompleted.ShouldBeFalse();
        }
        (await followed).ShouldBe(new UpgradeModeFollowed("j", 1));
        (await Storage.Jobs.ListSnapshotsAsync("j")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_waits_to_be_taken_when_it_begins_is_refused_or_taken_whole()
    {
        var job = await OpenNewAsync("j");
        var uploads = Enumerable.Range(0, 40).Select(i => job.Ask<JobReply>(Minutes("j", i, i + 1), Patience)).ToList();
        await TurnAsync(on: true, ("j", job));
        var replies = await Task.WhenAll(uploads);
        var taken = replies.OfType<PieceAccepted>().Count();
        replies.OfType<Refused>().ShouldAllBe(refused => refused.Kind == RefusalKind.TooMany);
        (taken + replies.OfType<Refused>().Count()).ShouldBe(40);
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(taken * 60);
        await TurnAsync(on: false, ("j", job));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(taken * 60);
    }

    [Fact]
    public async Task Nothing_is_opened_started_reset_or_reverted_and_all_else_is_done()
    {
        var job = Incarnate("j");
        await TurnAsync(on: true, ("j", job));
        await AskAsync<Done>(job, new CreateJob(Config("j")));
        await RefusedAsync(job, new OpenJob("j"));
        await RefusedAsync(job, new OpenJob("j", Join: true));
        Room.Taken.Jobs.ShouldBe(0);
        await RefusedAsync(job, new ResetJob("j", "t"), RefusalKind.Conflict);
        await RefusedAsync(job, new RevertSnapshot("j", "empty", true, "t"), RefusalKind.Conflict);
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await StoredStateAsync("j")).ShouldBe(JobState.Closed);
        await AskAsync<Done>(job, new DeleteJob("j", Force: false, "t"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_close_is_carried_out_and_nothing_that_was_accepted_is_lost(bool force)
    {
        var job = await OpenNewAsync("j");
        for (var minute = 0; minute < 120; minute += 10) await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
        await TurnAsync(on: true, ("j", job));
        await AskAsync<JobClosedReply>(job, force ? new ForceCloseJob("j") : new CloseJob("j"));
        (await StoredStateAsync("j")).ShouldBe(JobState.Closed);
        await TurnAsync(on: false, ("j", job));
        if (force)
        {
            await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
            await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        }
        (await ResultsAsync("j")).ShouldBe((await UndisturbedAsync()).Results);
    }

    [Fact]
    public async Task A_close_that_comes_while_it_is_coming_to_rest_is_finished_too()
    {
        var job = await OpenNewAsync("j");
        for (var minute = 0; minute < 120; minute += 10) await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
        Upgrade.Turn(new(true, 1, 0));
        var followed = job.Ask<JobReply>(new FollowUpgradeMode("j"), Patience);
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await followed;
        await TurnAsync(on: false, ("j", job));
        (await ResultsAsync("j")).ShouldBe((await UndisturbedAsync()).Results);
    }

    [Fact]
    public async Task The_next_owner_rests_too_and_goes_on_when_it_ends()
    {
        var job = await OpenNewAsync("j");
        for (var minute = 0; minute < 60; minute += 10) await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
        await KillAsync(job);
        await TurnAsync(on: true);
        job = Incarnate("j");
        await AskAsync<JobStatsReply>(job, new GetJobStats("j"));
        await RefusedAsync(job, Minutes("j", 60, 70));
        await TurnAsync(on: false, ("j", job));
        for (var minute = 60; minute < 120; minute += 10) await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await ResultsAsync("j")).ShouldBe((await UndisturbedAsync()).Results);
    }

    [Fact]
    public async Task It_may_end_while_jobs_are_still_coming_to_rest()
    {
        var job = await OpenNewAsync("j");
        for (var minute = 0; minute < 120; minute += 10)
        {
            await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
            Upgrade.Turn(new(true, Upgrade.Setting.Version + 1, 0));
            job.Tell(new FollowUpgradeMode("j"));
            await TurnAsync(on: false, ("j", job));
        }
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await ResultsAsync("j")).ShouldBe((await UndisturbedAsync()).Results);
    }

    [Fact]
    public async Task A_datafeed_stops_reading_stays_started_and_goes_on_exactly_where_it_was()
    {
        AddTwoHours();
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        Source.BeforePage = (page, cancellation) =>
        {
            if (page != 5) return Task.CompletedTask;
            reached.TrySetResult();
            return go.Task.WaitAsync(cancellation);
        };
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j");
        await reached.Task.WaitAsync(Patience);
        await TurnAsync(on: true, ("j", job));
        go.TrySetResult();
        var (ranges, position) = (Source.Ranges.Count, (await StatusAsync("j")).Position);
        (await StatusAsync("j")).State.ShouldBe(DatafeedState.Started);
        (await RefusedAsync(job, new StartForecast("j", "f", 3600, null, 1 << 20))).ShouldContain("forecast");
        await AskAsync<JobStatsReply>(job, new GetJobStats("j"));
        (Source.Ranges.Count, (await StatusAsync("j")).Position).ShouldBe((ranges, position));
        await TurnAsync(on: false, ("j", job));
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
    }

    [Fact]
    public async Task A_datafeed_is_not_started_but_can_be_stopped_and_closes_its_job_as_always()
    {
        AddTwoHours();
        Source.BeforePage = (_, cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j");
        var other = await OpenWithFeedAsync("k");
        await TurnAsync(on: true, ("j", job), ("k", other));
        (await RefusedAsync(other, new StartDatafeed("k", "feed-k", 0, null))).ShouldContain("[feed-k]");
        await AskAsync<Done>(job, new StopDatafeed("j", "feed-j"));
        await ClosedAsync("j");
    }
}
