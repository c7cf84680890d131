using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Servers;
using MlActors.Storage.Postgres;
using MlActors.Storage.Tests.Compliance;

namespace MlActors.Storage.Tests.Postgres;

/// <summary>What happens to writes when connections, locks or the server get in the way: nothing acknowledged is lost, nothing is there twice.</summary>
[Collection(PostgresServer.Name)]
public sealed class PostgresFaultTests(PostgresServer server) : IAsyncLifetime
{
    private readonly PostgresUnderTest _subject = new(server);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _subject.DisposeAsync();

    [Fact]
    public async Task Connections_that_are_killed_under_load_cost_nothing()
    {
        await using var storage = _subject.Open();
        using var enough = new CancellationTokenSource();
        var loads = Enumerable.Range(0, 8).Select(job => Task.Run(() => LoadAsync(storage, $"job-{job}", enough.Token))).ToList();
        var killed = 0L;
        for (var round = 0; round < 40; round++)
        {
            killed += (long)(await _subject.ScalarAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'mlactors-writer-%' AND state <> 'idle'"))!;
            await storage.Jobs.ReadStatusAsync("job-0");
        }
        await enough.CancelAsync();
        var acknowledged = await Task.WhenAll(loads);
        killed.ShouldBeGreaterThan(5);
        for (var job = 0; job < loads.Count; job++) await ShouldHoldAsync(storage, $"job-{job}", acknowledged[job]);
    }

    [Fact]
    public async Task A_server_that_is_restarted_under_load_loses_nothing()
    {
        await using var process = await PostgresProcess.StartAsync("secret");
        var options = _subject.Options with { ConnectionString = process.ConnectionString, BusyTimeout = TimeSpan.FromSeconds(60), Durability = Durability.Full };
        await using var storage = PostgresStorage.Open(options);
        using var enough = new CancellationTokenSource();
        var loads = Enumerable.Range(0, 4).Select(job => Task.Run(() => LoadAsync(storage, $"job-{job}", enough.Token))).ToList();
        for (var round = 0; round < 2; round++)
        {
            var before = (await storage.Jobs.ReadStatusAsync("job-0"))?.InputSeq ?? 0;
            await process.RestartAsync();
            while ((await storage.Jobs.ReadStatusAsync("job-0"))?.InputSeq is not { } now || now <= before) await Task.Yield();
        }
        await enough.CancelAsync();
        var acknowledged = await Task.WhenAll(loads);
        for (var job = 0; job < loads.Count; job++) await ShouldHoldAsync(storage, $"job-{job}", acknowledged[job]);
    }

    [Fact]
    public async Task A_locked_row_refuses_its_group_and_no_other()
    {
        _subject.BusyTimeout = TimeSpan.FromSeconds(2);
        await using var storage = _subject.Open();
        await storage.Jobs.WriteAsync([Make.Input("a", 1, 1)]);
        await using var other = await _subject.ConnectAsync();
        await using (var transaction = await other.BeginTransactionAsync())
        {
            await using (var hold = new Npgsql.NpgsqlCommand("SELECT seq FROM input_head WHERE job_id = 'a' FOR UPDATE", other)) await hold.ExecuteScalarAsync();
            var writes = Enumerable.Range(0, 60).Select(i => storage.Jobs.WriteAsync(i == 30 ? [Make.Input("a", 2, 1)] : [Make.Input($"job-{i}", 1, 1)])).ToList();
            for (var i = 0; i < writes.Count; i++)
            {
                if (i != 30)
                {
                    await writes[i];
                    continue;
                }
                var refusal = await Should.ThrowAsync<StoreException>(() => writes[30]);
                refusal.Failure.ShouldBe(StoreFailure.Unavailable);
                refusal.Message.ShouldContain("locked");
            }
        }
        await storage.Jobs.WriteAsync([Make.Input("a", 2, 1)]);
    }

    [Fact]
    public async Task A_database_that_is_locked_refuses_all_before_long_and_serves_them_afterwards()
    {
        _subject.BusyTimeout = TimeSpan.FromSeconds(2);
        await using var storage = _subject.Open();
        await using var other = await _subject.ConnectAsync();
        await using (var transaction = await other.BeginTransactionAsync())
        {
            await using (var hold = new Npgsql.NpgsqlCommand("LOCK TABLE input_head IN EXCLUSIVE MODE", other)) await hold.ExecuteNonQueryAsync();
            var writes = Enumerable.Range(0, 200).Select(i => storage.Jobs.WriteAsync([Make.Input($"job-{i}", 1, 1)])).ToList();
            foreach (var write in writes) (await Should.ThrowAsync<StoreException>(() => write)).Failure.ShouldBe(StoreFailure.Unavailable);
        }
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => storage.Jobs.WriteAsync([Make.Input($"job-{i}", 1, 1)])));
    }

    [Fact]
    public async Task Of_two_transactions_that_wait_for_each_other_both_commit()
    {
        await using var storage = _subject.Open();
        await storage.Jobs.WriteAsync([.. Make.Job("a"), .. Make.Job("b")]);
        await using var other = await _subject.ConnectAsync();
        for (var round = 0; round < 3; round++)
        {
            await using var transaction = await other.BeginTransactionAsync();
            await Touch("b");
            // Takes a's row, then waits for b's …
            var write = storage.Jobs.WriteAsync([new PutStatus(Make.Status("a", JobState.Opened)), new PutStatus(Make.Status("b", JobState.Opened))]);
            await _subject.UntilWaitingForLockAsync();
            // … while the other has b's and wants a's: one of the two is chosen to give way.
            try
            {
                await Touch("a");
                await transaction.CommitAsync();
            }
            catch (Npgsql.PostgresException e) when (e.SqlState == Npgsql.PostgresErrorCodes.DeadlockDetected)
            {
                await transaction.RollbackAsync();
            }
            await write;
        }
        (await storage.Jobs.ReadStatusAsync("a"))!.State.ShouldBe(JobState.Opened);
        (await storage.Jobs.ReadStatusAsync("b"))!.State.ShouldBe(JobState.Opened);

        async Task Touch(string job)
        {
            await using var command = new Npgsql.NpgsqlCommand($"UPDATE job_status SET deadline_ms = 1 WHERE job_id = '{job}'", other);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Theory]
    [InlineData("53100", StoreFailure.Unavailable, "full")]
    [InlineData("53200", StoreFailure.Unavailable, "memory")]
    [InlineData("58030", StoreFailure.Fault, "failed")]
    [InlineData("22003", StoreFailure.Fault, "cannot be stored")]
    public async Task What_the_server_cannot_store_is_refused_alone_by_its_cause(string sqlState, StoreFailure failure, string message)
    {
        await using var storage = _subject.Open();
        await _subject.ExecuteAsync($"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.job_id = 'b' THEN RAISE EXCEPTION 'no' USING ERRCODE = '{sqlState}'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON input FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        var writes = "abc".Select(job => storage.Jobs.WriteAsync([.. Make.Job($"{job}", JobState.Opened), Make.Input($"{job}", 1, 1)])).ToList();
        var refusal = await Should.ThrowAsync<StoreException>(() => writes[1]);
        refusal.Failure.ShouldBe(failure);
        refusal.Message.ShouldContain(message);
        await writes[0];
        await writes[2];
        (await storage.Catalog.FindAsync("b")).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_is_away_refuses_writes_and_reads_and_serves_them_when_it_is_back()
    {
        await using var process = await PostgresProcess.StartAsync("secret");
        var options = _subject.Options with { ConnectionString = process.ConnectionString, BusyTimeout = TimeSpan.FromSeconds(1), Durability = Durability.Full };
        await using var storage = PostgresStorage.Open(options);
        await storage.Jobs.WriteAsync([Make.Input("a", 1, 1)]);
        await process.StopAsync();
        (await Should.ThrowAsync<StoreException>(() => storage.Jobs.WriteAsync([Make.Input("a", 2, 1)]))).Failure.ShouldBe(StoreFailure.Unavailable);
        (await Should.ThrowAsync<StoreException>(() => storage.Jobs.ReadStatusAsync("a"))).Failure.ShouldBe(StoreFailure.Unavailable);
        (await storage.CheckAsync(TimeSpan.FromSeconds(20))).Problem.ShouldNotBeNull().ShouldContain("cannot be reached");
        await process.StartAgainAsync();
        await storage.Jobs.WriteAsync([Make.Input("a", 2, 1)]);
        (await storage.Jobs.ReadInputsAsync("a", 0, 100)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Texts_that_a_database_cannot_hold_do_not_stop_a_job()
    {
        await using var storage = _subject.Open();
        var odd = "a\0b\ud800";
        await storage.Jobs.WriteAsync([new PutCategories("a", [Make.Category(1, odd)], 1), Make.Results("a", Make.Bucket(300, 50, records: [Make.Record(50, odd)]))]);
        var page = await storage.Results.QueryAsync(new Jobs.Results.ResultQuery(Jobs.Results.ResultKind.Record, "a", 0, false, null, null, 0, 10, "partition_field_value", false));
        page.Count.ShouldBe(1);
    }

    /// <summary>An owner that appends inputs as fast as it can, each with the row that names it.</summary>
    /// <returns>The newest input that was acknowledged.</returns>
    private static async Task<long> LoadAsync(PostgresStorage storage, string job, CancellationToken enough)
    {
        var seq = 0L;
        for (; !enough.IsCancellationRequested; seq++)
            await storage.Jobs.WriteAsync([Make.Input(job, seq + 1, new byte[500]), new PutStatus(Make.Status(job) with { InputSeq = seq + 1 })]);
        return seq;
    }

    private static async Task ShouldHoldAsync(PostgresStorage storage, string job, long acknowledged)
    {
        acknowledged.ShouldBeGreaterThan(0);
        (await storage.Jobs.ReadInputsAsync(job, 0, int.MaxValue)).Select(input => input.Seq).ShouldBe(Enumerable.Range(1, (int)acknowledged).Select(seq => (long)seq));
        (await storage.Jobs.ReadStatusAsync(job))!.InputSeq.ShouldBe(acknowledged);
    }
}
