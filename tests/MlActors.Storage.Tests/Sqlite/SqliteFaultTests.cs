using MlActors.Analysis.Input;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;
using MlActors.Storage.Sqlite;
using MlActors.Storage.Tests.Compliance;

namespace MlActors.Storage.Tests.Sqlite;

/// <summary>What happens to writes when the file system or another program gets in the way.</summary>
public sealed class SqliteFaultTests : IAsyncLifetime
{
    private readonly SqliteUnderTest _subject = new();
    private SqliteStorage _storage = null!;

    public Task InitializeAsync()
    {
        _storage = _subject.Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _subject.DisposeAsync();
    }

    [Fact]
    public async Task A_locked_database_refuses_writes_after_the_time_out_and_serves_them_afterwards()
    {
        await _storage.Jobs.WriteAsync(Make.Job("a", JobState.Opened));
        using (var other = _subject.Connect())
        {
            SqliteFile.Execute(other, "BEGIN IMMEDIATE");
            var writes = Enumerable.Range(1, 20).Select(seq => _storage.Jobs.WriteAsync([Make.Input("a", seq, 1)])).ToList();
            foreach (var write in writes)
            {
                var failure = await Should.ThrowAsync<StoreException>(() => write);
                failure.Failure.ShouldBe(StoreFailure.Unavailable);
                failure.Message.ShouldContain("locked");
            }
            (await _storage.Jobs.ReadStatusAsync("a"))!.State.ShouldBe(JobState.Opened, "reads go on");
            (await _storage.CheckAsync(TimeSpan.FromSeconds(20))).Problem.ShouldNotBeNull().ShouldContain("locked");
            SqliteFile.Execute(other, "ROLLBACK");
        }
        await _storage.Jobs.WriteAsync([Make.Input("a", 1, 1)]);
        (await _storage.Jobs.ReadInputsAsync("a", 0, 100)).Count.ShouldBe(1);
        (await _storage.CheckAsync(TimeSpan.FromSeconds(20))).Healthy.ShouldBeTrue();
    }

    [Fact]
    public async Task A_lock_that_is_released_in_time_only_delays_a_write()
    {
        _subject.Options = _subject.Options with { BusyTimeout = TimeSpan.FromSeconds(30) };
        await _storage.DisposeAsync();
        _storage = _subject.Open();
        using var other = _subject.Connect();
        SqliteFile.Execute(other, "BEGIN IMMEDIATE");
        var write = _storage.Jobs.WriteAsync(Make.Job("a"));
        (await _storage.CheckAsync(TimeSpan.FromMilliseconds(50))).Problem.ShouldNotBeNull().ShouldContain("within the deadline");
        write.IsCompleted.ShouldBeFalse();
        SqliteFile.Execute(other, "ROLLBACK");
        await write;
        (await _storage.Catalog.FindAsync("a")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_full_disk_refuses_what_does_not_fit_and_takes_what_does()
    {
        await _storage.DisposeAsync();
        using var limited = LimitedStore.Open(_subject.Options, extraPages: 12);
        var small = limited.WriteAsync([.. Make.Job("a", JobState.Opened)]);
        var large = limited.WriteAsync([new PutStatus(Make.Status("b", JobState.Opened)), new AppendInput("b", 1, InputKind.Records, new byte[4 << 20])]);
        var after = limited.WriteAsync([.. Make.Job("c", JobState.Opened)]);
        await small;
        var failure = await Should.ThrowAsync<StoreException>(() => large);
        failure.Failure.ShouldBe(StoreFailure.Unavailable);
        failure.Message.ShouldContain("full");
        await after;
        limited.Dispose();

        _storage = _subject.Open();
        (await _storage.Catalog.ListActiveAsync()).Select(job => job.JobId).ShouldBe(["a", "c"]);
        (await _storage.Jobs.ReadStatusAsync("b")).ShouldBeNull();
        await _storage.Jobs.WriteAsync([new AppendInput("b", 1, InputKind.Records, new byte[4 << 20])]);
    }

    [Fact]
    public async Task Groups_above_the_size_of_a_transaction_commit_one_by_one_in_order()
    {
        _subject.Options = _subject.Options with { MaxTransactionBytes = 1000, MaxTransactionGroups = 3 };
        await _storage.DisposeAsync();
        _storage = _subject.Open();
        await Task.WhenAll(Enumerable.Range(1, 40).Select(seq => _storage.Jobs.WriteAsync([Make.Input("a", seq, new byte[seq % 2 == 0 ? 5000 : 10])])));
        (await _storage.Jobs.ReadInputsAsync("a", 0, int.MaxValue)).Select(input => input.Payload.Length).ShouldBe(
            Enumerable.Range(1, 40).Select(seq => seq % 2 == 0 ? 5000 : 10));
    }

    [Fact]
    public async Task An_actor_outlives_a_store_that_cannot_write_now()
    {
        await using var system = new JournalSystem(_storage);
        var actor = system.Start("a");
        (await actor.Persist(new JobOpened(1), Make.Job("a", JobState.Opened))).ShouldBe("stored 1");
        using (var other = _subject.Connect())
        {
            SqliteFile.Execute(other, "BEGIN IMMEDIATE");
            (await actor.Persist(new JobClosing(2, false, 3), new PutStatus(Make.Status("a", JobState.Closing)))).ShouldStartWith("rejected StoreException");
            SqliteFile.Execute(other, "ROLLBACK");
        }
        (await _storage.Jobs.ReadStatusAsync("a"))!.State.ShouldBe(JobState.Opened);
        (await actor.Persist(new JobClosing(4, false, 5), new PutStatus(Make.Status("a", JobState.Closing)))).ShouldStartWith("stored");
        await actor.Stop();
        (await system.Start("a").State()).Events.ShouldBe([new JobOpened(1), new JobClosing(4, false, 5)]);
    }

    [Theory]
    [InlineData("UPDATE journal SET manifest = 'job-danced/1'", "job-danced/1")]
    [InlineData("UPDATE journal SET manifest = 'job-opened/2'", "job-opened/2")]
    [InlineData("UPDATE journal SET payload = '{\"time\":1,\"mood\":\"good\"}'", "damaged")]
    [InlineData("UPDATE journal SET payload = 'null'", "damaged")]
    public async Task An_event_that_is_not_understood_stops_the_replay(string change, string problem)
    {
        await _storage.Events.AppendAsync("a", [new LoggedEvent(1, new JobOpened(1))], []);
        using (var other = _subject.Connect()) SqliteFile.Execute(other, change);
        var failure = await Should.ThrowAsync<StoreException>(async () =>
        {
            await foreach (var _ in _storage.Events.ReadAsync("a", 1, 10)) { }
        });
        failure.Failure.ShouldBe(StoreFailure.Fault);
        failure.Message.ShouldContain(problem);

        await using var system = new JournalSystem(_storage);
        await system.Start("a").Stopped();
    }
}
