using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;

namespace MlActors.Storage.Tests.Compliance;

public abstract class WriteCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task A_read_started_after_a_write_completed_sees_it()
    {
        for (var seq = 1; seq <= 50; seq++)
        {
            await WriteAsync(new PutStatus(Make.Status("a") with { InputSeq = seq }));
            (await Storage.Jobs.ReadStatusAsync("a"))!.InputSeq.ShouldBe(seq);
        }
    }

    [Fact]
    public async Task What_was_written_is_there_after_opening_again()
    {
        await WriteAsync([.. Make.Job("a", JobState.Opened, "g"), Make.Input("a", 1, 1, 2, 3), new PutSnapshot(Make.Snapshot("a", "s"), [9])]);
        await ReopenAsync();
        (await Storage.Catalog.FindAsync("a"))!.Status.State.ShouldBe(JobState.Opened);
        (await Storage.Jobs.ReadInputsAsync("a", 0, 100)).Single().Payload.ShouldBe([1, 2, 3]);
        (await Storage.Jobs.ReadSnapshotAsync("a", "s"))!.State.ShouldBe([9]);
    }

    [Fact]
    public async Task A_group_with_a_bad_write_leaves_nothing_of_itself()
    {
        await WriteAsync(Make.Input("a", 1, 1));
        var failure = await Should.ThrowAsync<StoreException>(() => WriteAsync(
        [
            .. Make.Job("a", JobState.Opened, "g"), new PutSnapshot(Make.Snapshot("a", "s"), [9]), Make.Results("a", Make.Bucket(300, 50)),
            new TrimInputs("a", 1), Make.Input("a", 1, 2), Make.Input("a", 2, 3),
        ]));
        failure.Failure.ShouldBe(StoreFailure.Conflict);
        (await Storage.Catalog.FindAsync("a")).ShouldBeNull();
        (await Storage.Catalog.NameTakenAsync("g")).ShouldBe((false, false));
        (await Storage.Jobs.ReadSnapshotAsync("a", "s")).ShouldBeNull();
        (await Storage.Jobs.HasResultsAsync("a", 0)).ShouldBeFalse();
        (await Storage.Jobs.ReadInputsAsync("a", 0, 100)).Select(input => input.Seq).ShouldBe([1L]);
    }

    [Fact]
    public async Task An_event_and_its_writes_commit_together_or_not_at_all()
    {
        await Storage.Events.AppendAsync("job-a", [new LoggedEvent(1, new JobOpened(5))], Make.Job("a", JobState.Opened));
        (await Storage.Jobs.ReadStatusAsync("a"))!.State.ShouldBe(JobState.Opened);

        await Should.ThrowAsync<StoreException>(() => Storage.Events.AppendAsync("job-a", [new LoggedEvent(2, new JobClosing(6, false, 7))],
            [new PutStatus(Make.Status("a", JobState.Closing)), new UpdateSnapshot("a", "none", "x", null)]));
        (await Storage.Jobs.ReadStatusAsync("a"))!.State.ShouldBe(JobState.Opened);
        (await Storage.Events.ReadHighestSequenceNrAsync("job-a")).ShouldBe(1);

        await Should.ThrowAsync<StoreException>(() => Storage.Events.AppendAsync("job-a", [new LoggedEvent(1, new JobClosing(6, false, 7))],
            [new PutStatus(Make.Status("a", JobState.Closing))]));
        (await Storage.Jobs.ReadStatusAsync("a"))!.State.ShouldBe(JobState.Opened);
    }

    [Fact]
    public async Task A_bad_group_does_not_touch_the_others_of_its_transaction()
    {
        // All are handed in at once, so they meet in few transactions; every seventh is wrong.
        var writes = Enumerable.Range(1, 200).Select(i => (Bad: i % 7 == 0, Task: WriteAsync(
            new PutStatus(Make.Status("job-" + i)), i % 7 == 0 ? new UpdateSnapshot("job-" + i, "none", "x", null) : Make.Input("job-" + i, 1, 1)))).ToList();
        foreach (var (bad, task) in writes)
        {
            if (bad) await Should.ThrowAsync<StoreException>(() => task);
            else await task;
        }
        for (var i = 1; i <= 200; i++) (await Storage.Jobs.ReadStatusAsync("job-" + i) is null).ShouldBe(i % 7 == 0, "job-" + i);
    }

    [Fact]
    public async Task Writes_are_committed_in_the_order_of_the_calls()
    {
        // Each append needs the one before it: out of order they would be refused.
        var appends = Enumerable.Range(1, 2_000).Select(seq => WriteAsync(Make.Input("a", seq, (byte)seq))).ToList();
        await Task.WhenAll(appends);
        (await Storage.Jobs.ReadInputsAsync("a", 0, int.MaxValue)).Select(input => input.Seq).ShouldBe(Enumerable.Range(1, 2_000).Select(seq => (long)seq));
    }

    [Fact]
    public async Task The_order_holds_across_jobs_and_callers_too()
    {
        // Callers in turn put the same row; the last call wins, whichever transaction it was in.
        var last = Task.CompletedTask;
        for (var i = 1; i <= 3_000; i++) last = WriteAsync(new PutStatus(Make.Status("a") with { InputSeq = i }));
        await last;
        (await Storage.Jobs.ReadStatusAsync("a"))!.InputSeq.ShouldBe(3_000);
    }

    [Fact]
    public async Task Many_callers_at_once_are_all_served()
    {
        const int Callers = 5_000;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Task.Run(() => WriteAsync(Make.Job("job-" + i, JobState.Opened)))));
        (await Storage.Catalog.ListActiveAsync()).Count.ShouldBe(Callers);
    }

    [Fact]
    public async Task Writing_nothing_completes() => await WriteAsync();

    [Fact]
    public async Task A_closed_store_commits_what_it_took_and_refuses_what_comes_later()
    {
        var taken = Enumerable.Range(1, 500).Select(seq => WriteAsync(Make.Input("a", seq, 1))).ToList();
        var closed = Storage;
        await closed.DisposeAsync();
        await Task.WhenAll(taken);
        var failure = await Should.ThrowAsync<StoreException>(() => closed.Jobs.WriteAsync([Make.Input("a", 501, 1)]));
        failure.Failure.ShouldBe(StoreFailure.Unavailable);
        await Should.ThrowAsync<StoreException>(() => closed.Jobs.ReadStatusAsync("a"));
        await ReopenAsync();
        (await Storage.Jobs.ReadInputsAsync("a", 0, int.MaxValue)).Count.ShouldBe(500);
    }
}
