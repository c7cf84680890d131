using System.Collections.Concurrent;
using System.Globalization;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;
using MlActors.Storage.Sql.Reads;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

internal sealed class SqlEventLog(WriteLanes writers, ReadPool readers, Ownership? ownership = null) : IEventLog
{
    private const int EventsPerRead = 500;
    private const string JobStreams = "job-";

    // The newest append under way of each stream: a recovering actor must not number past its predecessor's writes.
    private readonly ConcurrentDictionary<string, Task> _appends = new(StringComparer.Ordinal);

    public Task AppendAsync(string persistenceId, IReadOnlyList<LoggedEvent> events, IReadOnlyList<StoreWrite> writes)
    {
        var rows = new List<RowWrite>(events.Count + writes.Count);
        foreach (var (sequenceNr, jobEvent) in events)
        {
            var (manifest, payload) = EventFormat.Serialize(jobEvent);
            rows.Add(new EventAppend(persistenceId, sequenceNr, manifest, payload));
        }
        rows.AddRange(RowWrite.Prepare(writes));
        var append = writers.WriteAsync(JobOf(persistenceId), rows, byOwner: true);
        _appends[persistenceId] = append;
        return ForgetAsync(persistenceId, append);
    }

    public async Task<long> TakeOverAsync(string persistenceId)
    {
        // Either has its place behind all that the owner before has handed in, events or not: what is read afterwards is what that one left.
        var job = JobOf(persistenceId);
        if (ownership is not null) await writers.WriteAsync(job, [new TakeOver(job, ownership)], byOwner: false);
        else await writers.WriteAsync(job, [new NoWrite()], byOwner: false).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await ReadHighestSequenceNrAsync(persistenceId);
    }

    public async Task<long> ReadHighestSequenceNrAsync(string persistenceId)
    {
        if (_appends.TryGetValue(persistenceId, out var append)) await append.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await readers.RunAsync(session => session.Number("SELECT MAX(sequence_nr) FROM journal WHERE persistence_id = @0", persistenceId));
    }

    public async IAsyncEnumerable<LoggedEvent> ReadAsync(string persistenceId, long from, long to, long max = long.MaxValue)
    {
        while (max > 0 && from <= to)
        {
            var (first, take) = (from, (int)Math.Min(max, EventsPerRead));
            var events = await readers.RunAsync(session => session.List(
                """
                SELECT sequence_nr, manifest, payload FROM journal
                WHERE persistence_id = @0 AND sequence_nr >= @1 AND sequence_nr <= @2 AND deleted = 0 ORDER BY sequence_nr LIMIT @3
                """,
                row => Read(persistenceId, row.GetInt64(0), row.GetString(1), row.GetFieldValue<byte[]>(2)), persistenceId, first, to, take));
            foreach (var logged in events) yield return logged;
            if (events.Count < take) yield break;
            from = events[^1].SequenceNr + 1;
            max -= events.Count;
        }
    }

    public Task DeleteAsync(string persistenceId, long to) => writers.WriteAsync(JobOf(persistenceId), [new EventDelete(persistenceId, to)], byOwner: true);

    // Events keep their order with the rows of their job.
    private static string JobOf(string persistenceId) => persistenceId.StartsWith(JobStreams, StringComparison.Ordinal) ? persistenceId[JobStreams.Length..] : persistenceId;

    private async Task ForgetAsync(string persistenceId, Task append)
    {
        try
        {
            await append;
        }
        finally
        {
            _appends.TryRemove(new KeyValuePair<string, Task>(persistenceId, append));
        }
    }

    private static LoggedEvent Read(string persistenceId, long sequenceNr, string manifest, byte[] payload)
    {
        try
        {
            return new LoggedEvent(sequenceNr, EventFormat.Deserialize(manifest, payload));
        }
        catch (InvalidDataException e)
        {
            throw new StoreException(string.Create(CultureInfo.InvariantCulture, $"Event {sequenceNr} of [{persistenceId}] cannot be read: {e.Message}"), e,
                StoreFailure.Fault);
        }
    }
}
