using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Journal;

/// <summary>
/// The journal plugin of the jobs: takes <see cref="Journaled"/> payloads, commits event and rows in one transaction of the store, and replays the
/// bare events. Commits of all actors share transactions. The store comes in as <see cref="StorageSetup"/>.
/// </summary>
/// <remarks>
/// How a failed write is told to its actor: a payload of another type, or a store that cannot write now (locked, full), is a rejection — certainly
/// nothing was stored, and the actor lives on. A conflict or a fault is a failure, which stops the actor: it has to recover what is stored.
/// </remarks>
public sealed class JobJournal : AsyncWriteJournal
{
    private readonly IEventLog _log;

    public JobJournal()
    {
        var setup = Context.System.Settings.Setup.Get<StorageSetup>();
        if (!setup.HasValue)
            throw new ConfigurationException($"The journal needs a {nameof(StorageSetup)} in the setup of the actor system [{Context.System.Name}].");
        _log = setup.Value.Storage.Events;
    }

    protected override async Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        // Everything is handed to the store before the first await, so that its order is the order of the calls. The token is the circuit breaker's
        // time-out; a write in the queue cannot be taken back, so it is not observed.
        var writes = messages.Select(Append).ToList();
        if (writes.Count == 1) return await writes[0] is { } refused ? [refused] : null;
        var refusals = await Task.WhenAll(writes);
        return Array.TrueForAll(refusals, refusal => refusal is null) ? null : [.. refusals];
    }

    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        if (max <= 0) return;
        await foreach (var (sequenceNr, jobEvent) in _log.ReadAsync(persistenceId, fromSequenceNr, toSequenceNr, max))
        {
            recoveryCallback(new Persistent(jobEvent, sequenceNr, persistenceId, manifest: "", isDeleted: false, ActorRefs.NoSender, writerGuid: null,
                timestamp: jobEvent.Time));
        }
    }

    // Asked once, before the replay, by an actor that recovers.
    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        _log.TakeOverAsync(persistenceId);

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        _log.DeleteAsync(persistenceId, toSequenceNr);

    /// <returns>Why it was rejected, <c>null</c> when it is stored; a failed task when the actor must not go on.</returns>
    private Task<Exception?> Append(AtomicWrite message)
    {
        var representations = (IImmutableList<IPersistentRepresentation>)message.Payload;
        var events = new List<LoggedEvent>(representations.Count);
        var writes = new List<StoreWrite>();
        foreach (var representation in representations)
        {
            if (representation.Payload is not Journaled journaled)
            {
                return Task.FromResult<Exception?>(new NotSupportedException(
                    $"The journal of the jobs stores {nameof(Journaled)} payloads, not {representation.Payload?.GetType().FullName ?? "null"}."));
            }
            events.Add(new LoggedEvent(representation.SequenceNr, journaled.Event));
            writes.AddRange(journaled.Writes);
        }
        return AppendAsync(message.PersistenceId, events, writes);
    }

    private async Task<Exception?> AppendAsync(string persistenceId, List<LoggedEvent> events, List<StoreWrite> writes)
    {
        try
        {
            await _log.AppendAsync(persistenceId, events, writes);
            return null;
        }
        catch (Exception e) when (e is StoreException { Failure: StoreFailure.Unavailable } or NotSupportedException)
        {
            return e;
        }
    }
}
