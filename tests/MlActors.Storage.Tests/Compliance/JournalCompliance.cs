using Akka.Actor;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;

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
        (await actor.PersistAll(new JobClosing(1, 2), new JobClosed(3, false, "s", 4))).ShouldBe("stored 2");
        await actor.Stop();
        (await system.Start("a").State()).Events.ShouldBe([new JobClosing(1, 2), new JobClosed(3, false, "s", 4)]);
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
        (await owner.Persist(new JobClosing(3, 4))).ShouldBe("stored 2");
        (await second.Start("a").State()).Events.ShouldBe([new JobOpened(1), new JobClosing(3, 4)]);
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
                (await actor.Persist(new JobClosing(3, 60), new PutStatus(Make.Status(id, JobState.Closing)))).ShouldBe("stored 3");
            }));
            (await Storage.Catalog.ListActiveAsync()).Count.ShouldBe(Actors);
        }
        await using var again = new JournalSystem(Storage);
        var states = await Task.WhenAll(Enumerable.Range(0, Actors).Select(i => again.Start("job-" + i).State()));
        states.ShouldAllBe(state => state.LastSequenceNr == 3 && state.Events.Count == 3);
    }
}

/// <summary>An actor system with the journal plugin on a store.</summary>
internal sealed class JournalSystem : IAsyncDisposable
{
    private const string Hocon =
        """
        akka {
          loglevel = ERROR
          stdout-loglevel = OFF
          loggers = []
          persistence {
            max-concurrent-recoveries = 200
            journal.plugin = "akka.persistence.journal.mlactors"
            journal.mlactors {
              class = "MlActors.Storage.Journal.JobJournal, MlActors.Storage"
              plugin-dispatcher = "akka.actor.default-dispatcher"
              replay-filter.mode = off
              circuit-breaker { max-failures = 10, call-timeout = 60s, reset-timeout = 1s }
            }
            snapshot-store.plugin = "akka.persistence.no-snapshot-store"
          }
        }
        """;

    private readonly ActorSystem _system;

    public JournalSystem(IStorage storage) =>
        _system = ActorSystem.Create("journal", BootstrapSetup.Create().WithConfig(Hocon).And(new StorageSetup(storage)));

    public TestActor Start(string id) => new(_system.ActorOf(Props.Create(typeof(PersistentProbe), id)));

    public async ValueTask DisposeAsync() => await _system.Terminate();
}

internal sealed record ProbeState(long LastSequenceNr, IReadOnlyList<JobEvent> Events);

internal sealed class TestActor(IActorRef actor)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public Task<string> Persist(JobEvent jobEvent, params StoreWrite[] writes) => Ask(new Journaled(jobEvent, writes));

    public Task<string> PersistAll(params JobEvent[] events) => Ask(events.Select(jobEvent => new Journaled(jobEvent, [])).ToList());

    public Task<string> Delete(long to) => Ask(to);

    public Task<string> Ask(object message) => actor.Ask<string>(message, Patience);

    public Task<ProbeState> State() => actor.Ask<ProbeState>("state", Patience);

    public Task Stop() => actor.GracefulStop(Patience);

    /// <summary>Completes when the actor has stopped by itself.</summary>
    public Task Stopped() => actor.WatchAsync(new CancellationTokenSource(Patience).Token);
}

/// <summary>Persists what it is told and says how it went.</summary>
internal sealed class PersistentProbe : Akka.Persistence.UntypedPersistentActor
{
    private readonly List<JobEvent> _events = [];
    private IActorRef _deleter = ActorRefs.Nobody;

    public PersistentProbe(string id)
    {
        PersistenceId = id;
        Recovery = new Akka.Persistence.Recovery(Akka.Persistence.SnapshotSelectionCriteria.None);
    }

    public override string PersistenceId { get; }

    public override Akka.Persistence.Recovery Recovery { get; }

    protected override void OnRecover(object message)
    {
        if (message is JobEvent jobEvent) _events.Add(jobEvent);
    }

    protected override void OnCommand(object message)
    {
        var sender = Sender;
        switch (message)
        {
            case "state":
                sender.Tell(new ProbeState(LastSequenceNr, [.. _events]));
                break;
            case string other:
                Persist(other, _ => sender.Tell("stored a string"));
                break;
            case Journaled journaled:
                Persist(journaled, stored => Stored(sender, stored));
                break;
            case List<Journaled> all:
                var left = all.Count;
                PersistAll(all, stored =>
                {
                    left--;
                    if (left == 0) Stored(sender, stored);
                });
                break;
            case long to:
                _deleter = sender;
                DeleteMessages(to);
                break;
            case Akka.Persistence.DeleteMessagesSuccess deleted:
                _deleter.Tell("deleted " + deleted.ToSequenceNr);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Sender.Tell($"rejected {cause.GetType().Name}: {cause.Message}");

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Sender.Tell($"failed {cause.GetType().Name}: {cause.Message}");

    private void Stored(IActorRef sender, Journaled stored)
    {
        _events.Add(stored.Event);
        sender.Tell("stored " + LastSequenceNr);
    }
}
