using Akka.Actor;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Tests.Datafeeds;

/// <summary>Datafeeds with their real jobs; only what they read is in memory.</summary>
public class DatafeedTests : DatafeedHarness
{
    protected override DatafeedOptions DatafeedOptions => new() { FirstRetry = TimeSpan.FromMilliseconds(1), LongestRetry = TimeSpan.FromMilliseconds(4) };

    [Fact]
    public async Task At_its_end_it_stops_and_closes_its_job_by_itself()
    {
        AddTwoHours();
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j");
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
        var status = await StatusAsync("j");
        status.State.ShouldBe(DatafeedState.Stopped);
        status.StopReason.ShouldBeNull();
        status.Progress.Searches.ShouldBeGreaterThan(14);
    }

    [Fact]
    public async Task However_often_the_owner_dies_nothing_is_skipped_and_nothing_comes_twice()
    {
        AddTwoHours();
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j");
        for (var deaths = 0; deaths < 6; deaths++)
        {
            var before = Source.Ranges.Count;
            await KillAsync(job);
            job = Incarnate("j");
            await AskAsync<Done>(job, new WakeJob("j"));
            if (await StoredStateAsync("j") != JobState.Opened) break;
            await AwaitConditionAsync(async () => Source.Ranges.Count > before || await StoredStateAsync("j") != JobState.Opened, Patience);
        }
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
    }

    [Fact]
    public async Task What_a_child_of_an_owner_that_started_again_still_sends_is_refused_though_its_run_goes_on()
    {
        AddTwoHours();
        var go = new TaskCompletionSource();
        Source.BeforePage = (page, cancellation) => page == 2 ? go.Task.WaitAsync(cancellation) : Task.CompletedTask;
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j");
        await AwaitConditionAsync(async () => (await StatusAsync("j")).Position is not null, Patience);
        var stale = new TakePage("j", Run: 1, [Minutes("j", 100, 101).Batch], (await StatusAsync("j")).Position, (await StatusAsync("j")).Progress) { Feed = TestActor };
        (await AskAsync<Refused>(job, stale)).Kind.ShouldBe(RefusalKind.Conflict);
        (await AskAsync<Refused>(job, new HealLateData("j", 1, [new LateBucket(Start, 1, 1)]) { Feed = TestActor })).Reason.ShouldContain("another child");
        job.Tell(new DatafeedFinished("j", 1, "not by the one that runs", Close: true) { Feed = TestActor });
        go.SetResult();
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
        (await StatusAsync("j")).StopReason.ShouldBeNull();
    }

    [Fact]
    public async Task A_second_run_goes_on_exactly_where_the_first_was_stopped()
    {
        AddTwoHours();
        var stop = new TaskCompletionSource();
        Source.BeforePage = (page, cancellation) => page == 7 ? stop.Task.WaitAsync(cancellation) : Task.CompletedTask;
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j", end: null);
        await AwaitConditionAsync(async () => (await StatusAsync("j")).Position is not null, Patience);
        await AskAsync<Done>(job, new StopDatafeed("j", "feed-j"));
        (await StoredStateAsync("j")).ShouldBe(JobState.Opened);
        (await StatusAsync("j")).State.ShouldBe(DatafeedState.Stopped);
        stop.SetResult();
        await StartAsync(job, "j");
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
    }

    [Fact]
    public async Task Records_of_one_time_are_never_parted()
    {
        Source.PageSize = 10;
        Source.Add(Enumerable.Range(0, 100).SelectMany(second => Enumerable.Range(0, 7).Select(n => new ScriptedSource.Row(StartMs + (second * 1000), n, "a"))));
        var job = await OpenWithFeedAsync("j");
        Source.AfterPage = page =>
        {
            if (page == 3) throw new SourceException("it fell over");
        };
        await StartAsync(job, "j");
        await ClosedAsync("j");
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(700);
    }

    [Fact]
    public async Task Records_that_stand_for_minutes_are_asked_for_in_whole_minutes()
    {
        AddTwoHours();
        Source.GrainMs = 60_000;
        var job = await OpenWithFeedAsync("j", ""","chunking_config":{"mode":"manual","time_span":"90s"}""");
        await StartAsync(job, "j", end: StartMs + (30 * 60_000) + 20_000);
        await ClosedAsync("j");
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(30 * 60, "the rest of minute 30 is left for the next run");
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await StartAsync(job, "j", start: StartMs + (30 * 60_000) + 20_000);
        await ClosedAsync("j");
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe((30 + 89) * 60, "who starts within minute 30 gets what is behind it");
        Source.Ranges.ShouldAllBe(range => range.FromMs % 60_000 == 0 && range.ToMs % 60_000 == 0);
    }

