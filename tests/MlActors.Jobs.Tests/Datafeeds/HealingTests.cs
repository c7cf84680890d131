using Akka.Actor;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Tests.Datafeeds;

/// <summary>
/// Late data is taken in by going back. Fifty minutes are read and the job is closed, so that there is a model snapshot, whose last bucket is still open; then
/// time is followed from minute sixty on, and what had been missing before comes.
/// </summary>
public class HealingTests : DatafeedHarness
{
    private const long Minute = 60_000;
    private const long SnapshotMs = StartMs + (50 * Minute);
    private const string Heal = ""","query_delay":"60s","frequency":"60s","delayed_data_check_config":{"check_window":"60m","heal":true}""";

    // The last bucket of the snapshot, and one behind it.
    private static readonly int[] LateMinutes = [49, 55];

    private readonly SteppedClock _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(StartMs + (60 * Minute)));
    private TimeSpan _wait;

    protected override TimeProvider Clock => _clock;

    private static readonly ScriptedSource.Row[] All = [.. Rows(Minutes("any", 0, 120).Batch)];

    /// <summary>The last twenty seconds of a minute.</summary>
    private static bool IsIn(ScriptedSource.Row row, int minute) => row.TimeMs >= StartMs + (minute * Minute) + 40_000 && row.TimeMs < StartMs + ((minute + 1) * Minute);

    private static bool IsLate(ScriptedSource.Row row) => LateMinutes.Any(minute => IsIn(row, minute));

    /// <summary>A job with its snapshot whose datafeed follows time; some records are not there yet.</summary>
    private async Task<IActorRef> FollowAsync(string id = "j", string more = Heal, Func<ScriptedSource.Row, bool>? late = null)
    {
        Source.Add(All.Where(row => !(late ?? IsLate)(row)));
        var job = await OpenWithFeedAsync(id, more);
        await StartAsync(job, id, end: SnapshotMs);
        await ClosedAsync(id);
        await AskAsync<JobOpenedReply>(job, new OpenJob(id));
        await StartAsync(job, id, end: null);
        _wait = await _clock.WaitAsync();
        return job;
    }

    /// <summary>Lets the datafeed look so many times.</summary>
    private async Task LookAsync(int times)
    {
        for (var look = 0; look < times; look++) _wait = await _clock.PassAsync(_wait);
    }

    /// <summary>Follows until all is read, and closes.</summary>
    private async Task EndAsync(IActorRef job)
    {
        while ((await StatusAsync("j")).Position!.NextMs < EndMs) await LookAsync(1);
        await AskAsync<JobClosedReply>(job, new StopDatafeed("j", "feed-j", CloseJob: true));
    }

    /// <summary>What comes of all records when none is late: results without interim ones, and model state.</summary>
    private async Task<(string Results, byte[] State)> NeverLateAsync()
    {
        var job = await OpenNewAsync("posted");
        await AskAsync<PieceAccepted>(job, Minutes("posted", 0, 50));
        await AskAsync<JobClosedReply>(job, new CloseJob("posted"));
        await AskAsync<JobOpenedReply>(job, new OpenJob("posted"));
        await AskAsync<PieceAccepted>(job, Minutes("posted", 50, 120));
        await AskAsync<JobFlushedReply>(job, new FlushJob("posted", false, null, null, AdvanceTime: EndMs / 1000, null));
        await AskAsync<JobClosedReply>(job, new CloseJob("posted"));
        return (await FinalResultsAsync("posted"), await ModelStateAsync("posted"));
    }

    private async Task ShouldBeAsNeverLateAsync()
    {
        var (results, state) = await NeverLateAsync();
        (await FinalResultsAsync("j")).ShouldBe(results);
        (await ModelStateAsync("j")).ShouldBe(state);
    }

    private async Task<HealedData?> HealedAsync() => (await StatusAsync("j")).Healed;

    private async Task<string?> NotHealedAsync() => (await StatusAsync("j")).Progress.Delayed?.NotHealed;

    [Fact]
    public async Task Results_and_model_are_those_of_data_that_was_never_late()
    {
        var job = await FollowAsync();
        await LookAsync(1);
        (await HealedAsync()).ShouldBeNull();
        Source.Add(All.Where(IsLate));
        await LookAsync(16);
        var healed = (await HealedAsync()).ShouldNotBeNull();
        (healed.Times, healed.Last.Records, healed.Last.FromMs, healed.Last.ToMs, healed.FromMs)
            .ShouldBe((1, 40, StartMs + (49 * Minute), StartMs + (56 * Minute), StartMs + (49 * Minute)));
        var status = await StatusAsync("j");
        (status.State, status.Progress.Delayed).ShouldBe((DatafeedState.Started, null));
        await EndAsync(job);
        // The same is found nowhere again.
        (await HealedAsync())!.Times.ShouldBe(1);
        await ShouldBeAsNeverLateAsync();
    }
}
