using Akka.Actor;
using Akka.Persistence;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;

namespace MlActors.Storage.Tests.Compliance;

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
              recovery-event-timeout = 300s
              class = "MlActors.Storage.Journal.JobJournal, MlActors.Storage"
              plugin-dispatcher = "akka.actor.default-dispatcher"
              replay-filter.mode = off
              circuit-breaker { max-failures = 1000, call-timeout = 300s, reset-timeout = 1s }
            }
            snapshot-store.plugin = "akka.persistence.no-snapshot-store"
          }
        }
        """;

    private readonly ActorSystem _system;

    public JournalSystem(IStorage storage)
    {
        _system = ActorSystem.Create("journal", BootstrapSetup.Create().WithConfig(Hocon).And(new StorageSetup(storage)));
        // The scheduler starts when it is first used, on the thread pool, and its users wait for that: a thousand actors that start at once would
        // hold every thread that it could start on. In a server the cluster has used it before there are jobs.
        _system.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => { });
    }

    public TestActor Start(string id) => new(_system.ActorOf(Props.Create(typeof(PersistentProbe), id)));

    public async ValueTask DisposeAsync() => await _system.Terminate();
}

internal sealed record ProbeState(long LastSequenceNr, IReadOnlyList<JobEvent> Events);

internal sealed class TestActor(IActorRef actor)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

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
internal sealed class PersistentProbe : UntypedPersistentActor
{
    private readonly List<JobEvent> _events = [];
    private IActorRef _deleter = ActorRefs.Nobody;

    public PersistentProbe(string id)
    {
        PersistenceId = id;
        Recovery = new Recovery(SnapshotSelectionCriteria.None);
    }

    public override string PersistenceId { get; }

    public override Recovery Recovery { get; }

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
            case DeleteMessagesSuccess deleted:
                _deleter.Tell("deleted " + deleted.ToSequenceNr);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        Sender.Tell($"rejected {cause.GetType().Name}: {cause.Message}");

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        Sender.Tell($"failed {cause.GetType().Name}: {cause.Message}");

    private void Stored(IActorRef sender, Journaled stored)
    {
        _events.Add(stored.Event);
        sender.Tell("stored " + LastSequenceNr);
    }
}
