using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

/// <summary>The journal plugin as persistent actors of a real actor system see it.</summary>
public abstract class JournalCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task A_restarted_actor_recovers_its_bare_events()
    {
        await using (var system = new JournalSystem(Storage))
        {
            var actor = system.Start("a");
            (await actor.Persist(new JobOpening(1, 7, 60), Make.Job("a", JobState.Opening))).ShouldBe("stored 1");
            (await actor.Persist(new JobOpened(2), new PutStatus(Make.Status("a", JobState.Opened)))).ShouldBe("stored 2");
        }
        (await Storage.Jobs.ReadStatusAsync("a"))!.State.ShouldBe(JobState.Opened);
        await ReopenAsync();
        await using var again = new JournalSystem(Storage);
        var recovered = await again.Start("a").State();
        recovered.Events.ShouldBe([new JobOpening(1, 7, 60), new JobOpened(2)]);
        recovered.LastSequenceNr.ShouldBe(2);
        (await Storage.Jobs.ReadStatusAsync("a"))!.State.ShouldBe(JobState.Opened, "writes are committed once, not replayed");
    }

    [Fact]
    public async Task Events_of_one_command_are_one_unit()
    {
        await using var system = new JournalSystem(Storage);
        var actor = system.Start("a");
        (await actor.PersistAll(new JobClosing(1, false, 2), new JobClosed(3, false))).ShouldBe("stored 2");
        await actor.Stop();
        (await system.Start("a").State()).Events.ShouldBe([new JobClosing(1, false, 2), new JobClosed(3, false)]);
    }

    [Fact]
    public async Task Numbering_goes_on_after_events_were_deleted()
    {
        await using var system = new JournalSystem(Storage);
        var actor = system.Start("a");
        for (var i = 1; i <= 3; i++) await actor.Persist(new JobOpened(i));
        (await actor.Delete(2)).ShouldBe("deleted 2");
        await actor.Stop();

        actor = system.Start("a");
        var recovered = await actor.State();
        (recovered.LastSequenceNr, recovered.Events.Single()).ShouldBe((3, new JobOpened(3)));
        (await actor.Delete(3)).ShouldBe("deleted 3");
        await actor.Stop();

        actor = system.Start("a");
        recovered = await actor.State();
        (recovered.LastSequenceNr, recovered.Events.Count).ShouldBe((3, 0));
        (await actor.Persist(new JobOpened(4))).ShouldBe("stored 4");
        await actor.Stop();
        (await system.Start("a").State()).Events.ShouldBe([new JobOpened(4)]);
    }

    [Fact]
    public async Task A_payload_of_another_type_is_rejected_and_the_actor_lives_on()
    {
        await using var system = new JournalSystem(Storage);
        var actor = system.Start("a");
        (await actor.Ask("a bare string")).ShouldStartWith("rejected NotSupportedException");
        (await actor.Persist(new JobOpened(1))).ShouldBe("stored 2");
        await actor.Stop();
        (await system.Start("a").State()).Events.ShouldBe([new JobOpened(1)]);
    }

    [Fact]
    public async Task A_second_owner_of_the_same_stream_is_stopped_at_its_first_event()
    {
        await using var first = new JournalSystem(Storage);
        await using var second = new JournalSystem(Storage);
        var (owner, intruder) = (first.Start("a"), second.Start("a"));
        await owner.State();
        await intruder.State();
        (await owner.Persist(new JobOpened(1), Make.Job("a", JobState.Opened))).ShouldBe("stored 1");
        (await intruder.Persist(new JobFailed(2, "I think so", null), Make.Job("a", JobState.Failed))).ShouldStartWith("failed StoreException");
        await intruder.Stopped();
        (await Storage.Jobs.ReadStatusAsync("a"))!.State.ShouldBe(JobState.Opened);
        (await owner.Persist(new JobClosing(3, false, 4))).ShouldBe("stored 2");
        (await second.Start("a").State()).Events.ShouldBe([new JobOpened(1), new JobClosing(3, false, 4)]);
    }

    [Fact]
    public async Task A_thousand_actors_at_once_lose_nothing()
    {
        const int Actors = 1_000;
        await using (var system = new JournalSystem(Storage))
        {
            var ids = Enumerable.Range(0, Actors).Select(i => "job-" + i).ToList();
            await Task.WhenAll(ids.Select(async id =>
            {
                var actor = system.Start(id);
                (await actor.Persist(new JobOpening(1, 1, 60), Make.Job(id, JobState.Opening))).ShouldBe("stored 1");
                (await actor.Persist(new JobOpened(2), new PutStatus(Make.Status(id, JobState.Opened)))).ShouldBe("stored 2");
                (await actor.Persist(new JobClosing(3, false, 60), new PutStatus(Make.Status(id, JobState.Closing)))).ShouldBe("stored 3");
            }));
            (await Storage.Catalog.ListActiveAsync()).Count.ShouldBe(Actors);
        }
        await using var again = new JournalSystem(Storage);
        var states = await Task.WhenAll(Enumerable.Range(0, Actors).Select(i => again.Start("job-" + i).State()));
        states.ShouldAllBe(state => state.LastSequenceNr == 3 && state.Events.Count == 3);
    }
}
