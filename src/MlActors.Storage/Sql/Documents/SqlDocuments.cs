using System.Data.Common;
using System.Text;
using MlActors.Documents.Store;
using MlActors.Storage.Sql.Reads;

namespace MlActors.Storage.Sql.Documents;

internal sealed class SqlDocuments(WriteLanes writers, ReadPool readers) : IDocumentStore
{
    // A page that finds little ends after looking at so much, so that a reader is free for others now and then.
    private const long MostBytesLookedAt = 64L << 20;
    private const int RowsBetweenChecks = 1024;

    private const string Indices = """
        SELECT number, name, uuid, time_field, settings, mappings, retention_ms, created_ms, next_seq, documents, bytes, earliest_ms, latest_ms
        FROM doc_index WHERE dropped = 0
        """;

    private const string Expirable =
        "SELECT count(*) FROM doc_index WHERE dropped = 1 OR (coalesce(retention_ms, @1) IS NOT NULL AND earliest_ms < @0 - coalesce(retention_ms, @1))";

    public Task<IReadOnlyList<IndexInfo>> ListIndicesAsync() =>
        readers.RunAsync<IReadOnlyList<IndexInfo>>(session => session.List(Indices + " ORDER BY name", Index));

    public Task<IndexInfo?> FindIndexAsync(string name) => readers.RunAsync(session => session.First(Indices + " AND name = @0", Index, name));

    public async Task<(IndexInfo Index, bool Created)> CreateIndexAsync(IndexDefinition definition)
    {
        while (true)
        {
            var create = new IndexCreate(definition);
            await writers.WriteAsync([create]);
            // Deleted between the two: then the name is free again.
            if (await FindIndexAsync(definition.Name) is { } index) return (index, create.Created && index.Definition.Uuid == definition.Uuid);
        }
    }

    public async Task<bool> UpdateIndexAsync(long number, IndexDefinition definition)
    {
        var update = new IndexUpdate(number, definition);
        await writers.WriteAsync(number, [update]);
        return update.Done;
    }

    public async Task<IndexInfo?> SettleTimeFieldAsync(long number, string timeField)
    {
        await writers.WriteAsync(number, [new TimeFieldSettle(number, timeField)]);
        return await readers.RunAsync(session => session.First(Indices + " AND number = @0", Index, number));
    }

    public async Task<bool> DeleteIndexAsync(long number)
    {
        var drop = new IndexDrop(number);
        await writers.WriteAsync(number, [drop]);
        return drop.Done;
    }

    public async Task<IReadOnlyList<WriteOutcome>?> WriteAsync(long indexNumber, IReadOnlyList<DocumentWrite> writes)
    {
        var write = new DocumentsWrite(indexNumber, writes);
        await writers.WriteAsync(indexNumber, [write]);
        return write.Outcomes;
    }

    public Task<StoredDocument?> FindAsync(long indexNumber, string id) => readers.RunAsync(session => session.InSnapshot(() =>
        session.First(
            """
            SELECT d.time_ms, d.seq, i.version, d.source FROM document_id i JOIN document d ON d.index_no = i.index_no AND d.time_ms = i.time_ms AND d.seq = i.seq
            WHERE i.index_no = @0 AND i.id = @1 AND EXISTS (SELECT 1 FROM doc_index WHERE number = @0 AND dropped = 0)
            """, row => Document(row, id), indexNumber, id)
        ?? (DocumentId.TryParse((uint)session.Number("SELECT tag FROM doc_index WHERE number = @0 AND dropped = 0", indexNumber), id, out var timeMs, out var seq)
            ? session.First("SELECT time_ms, seq, 1, source FROM document WHERE index_no = @0 AND time_ms = @1 AND seq = @2 AND id IS NULL",
                row => Document(row, id), indexNumber, timeMs, seq)
            : null)));

    public Task<DocumentPage> ReadAsync(DocumentScan scan, DocumentPosition? after = null, CancellationToken cancellation = default)
    {
        var prepared = new PreparedScan(scan);
        return readers.RunAsync(session => session.InSnapshot(() => ReadPage(session, prepared, after, cancellation)));
    }

    public Task<DocumentSummary> SummarizeAsync(DocumentScan scan, CancellationToken cancellation = default)
    {
        var prepared = new PreparedScan(scan with { Descending = false });
        return readers.RunAsync(session => session.InSnapshot(() => prepared.Parts.All(part => part.Matcher.MatchesAll)
            ? SummarizeRows(session, prepared)
            : SummarizeMatches(session, prepared, cancellation)));
    }

