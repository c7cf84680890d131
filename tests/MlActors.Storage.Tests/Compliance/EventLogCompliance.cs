using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;

namespace MlActors.Storage.Tests.Compliance;

public abstract class EventLogCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task Events_come_back_in_order_and_within_bounds()
    {
        await Append("a", 1, 2, 3, 4);
        await Append("b", 1);
        (await Read("a")).ShouldBe([1L, 2L, 3L, 4L]);
        (await Read("a", 2, 3)).ShouldBe([2L, 3L]);
        (await Read("a", 2, 4, 1)).ShouldBe([2L]);
        (await Read("a", 1, 4, 0)).ShouldBeEmpty();
        (await Read("none")).ShouldBeEmpty();
        (await Storage.Events.ReadHighestSequenceNrAsync("a")).ShouldBe(4);
        (await Storage.Events.ReadHighestSequenceNrAsync("none")).ShouldBe(0);
    }

    [Fact]
    public async Task A_long_stream_is_read_whole()
    {
        await Storage.Events.AppendAsync("a", [.. Enumerable.Range(1, 1_700).Select(n => new LoggedEvent(n, new JobOpened(n)))], []);
        var read = new List<LoggedEvent>();
        await foreach (var logged in Storage.Events.ReadAsync("a", 1, long.MaxValue)) read.Add(logged);
        read.ShouldBe(Enumerable.Range(1, 1_700).Select(n => new LoggedEvent(n, new JobOpened(n))));
    }

    [Fact]
    public async Task Numbers_only_rise_so_a_second_writer_is_refused()
    {
        await Append("a", 1, 2, 5);
        foreach (var taken in new long[] { 1, 2, 3, 4, 5 })
            (await Should.ThrowAsync<StoreException>(() => Append("a", taken))).Failure.ShouldBe(StoreFailure.Conflict);
        await Append("a", 9);
        (await Read("a")).ShouldBe([1L, 2L, 5L, 9L], "gaps are fine: a rejected event uses up its number");
    }

    [Fact]
    public async Task Events_appended_together_are_kept_together_or_not_at_all()
    {
        await Append("a", 1);
        await Should.ThrowAsync<StoreException>(() => Append("a", 2, 3, 1));
        (await Read("a")).ShouldBe([1L]);
    }

    [Fact]
    public async Task Deleting_events_never_restarts_the_numbering()
    {
        await Append("a", 1, 2, 3);
        await Storage.Events.DeleteAsync("a", 2);
        (await Read("a")).ShouldBe([3L]);
        await Storage.Events.DeleteAsync("a", 3);
        (await Read("a")).ShouldBeEmpty();
        (await Storage.Events.ReadHighestSequenceNrAsync("a")).ShouldBe(3);
        await ReopenAsync();
        (await Storage.Events.ReadHighestSequenceNrAsync("a")).ShouldBe(3);
        (await Should.ThrowAsync<StoreException>(() => Append("a", 3))).Failure.ShouldBe(StoreFailure.Conflict);
        await Append("a", 4);
        (await Read("a")).ShouldBe([4L]);
        await Storage.Events.DeleteAsync("a", long.MaxValue);
        (await Storage.Events.ReadHighestSequenceNrAsync("a")).ShouldBe(4);
        await Storage.Events.DeleteAsync("none", 10);
        (await Storage.Events.ReadHighestSequenceNrAsync("none")).ShouldBe(0);
    }

    [Fact]
    public async Task The_highest_number_counts_writes_that_are_still_under_way()
    {
        // A burst keeps the writer busy, so that the append is in the queue when the question is asked.
        var burst = Enumerable.Range(0, 2_000).Select(i => WriteAsync(Make.Job("job-" + i))).ToList();
        var append = Append("a", 1);
        (await Storage.Events.ReadHighestSequenceNrAsync("a")).ShouldBe(1);
        append.IsCompletedSuccessfully.ShouldBeTrue();
        await Task.WhenAll(burst);
    }

    [Fact]
    public async Task Who_takes_over_finds_all_that_the_owner_before_has_handed_in()
    {
        // An owner that dies has an input under way, which belongs to no event.
        var burst = Enumerable.Range(0, 2_000).Select(i => WriteAsync(Make.Job("job-" + i))).ToList();
        var last = WriteAsync(Make.Input("a", 1, 7), new PutStatus(Make.Status("a") with { InputSeq = 1 }));
        await Storage.Events.TakeOverAsync("job-a");
        (await Storage.Jobs.ReadStatusAsync("a")).ShouldNotBeNull().InputSeq.ShouldBe(1);
        await last;
        await Task.WhenAll(burst);
    }

    [Fact]
    public async Task An_append_that_fails_does_not_spoil_the_question_for_the_highest_number()
    {
        await Append("a", 1);
        var refused = Append("a", 1);
        (await Storage.Events.ReadHighestSequenceNrAsync("a")).ShouldBe(1);
        await Should.ThrowAsync<StoreException>(() => refused);
    }

    private Task Append(string id, params long[] numbers) =>
        Storage.Events.AppendAsync(id, [.. numbers.Select(number => new LoggedEvent(number, new JobClosing(number, false, number + 60)))], []);

    private async Task<List<long>> Read(string id, long from = 1, long to = long.MaxValue, long max = long.MaxValue)
    {
        var numbers = new List<long>();
        await foreach (var (number, jobEvent) in Storage.Events.ReadAsync(id, from, to, max))
        {
            jobEvent.ShouldBe(new JobClosing(number, false, number + 60));
            numbers.Add(number);
        }
        return numbers;
    }
}
