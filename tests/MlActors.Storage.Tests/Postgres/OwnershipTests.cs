using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;
using MlActors.Storage.Postgres;
using MlActors.Storage.Tests.Compliance;
using Npgsql;

namespace MlActors.Storage.Tests.Postgres;

/// <summary>Two nodes on one database: of two that believe they own a job, one writes.</summary>
[Collection(PostgresServer.Name)]
public sealed class OwnershipTests : IAsyncLifetime
{
    private readonly PostgresUnderTest _subject;
    private readonly PostgresStorage _one;
    private readonly PostgresStorage _two;

    public OwnershipTests(PostgresServer server)
    {
        _subject = new PostgresUnderTest(server) { BusyTimeout = TimeSpan.FromSeconds(20) };
        (_one, _two) = (_subject.Open(), _subject.Open());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _subject.DisposeAsync();
    }

    public static TheoryData<StoreWrite> OwnersWrites => new(
        new PutConfig(Make.Config("a")), new PutStatus(Make.Status("a") with { InputSeq = 1 }), Make.Input("a", 2, 1), Make.Results("a", Make.Bucket(300, 5)),
        new PutSnapshot(Make.Snapshot("a", "s"), [1]), new TrimInputs("a", 1), new PutCategories("a", [Make.Category(1)], 1), new PutScoreScale("a", [0, 1]),
        new QuarantineInput("a", 1, "r", 1), new PutUploadPiece("a", "u", 0, 1, [], Last: true, 1), new DeleteResults("a", 0, 10), new DeleteWork("a", 10),
        new DeleteJobRows("a"));

    [Theory]
    [MemberData(nameof(OwnersWrites))]
    public async Task What_a_former_owner_writes_is_refused_and_the_new_one_writes(StoreWrite write)
    {
        await _one.Events.TakeOverAsync("job-a");
        await _one.Jobs.WriteAsync([.. Make.Job("a", JobState.Opened), Make.Input("a", 1, 7)]);
        await _two.Events.TakeOverAsync("job-a");
        var refusal = await Should.ThrowAsync<StoreException>(() => _one.Jobs.WriteAsync([write]));
        (refusal.Failure, refusal.Message).ShouldBe((StoreFailure.Conflict, "Another node has taken the job [a] over."));
        (await _two.Jobs.ReadInputsAsync("a", 0, 100)).ShouldHaveSingleItem().Payload.ShouldBe([7]);
        await _two.Jobs.WriteAsync([write]);
    }

    [Fact]
    public async Task An_event_of_a_former_owner_is_refused_although_its_number_is_free()
    {
        await _one.Events.TakeOverAsync("job-a");
        await _one.Events.AppendAsync("job-a", [new LoggedEvent(1, new JobOpened(1))], []);
        (await _two.Events.TakeOverAsync("job-a")).ShouldBe(1);
        (await Should.ThrowAsync<StoreException>(() => _one.Events.AppendAsync("job-a", [new LoggedEvent(2, new JobOpened(2))], []))).Failure.ShouldBe(StoreFailure.Conflict);
        await _two.Events.AppendAsync("job-a", [new LoggedEvent(2, new JobOpened(3))], []);
        (await _one.Events.TakeOverAsync("job-a")).ShouldBe(2);
        await _one.Events.AppendAsync("job-a", [new LoggedEvent(3, new JobOpened(4))], []);
        (await Should.ThrowAsync<StoreException>(() => _two.Events.DeleteAsync("job-a", 1))).Failure.ShouldBe(StoreFailure.Conflict);
    }

    [Fact]
    public async Task Other_jobs_of_the_same_transaction_are_not_refused()
    {
        foreach (var i in Enumerable.Range(0, 100)) await _one.Events.TakeOverAsync($"job-{i}");
        await _two.Events.TakeOverAsync("job-50");
        var writes = Enumerable.Range(0, 100).Select(i => _one.Jobs.WriteAsync([Make.Input($"{i}", 1, 1)])).ToList();
        for (var i = 0; i < 100; i++)
        {
            if (i == 50) await Should.ThrowAsync<StoreException>(() => writes[50]);
            else await writes[i];
        }
    }

    [Fact]
    public async Task Points_of_forecasts_have_a_guard_of_their_own_and_come_from_any_node()
    {
        await _one.Events.TakeOverAsync("job-a");
        await _two.Events.TakeOverAsync("job-a");
        await _one.Jobs.WriteAsync([new DeleteForecast("a", "f", 10, KeepRow: false)]);
    }

    [Fact]
    public async Task A_take_over_sees_all_that_the_former_owner_was_told_is_written()
    {
        // The two take the job from each other as fast as they can; what each was told is stored must be there, in an unbroken row.
        var acknowledged = new List<long>();
        var turn = new SemaphoreSlim(1);
        async Task Own(PostgresStorage node)
        {
            for (var round = 0; round < 25; round++)
            {
                await node.Events.TakeOverAsync("job-a");
                var next = ((await node.Jobs.ReadInputsAsync("a", 0, int.MaxValue)) is [.., var last] ? last.Seq : 0) + 1;
                try
                {
                    for (var i = 0; i < 4; i++)
                    {
                        await node.Jobs.WriteAsync([Make.Input("a", next, 1)]);
                        await turn.WaitAsync();
                        acknowledged.Add(next++);
                        turn.Release();
                    }
                }
                catch (StoreException e) when (e.Failure == StoreFailure.Conflict)
                {
                    // The other one has it.
                }
            }
        }

        await Task.WhenAll(Task.Run(() => Own(_one)), Task.Run(() => Own(_two)));
        var stored = (await _one.Jobs.ReadInputsAsync("a", 0, int.MaxValue)).Select(input => input.Seq).ToList();
        acknowledged.Order().ShouldBe(stored);
        stored.ShouldBe(Enumerable.Range(1, stored.Count).Select(seq => (long)seq));
    }

    [Fact]
    public async Task A_take_over_waits_for_the_transaction_of_the_former_owner()
    {
        await _one.Events.TakeOverAsync("job-a");
        // What an owner's transaction looks like to the database while it is under way.
        await using var under = await _subject.ConnectAsync();
        await using var transaction = await under.BeginTransactionAsync();
        await using (var fence = new NpgsqlCommand("SELECT epoch FROM job_owner WHERE job_id = 'a' FOR SHARE", under)) (await fence.ExecuteScalarAsync()).ShouldBe(1L);
        var taken = _two.Events.TakeOverAsync("job-a");
        await _subject.UntilWaitingForLockAsync();
        taken.IsCompleted.ShouldBeFalse();
        await transaction.CommitAsync();
        await taken;
        await Should.ThrowAsync<StoreException>(() => _one.Jobs.WriteAsync([Make.Input("a", 1, 1)]));
    }
}
