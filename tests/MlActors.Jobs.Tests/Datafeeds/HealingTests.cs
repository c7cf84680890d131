using Akka.Actor;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Running;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;

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
    private DatafeedOptions _options = new();
    private RunningOptions _running = new();

    protected override RunningOptions Options => _running;

    protected override DatafeedOptions DatafeedOptions => _options;

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
        (await OnlyAnnotationAsync("j")).ShouldContain($"40 records of 2025-06-02T00:49:00Z to 2025-06-02T00:56:00Z came too late: the model went back to snapshot [{healed.SnapshotId}]");
        await EndAsync(job);
        // What is read again is not taken for late; as after any revert it counts once more, and nothing else does.
        var counts = (await Storage.Jobs.ReadStatusAsync("j"))!.Counts;
        var readTo = (healed.Last.FoundMs / Minute * Minute) - Minute;
        var again = All.Count(row => !IsLate(row) && row.TimeMs >= healed.FromMs && row.TimeMs < readTo);
        (counts.OutOfOrder, counts.ProcessedRecords).ShouldBe((0, All.Length + again));
        // The same is found nowhere again.
        (await HealedAsync())!.Times.ShouldBe(1);
        await ShouldBeAsNeverLateAsync();
    }

    [Fact]
    public async Task What_comes_later_still_is_healed_too_but_not_before_the_next_check()
    {
        var job = await FollowAsync();
        await LookAsync(1);
        Source.Add(All.Where(row => IsIn(row, 49)));
        await LookAsync(15);
        (await HealedAsync())!.Times.ShouldBe(1);
        Source.Add(All.Where(row => IsIn(row, 55)));
        await LookAsync(2);
        (await NotHealedAsync())!.ShouldContain("a short time ago");
        await LookAsync(16);
        (await HealedAsync())!.Times.ShouldBe(2);
        await EndAsync(job);
        await ShouldBeAsNeverLateAsync();
    }

    [Fact]
    public async Task Nothing_is_read_again_twice_for_records_that_the_source_counts_and_does_not_give()
    {
        Source.CountedOnly.Add(new ScriptedSource.Row(StartMs + (55 * Minute), 1, "a"));
        var job = await FollowAsync(late: _ => false);
        await LookAsync(40);
        (await HealedAsync())!.Times.ShouldBe(1);
        (await NotHealedAsync())!.ShouldContain("did not help");
        await EndAsync(job);
        await ShouldBeAsNeverLateAsync();
    }

    [Fact]
    public async Task A_model_does_not_go_back_to_before_something_that_is_not_in_the_source()
    {
        var job = await FollowAsync();
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, AdvanceTime: Start, null));
        await LookAsync(1);
        Source.Add(All.Where(IsLate));
        await LookAsync(16);
        (await HealedAsync()).ShouldBeNull();
        (await NotHealedAsync())!.ShouldContain("records that were posted");
        (await StatusAsync("j")).Progress.Delayed!.Records.ShouldBe(40);
    }

    [Fact]
    public async Task Without_a_snapshot_from_before_it_late_data_is_reported_with_the_reason()
    {
        await FollowAsync(late: row => IsIn(row, 48));
        await LookAsync(1);
        Source.Add(All.Where(row => IsIn(row, 48)));
        await LookAsync(16);
        (await HealedAsync()).ShouldBeNull();
        (await NotHealedAsync())!.ShouldContain("there is no model snapshot from before 2025-06-02T00:48:00Z");
    }

    [Fact]
    public async Task A_snapshot_that_is_too_old_is_not_gone_back_to()
    {
        _options = new DatafeedOptions { HealReplayMost = TimeSpan.FromMinutes(20) };
        await FollowAsync();
        await LookAsync(1);
        Source.Add(All.Where(IsLate));
        await LookAsync(16);
        (await HealedAsync()).ShouldBeNull();
        (await NotHealedAsync())!.ShouldContain("of data would be read again, the most is 20m");
    }

    [Fact]
    public async Task A_damaged_snapshot_is_not_gone_back_to()
    {
        var job = await FollowAsync();
        await LookAsync(1);
        var stored = (await Storage.Jobs.ReadSnapshotAsync("j", (await Storage.Jobs.ReadStatusAsync("j"))!.ModelSnapshotId!))!;
        stored.State[stored.State.Length / 2] ^= 0x40;
        await Storage.Jobs.WriteAsync([new PutSnapshot(stored.Snapshot, stored.State)]);
        Source.Add(All.Where(IsLate));
        await LookAsync(16);
        (await NotHealedAsync())!.ShouldContain("is damaged");
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, null, null));
    }

    [Fact]
    public async Task Background_snapshots_of_what_was_taken_back_are_gone()
    {
        _running = new RunningOptions { CheckpointInputs = 6 };
        await FollowAsync();
        await LookAsync(7);
        var before = await Storage.Jobs.ListSnapshotsAsync("j");
        before.Count(snapshot => snapshot.ByWork).ShouldBe(2);
        Source.Add(All.Where(IsLate));
        await LookAsync(10);
        (await HealedAsync())!.SnapshotId.ShouldBe(before.Single(snapshot => !snapshot.ByWork).SnapshotId);
        (await Storage.Jobs.ListSnapshotsAsync("j")).Where(snapshot => snapshot.ByWork).ShouldAllBe(snapshot => snapshot.Lineage == 1);
    }

    [Fact]
    public async Task Nothing_is_healed_that_was_not_asked_for()
    {
        await FollowAsync(more: Heal.Replace(",\"heal\":true", "", StringComparison.Ordinal));
        await LookAsync(1);
        Source.Add(All.Where(IsLate));
        await LookAsync(16);
        (await StatusAsync("j")).Progress.Delayed.ShouldBe(new DelayedData(40, StartMs + (49 * Minute), StartMs + (56 * Minute), _clock.GetUtcNow().ToUnixTimeMilliseconds() - Minute));
        (await HealedAsync()).ShouldBeNull();
    }

    /// <summary>An owner that died when it had journaled that it heals, and done nothing of it.</summary>
    private async Task DieHealingAsync()
    {
        var job = await FollowAsync();
        await LookAsync(1);
        Source.Add(All.Where(IsLate));
        await KillAsync(job);
        var status = (await Storage.Jobs.ReadStatusAsync("j"))!;
        var snapshot = (await Storage.Jobs.ListSnapshotsAsync("j")).Single();
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var next = await Storage.Events.ReadHighestSequenceNrAsync("job-j") + 1;
        var healed = new HealedData(1, new DelayedData(40, StartMs + (49 * Minute), StartMs + (56 * Minute), now), snapshot.SnapshotId, StartMs + (49 * Minute), []);
        await Storage.Events.AppendAsync("job-j", [new LoggedEvent(next, new HealingStarted(now, snapshot.SnapshotId, snapshot.LastFinalizedBucketEnd!.Value, 3, now + Minute))],
            [new PutStatus(status with { State = JobState.Opening, Blocked = BlockedReason.Revert, Datafeed = status.Datafeed! with { Healed = healed } })]);
    }

    [Fact]
    public async Task The_next_owner_heals_what_was_begun()
    {
        await DieHealingAsync();
        var job = Incarnate("j");
        await AskAsync<Done>(job, new WakeJob("j"));
        _wait = await _clock.WaitAsync();
        await EndAsync(job);
        await ShouldBeAsNeverLateAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_close_that_comes_upon_it_closes_the_job_and_the_next_start_reads_the_rest(bool force)
    {
        await DieHealingAsync();
        var job = Incarnate("j");
        await AskAsync<JobClosedReply>(job, force ? new ForceCloseJob("j") : new CloseJob("j"));
        var opening = job.Ask<JobReply>(new OpenJob("j"), Patience);
        if (await opening is Refused)
        {
            // The forced close came before the rest of the revert.
            await AwaitConditionAsync(async () => (await Storage.Jobs.ReadStatusAsync("j"))!.Blocked == BlockedReason.None, Patience);
            await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        }
        await StartAsync(job, "j", end: null);
        _wait = await _clock.WaitAsync();
        await EndAsync(job);
        await ShouldBeAsNeverLateAsync();
    }

    [Fact]
    public async Task Who_waits_for_the_job_to_be_open_waits_for_the_end_of_it()
    {
        await DieHealingAsync();
        var job = Incarnate("j");
        (await AskAsync<Refused>(job, new OpenJob("j"))).Kind.ShouldBe(RefusalKind.Conflict);
        await AskAsync<JobOpenedReply>(job, new OpenJob("j", Join: true));
        (await Storage.Jobs.ReadStatusAsync("j"))!.Blocked.ShouldBe(BlockedReason.None);
    }

    [Fact]
    public async Task A_delete_that_comes_upon_it_deletes_all()
    {
        await DieHealingAsync();
        var job = Incarnate("j");
        await AskAsync<Done>(job, new DeleteJob("j", Force: true, "t"));
        (await Storage.Jobs.HasWorkAsync("j")).ShouldBeFalse();
        (await StoredStateAsync("j")).ShouldBeNull();
    }
}
