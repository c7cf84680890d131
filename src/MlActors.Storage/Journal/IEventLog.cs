using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Journal;

/// <summary>An event with its place in the stream of its persistent actor.</summary>
public readonly record struct LoggedEvent(long SequenceNr, JobEvent Event);

/// <summary>The stored streams of events, one for each persistent actor. What the journal plugin of Akka.Persistence stands on.</summary>
public interface IEventLog
{
    /// <summary>
    /// Appends events together with the writes that belong to them, in one transaction. Every number must be above all numbers the stream ever had,
    /// deleted ones included: so of two writers of one stream one is refused.
    /// </summary>
    /// <exception cref="StoreException">Nothing of it happened.</exception>
    Task AppendAsync(string persistenceId, IReadOnlyList<LoggedEvent> events, IReadOnlyList<StoreWrite> writes);

    /// <summary>
    /// Makes this process the owner of the stream and of the job that it is about: what another process, which owned it before, still hands in for it is
    /// refused from now on, and what this process has handed in for it before is done or refused. Comes before reading what is stored.
    /// </summary>
    /// <returns>As <see cref="ReadHighestSequenceNrAsync"/>.</returns>
    Task<long> TakeOverAsync(string persistenceId);

    /// <summary>The highest number the stream ever had, 0 when it never had an event. Waits for appends to the stream that are under way.</summary>
    Task<long> ReadHighestSequenceNrAsync(string persistenceId);

    /// <summary>Events with numbers in [from, to] that are not deleted, in order, at most <paramref name="max"/>.</summary>
    /// <exception cref="StoreException">An event is damaged or of a kind this version does not know.</exception>
    IAsyncEnumerable<LoggedEvent> ReadAsync(string persistenceId, long from, long to, long max = long.MaxValue);

    /// <summary>Deletes events up to and including a number. The stream's numbering goes on afterwards.</summary>
    Task DeleteAsync(string persistenceId, long to);
}