    public Task<IReadOnlyList<SpanCount>> CountByAsync(DocumentScan scan, long spanMs, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(spanMs, 1);
        var prepared = new PreparedScan(scan with { Descending = false });
        return readers.RunAsync(session => session.InSnapshot<IReadOnlyList<SpanCount>>(() =>
        {
            var spans = new List<SpanCount>();
            foreach (var position in Matches(session, prepared, cancellation))
            {
                var start = position.TimeMs - (((position.TimeMs % spanMs) + spanMs) % spanMs);
                if (spans.Count > 0 && spans[^1].StartMs == start) spans[^1] = new SpanCount(start, spans[^1].Count + 1);
                else spans.Add(new SpanCount(start, 1));
            }
            return spans;
        }));
    }

    public async Task<int> RemoveExpiredAsync(DateTimeOffset now, TimeSpan? defaultRetention, int limit)
    {
        var (nowMs, retentionMs) = (now.ToUnixTimeMilliseconds(), (long?)defaultRetention?.TotalMilliseconds);
        // Mostly there is nothing to do: then the writer is not bothered.
        if (await readers.RunAsync(session => session.Number(Expirable, nowMs, retentionMs)) == 0) return 0;
        var expire = new DocumentsExpire(nowMs, retentionMs, limit);
        await writers.WriteAsync([expire]);
        return expire.Removed;
    }

    private static DocumentPage ReadPage(ReadSession session, PreparedScan prepared, DocumentPosition? after, CancellationToken cancellation)
    {
        var scan = prepared.Scan;
        var page = new DocumentPage(Math.Min(scan.MaxBytes, 1 << 20));
        try
        {
            using var walk = prepared.Open(session, after);
            var (lookedAt, last, rows) = (0L, after, 0);
            while (walk.Step())
            {
                var cursor = walk.Current;
                var source = cursor.Source;
                var isMatch = cursor.IsMatch();
                if ((isMatch && page.Count > 0 && page.Bytes + source.Length > scan.MaxBytes) || page.Count == scan.MaxDocuments || lookedAt > MostBytesLookedAt)
                {
                    page.Next = last;
                    return page;
                }
                if (isMatch) page.Add(cursor.Position, scan.WithIds && cursor.GivenId is { IsEmpty: false } id ? Encoding.UTF8.GetString(id) : null, source);
                lookedAt += source.Length;
                last = cursor.Position;
                if (++rows % RowsBetweenChecks == 0) cancellation.ThrowIfCancellationRequested();
            }
            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    private static DocumentSummary SummarizeRows(ReadSession session, PreparedScan prepared)
    {
        var (count, earliest, latest) = (0L, (long?)null, (long?)null);
        foreach (var (index, _, bounds) in prepared.Parts)
        {
            var all = bounds.FromMs == long.MinValue && bounds.LastMs == long.MaxValue;
            var here = all
                ? session.Number("SELECT documents FROM doc_index WHERE number = @0 AND dropped = 0", index.Number)
                : session.Number("SELECT count(*) FROM document WHERE index_no = @0 AND time_ms BETWEEN @1 AND @2", index.Number, bounds.FromMs, bounds.LastMs);
            if (here == 0) continue;
            count += here;
            const string first = "SELECT time_ms FROM document WHERE index_no = @0 AND time_ms BETWEEN @1 AND @2 ORDER BY time_ms";
            earliest = Math.Min(earliest ?? long.MaxValue, session.Number(first + " LIMIT 1", index.Number, bounds.FromMs, bounds.LastMs));
            latest = Math.Max(latest ?? long.MinValue, session.Number(first + " DESC LIMIT 1", index.Number, bounds.FromMs, bounds.LastMs));
        }
        return new DocumentSummary(count, earliest, latest);
    }

    private static DocumentSummary SummarizeMatches(ReadSession session, PreparedScan prepared, CancellationToken cancellation)
    {
        var (count, earliest, latest) = (0L, (long?)null, (long?)null);
        foreach (var position in Matches(session, prepared, cancellation))
        {
            count++;
            earliest ??= position.TimeMs;
            latest = position.TimeMs;
        }
        return new DocumentSummary(count, earliest, latest);
    }

    private static IEnumerable<DocumentPosition> Matches(ReadSession session, PreparedScan prepared, CancellationToken cancellation)
    {
        using var walk = prepared.Open(session);
        for (var rows = 0; walk.Step(); rows++)
        {
            if (rows % RowsBetweenChecks == 0) cancellation.ThrowIfCancellationRequested();
            if (walk.Current.IsMatch()) yield return walk.Current.Position;
        }
    }

    private static StoredDocument Document(DbDataReader row, string id) => new(id, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3));

    private static IndexInfo Index(DbDataReader row) => new(
        row.GetInt64(0),
        new IndexDefinition(row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4), row.GetString(5),
            row.IsDBNull(6) ? null : TimeSpan.FromMilliseconds(row.GetInt64(6)), row.GetInt64(7)),
        row.GetInt64(9), row.GetInt64(10), row.GetInt64(8), row.GetInt64(11), row.GetInt64(12));
}