    [Fact]
    public async Task A_source_that_fails_is_tried_again_and_the_trouble_is_seen()
    {
        AddTwoHours();
        var mended = new TaskCompletionSource();
        Source.BeforePage = (page, _) => page >= 3 && !mended.Task.IsCompleted ? throw new SourceException("the network is down") : Task.CompletedTask;
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j");
        await AwaitConditionAsync(async () => (await StatusAsync("j")).Progress.Trouble == "the network is down", Patience);
        (await StoredStateAsync("j")).ShouldBe(JobState.Opened);
        mended.SetResult();
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
        (await StatusAsync("j")).Progress.Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task A_source_that_can_never_answer_stops_the_run_and_leaves_the_job_open_with_the_reason()
    {
        AddTwoHours();
        Source.BeforePage = (page, _) => page >= 3 ? throw new SourceException("there is no column [x]", isPermanent: true) : Task.CompletedTask;
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j");
        await AwaitConditionAsync(async () => (await StatusAsync("j")).State == DatafeedState.Stopped, Patience);
        (await StatusAsync("j")).StopReason.ShouldNotBeNull().ShouldContain("there is no column [x]");
        (await StoredStateAsync("j")).ShouldBe(JobState.Opened);
        Source.BeforePage = (_, _) => Task.CompletedTask;
        await StartAsync(job, "j");
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
    }

    [Fact]
    public async Task Data_sent_by_hand_is_not_read_again()
    {
        AddTwoHours();
        var job = await OpenWithFeedAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 50));
        await StartAsync(job, "j");
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
    }

    [Fact]
    public async Task A_start_later_than_the_data_that_there_is_skips_the_time_between()
    {
        AddTwoHours();
        var job = await OpenWithFeedAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        await StartAsync(job, "j", start: StartMs + (60 * 60_000));
        await ClosedAsync("j");
        var counts = (await Storage.Jobs.ReadStatusAsync("j"))!.Counts;
        counts.ProcessedRecords.ShouldBe(70 * 60);
        counts.EmptyBuckets.ShouldBe(0);
    }

    [Fact]
    public async Task Stopping_a_run_with_an_end_closes_the_job_unless_told_otherwise()
    {
        AddTwoHours();
        Source.BeforePage = (page, cancellation) => page == 3 ? Task.Delay(Timeout.Infinite, cancellation) : Task.CompletedTask;
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j");
        await AskAsync<Done>(job, new StopDatafeed("j", "feed-j", CloseJob: false));
        (await StoredStateAsync("j")).ShouldBe(JobState.Opened);
        Source.BeforePage = (page, cancellation) => Task.Delay(Timeout.Infinite, cancellation);
        await StartAsync(job, "j");
        await AskAsync<Done>(job, new StopDatafeed("j", "feed-j"));
        await ClosedAsync("j");
    }

    [Fact]
    public async Task Stopping_and_closing_in_one_answers_when_the_job_is_closed()
    {
        AddTwoHours();
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j", end: null);
        await AskAsync<JobClosedReply>(job, new StopDatafeed("j", "feed-j", CloseJob: true));
        (await StoredStateAsync("j")).ShouldBe(JobState.Closed);
        await AskAsync<JobClosedReply>(job, new StopDatafeed("j", "feed-j", CloseJob: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Closing_the_job_stops_its_datafeed_in_the_same_step(bool force)
    {
        AddTwoHours();
        Source.BeforePage = (page, cancellation) => page == 3 ? Task.Delay(Timeout.Infinite, cancellation) : Task.CompletedTask;
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j", end: null);
        await AskAsync<JobClosedReply>(job, force ? new ForceCloseJob("j") : new CloseJob("j"));
        (await StatusAsync("j")).State.ShouldBe(DatafeedState.Stopped);
        Source.BeforePage = (_, _) => Task.CompletedTask;
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await StartAsync(job, "j");
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
    }

    [Fact]
    public async Task A_revert_has_the_data_after_the_snapshot_read_again()
    {
        AddTwoHours();
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j");
        await ClosedAsync("j");
        await AskAsync<SnapshotReply>(job, new RevertSnapshot("j", "empty", DeleteInterveningResults: true, "t"));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await StartAsync(job, "j");
        await ClosedAsync("j");
        (await FinalResultsAsync("j")).ShouldBe((await PostedAsync()).Results);
    }

    [Fact]
    public async Task It_starts_when_its_job_has_opened()
    {
        AddTwoHours();
        var job = Incarnate("j");
        await AskAsync<Done>(job, new CreateJob(Config("j"), Feed("j")));
        (await AskAsync<Refused>(job, new StartDatafeed("j", "feed-j", 0, EndMs))).Kind.ShouldBe(RefusalKind.Conflict);
        job.Tell(new OpenJob("j") { NotifyAccepted = true }, TestActor);
        ExpectMsg<Accepted>(Patience);
        await StartAsync(job, "j");
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
    }

    [Fact]
    public async Task A_store_that_cannot_write_for_a_while_loses_nothing()
    {
        AddTwoHours();
        IDisposable? locked = null;
        Source.AfterPage = page =>
        {
            if (page == 3) locked = LockDatabase();
        };
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j");
        await AwaitConditionAsync(() => Task.FromResult(locked is not null), Patience);
        await AwaitConditionAsync(() => Task.FromResult(Source.Ranges.Count > 0), Patience);
        locked!.Dispose();
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
    }

    [Fact]
    public async Task An_update_of_a_running_datafeed_is_refused_and_of_a_stopped_one_holds()
    {
        AddTwoHours();
        var job = await OpenWithFeedAsync("j");
        var body = """{"query_delay":"7s","frequency":"30s"}"""u8.ToArray();
        await StartAsync(job, "j", end: null);
        (await AskAsync<Refused>(job, new UpdateDatafeed("j", "feed-j", body))).Reason.ShouldContain("started");
        await AskAsync<Done>(job, new StopDatafeed("j", "feed-j"));
        var updated = await AskAsync<DatafeedReply>(job, new UpdateDatafeed("j", "feed-j", body));
        updated.Config.QueryDelay.ShouldBe("7s");
        (await AskAsync<Refused>(job, new UpdateDatafeed("j", "feed-j", """{"frequency":"1500ms"}"""u8.ToArray()))).Kind.ShouldBe(RefusalKind.Invalid);
        await KillAsync(job);
        (await Storage.Catalog.ListDatafeedsAsync(["feed-j"])).Single().Config.Frequency.ShouldBe("30s");
    }

    [Fact]
    public async Task With_the_job_goes_its_datafeed()
    {
        var job = await OpenWithFeedAsync("j");
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AskAsync<Done>(job, new DeleteJob("j", Force: false, "t"));
        (await Storage.Catalog.ListDatafeedsAsync()).ShouldBeEmpty();
    }
}
