using System.Text.Json;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Results;

namespace MlActors.Jobs.Tests.Datafeeds;

/// <summary>Datafeeds that follow time: an hour of data is there when they start, and time passes when the test lets it.</summary>
public class RealTimeTests : DatafeedHarness
{
    private const long Minute = 60_000;
    private const long NowMs = StartMs + (60 * Minute);

    private static readonly TimeSpan OneMinute = TimeSpan.FromMinutes(1);

    private readonly SteppedClock _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(NowMs));

    protected override TimeProvider Clock => _clock;

    /// <summary>Starts a datafeed in real time.</summary>
    /// <returns>How long it waits once it has read what there is.</returns>
    private async Task<TimeSpan> FollowAsync(string more)
    {
        var job = await OpenWithFeedAsync("j", more);
        await StartAsync(job, "j", end: null);
        return await _clock.WaitAsync();
    }

    private async Task<DatafeedProgress> ProgressAsync() => (await StatusAsync("j")).Progress;

    /// <summary>Records at some seconds of a minute after the start of the data.</summary>
    private static IEnumerable<ScriptedSource.Row> In(int minute, params IEnumerable<int> seconds) =>
        seconds.Select(second => new ScriptedSource.Row(StartMs + (minute * Minute) + (second * 1000L), 100, "a"));

    [Fact]
    public async Task It_looks_every_frequency_for_what_is_older_than_the_query_delay()
    {
        AddTwoHours();
        var wait = await FollowAsync(""","query_delay":"90s","frequency":"30s" """);
        var progress = await ProgressAsync();
        (progress.RealTime, progress.RangeToMs).ShouldBe((true, NowMs - 90_000));
        (await StatusAsync("j")).Position.ShouldBe(new DatafeedPosition(NowMs - 90_000, null));

        // A little after the stretch that ends at a multiple of the frequency has become old enough.
        wait.ShouldBe(TimeSpan.FromMilliseconds(30_100));
        for (var look = 1; look <= 4; look++)
        {
            wait = await _clock.PassAsync(wait);
            wait.ShouldBe(TimeSpan.FromSeconds(30));
            progress = await ProgressAsync();
            (progress.RangeFromMs, progress.RangeToMs).ShouldBe((NowMs - 90_000 + ((look - 1) * 30_000), NowMs - 90_000 + (look * 30_000)));
            (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(3600 - 90 + (look * 30));
        }
    }

    [Fact]
    public async Task After_each_look_what_there_is_of_the_open_bucket_is_shown()
    {
        AddTwoHours();
        var wait = await FollowAsync(""","query_delay":"0s","frequency":"20s" """);
        wait = await _clock.PassAsync(wait);
        (await BucketAsync(60)).ShouldBe((true, 20));
        wait = await _clock.PassAsync(wait);
        (await BucketAsync(60)).ShouldBe((true, 40));
        await _clock.PassAsync(wait);
        (await BucketAsync(60)).ShouldBe((false, 60));
    }

    private async Task<(bool IsInterim, int Events)> BucketAsync(int minute)
    {
        var from = StartMs + (minute * Minute);
        var page = await Storage.Results.QueryAsync(new ResultQuery(ResultKind.Bucket, "j", 0, ExcludeInterim: false, from, from + Minute, 0, 10, "timestamp", Descending: false));
        using var bucket = JsonDocument.Parse(page.Documents.Single());
        return (bucket.RootElement.GetProperty("is_interim").GetBoolean(), bucket.RootElement.GetProperty("event_count").GetInt32());
    }

    [Fact]
    public async Task What_never_found_anything_stops_after_the_most_empty_searches_and_closes_its_job()
    {
        var wait = await FollowAsync(""","query_delay":"60s","max_empty_searches":3""");
        wait = await _clock.PassAsync(wait);
        wait = await _clock.PassAsync(wait);
        ((await ProgressAsync()).EmptySearches, await StoredStateAsync("j")).ShouldBe((2, JobState.Opened));
        _clock.Advance(wait);
        await ClosedAsync("j");
        var status = await StatusAsync("j");
        status.State.ShouldBe(DatafeedState.Stopped);
        status.StopReason.ShouldBe("it found no data in 3 searches, the most that [max_empty_searches] allows");
    }

    [Fact]
    public async Task What_found_something_once_goes_on_however_little_there_is()
    {
        Source.Add(In(5, 0));
        var wait = await FollowAsync(""","query_delay":"60s","max_empty_searches":3""");
        for (var look = 0; look < 6; look++) wait = await _clock.PassAsync(wait);
        ((await ProgressAsync()).EmptySearches, (await StatusAsync("j")).State).ShouldBe((6, DatafeedState.Started));
    }

    [Fact]
    public async Task A_look_back_whose_source_fails_waits_longer_each_time_shows_why_and_gives_up_after_an_hour()
    {
        AddTwoHours();
        Source.BeforePage = (page, _) => page >= 3 ? throw new SourceException("the network is down") : Task.CompletedTask;
        var job = await OpenWithFeedAsync("j");
        await StartAsync(job, "j", end: NowMs - Minute);
        var (waits, passed) = (new List<double>(), TimeSpan.Zero);
        while (passed < TimeSpan.FromHours(1))
        {
            var wait = await _clock.WaitAsync();
            var progress = await ProgressAsync();
            (progress.Trouble, progress.TroubleSinceMs).ShouldBe(("the network is down", NowMs));
            ((await StatusAsync("j")).State, await StoredStateAsync("j")).ShouldBe((DatafeedState.Started, JobState.Opened));
            waits.Add(wait.TotalSeconds);
            passed += wait;
            _clock.Advance(wait);
        }
        waits.ShouldBe([2, 4, 8, 16, 32, 64, 128, 256, .. Enumerable.Repeat(300.0, waits.Count - 8)]);
        await AwaitConditionAsync(async () => (await StatusAsync("j")).State == DatafeedState.Stopped, Patience);
        (await StatusAsync("j")).StopReason.ShouldBe(FormattableString.Invariant($"its source failed for {passed.TotalMinutes:0} minutes: the network is down"));
        (await StoredStateAsync("j")).ShouldBe(JobState.Opened);

        Source.BeforePage = (_, _) => Task.CompletedTask;
        _clock.Advance(TimeSpan.FromHours(1));
        await StartAsync(job, "j");
        await ClosedAsync("j");
        await ShouldBeAsPostedAsync("j");
    }

    [Fact]
    public async Task In_real_time_it_tries_at_least_every_frequency_and_never_gives_up()
    {
        AddTwoHours();
        var wait = await FollowAsync(""","query_delay":"60s","frequency":"60s" """);
        Source.BeforePage = (_, _) => throw new SourceException("the network is down", isPermanent: true);
        var waits = new List<double>();
        for (var tries = 0; tries < 100; tries++)
        {
            wait = await _clock.PassAsync(wait);
            waits.Add(wait.TotalSeconds);
        }
        waits.ShouldBe([2, 4, 8, 16, 32, .. Enumerable.Repeat(60.0, 95)]);
        (await ProgressAsync()).Trouble.ShouldBe("the network is down");
        Source.BeforePage = (_, _) => Task.CompletedTask;
        // The look that failed ends where it was to end; the one after it goes on to now.
        wait = await _clock.PassAsync(wait);
        await _clock.PassAsync(wait);
        (await ProgressAsync()).Trouble.ShouldBeNull();
        (await Storage.Jobs.ReadStatusAsync("j"))!.Counts.ProcessedRecords.ShouldBe(7200);
    }

    [Fact]
    public async Task Every_quarter_of_an_hour_data_that_came_too_late_is_found_in_the_window()
    {
        AddTwoHours();
        var wait = await FollowAsync(""","query_delay":"60s","frequency":"60s","delayed_data_check_config":{"check_window":"45m"}""");
        wait = await _clock.PassAsync(wait);
        Source.Add([.. In(3, 1), .. In(30, 1, 2, 3), .. In(40, 1, 2)]);
        var foundMs = 0L;
        for (var look = 1; look <= 16 && (await ProgressAsync()).Delayed is null; look++)
        {
            wait = await _clock.PassAsync(wait);
            foundMs = NowMs + 100 + ((look + 1) * Minute);
        }
        (foundMs - (NowMs + 100 + Minute)).ShouldBe(15 * Minute);
        // Of the five in the window; the one in minute 3 is before it.
        (await ProgressAsync()).Delayed.ShouldBe(new DelayedData(5, StartMs + (30 * Minute), StartMs + (41 * Minute), foundMs));
        (await OnlyAnnotationAsync("j")).ShouldContain("5 records of 2025-06-02T00:30:00Z to 2025-06-02T00:41:00Z came too late: raise [query_delay]");
        // A quarter of an hour later the window is another one. What was not read yet is not late.
        Source.Add([.. In(50, 1), .. In(100, 1)]);
        for (var look = 0; look < 16; look++) wait = await _clock.PassAsync(wait);
        (await ProgressAsync()).Delayed!.Records.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_source_does_not_have_any_more_is_not_late()
    {
        AddTwoHours();
        var wait = await FollowAsync(""","query_delay":"60s","frequency":"60s","delayed_data_check_config":{"check_window":"45m"}""");
        Source.Remove(row => row.TimeMs >= StartMs + (30 * Minute) && row.TimeMs < StartMs + (40 * Minute) + 30_000);
        Source.Add(In(50, 1));
        for (var look = 0; look < 17; look++) wait = await _clock.PassAsync(wait);
        var delayed = (await ProgressAsync()).Delayed.ShouldNotBeNull();
        (delayed.Records, delayed.FromMs, delayed.ToMs).ShouldBe((1, StartMs + (50 * Minute), StartMs + (51 * Minute)));
    }

    [Fact]
    public async Task Nobody_looks_for_late_data_when_the_check_is_off()
    {
        AddTwoHours();
        var wait = await FollowAsync(""","query_delay":"60s","frequency":"60s","delayed_data_check_config":{"enabled":false}""");
        Source.Add(In(30, 1, 2, 3));
        for (var look = 0; look < 20; look++) wait = await _clock.PassAsync(wait);
        (await ProgressAsync()).Delayed.ShouldBeNull();
    }
}
