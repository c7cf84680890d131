using MlActors.Documents.Store;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql.Documents;

/// <summary>The changes of one call in one index.</summary>
internal sealed class DocumentsWrite(long index, IReadOnlyList<DocumentWrite> writes) : RowWrite
{
    private readonly int _bytes = writes.Sum(write => write.Source.Length);

    // What this call adds to the row of the index.
    private long _nextSeq;
    private long _documents;
    private long _sourceBytes;
    private long _earliest;
    private long _latest;
    private uint _tag;

    public override int Bytes => _bytes;

    /// <summary>One for each write; <c>null</c> when the index is gone. Known after the commit.</summary>
    public WriteOutcome[]? Outcomes { get; private set; }

    public override void Execute(WriteSession session)
    {
        Outcomes = null;
        Span<long> row = stackalloc long[2];
        if (!session.Prepare("SELECT next_seq, tag FROM doc_index WHERE number = ?1 AND dropped = 0 /*lock*/").Bind(1, index).Row(row)) return;
        (_nextSeq, _tag) = (row[0], (uint)row[1]);
        (_documents, _sourceBytes, _earliest, _latest) = (0, 0, long.MaxValue, long.MinValue);
        var outcomes = new WriteOutcome[writes.Count];
        for (var i = 0; i < outcomes.Length; i++) outcomes[i] = Execute(session, writes[i]);
        session.Prepare(
            """
            UPDATE doc_index SET next_seq = ?2, documents = documents + ?3, bytes = bytes + ?4,
                earliest_ms = CASE WHEN ?5 < earliest_ms THEN ?5 ELSE earliest_ms END,
                latest_ms = CASE WHEN ?6 > latest_ms THEN ?6 ELSE latest_ms END
            WHERE number = ?1
            """).Bind(1, index).Bind(2, _nextSeq).Bind(3, _documents).Bind(4, _sourceBytes).Bind(5, _earliest).Bind(6, _latest).Do();
        Outcomes = outcomes;
    }

    private WriteOutcome Execute(WriteSession session, DocumentWrite write)
    {
        if (write.Id is null)
        {
            var seq = Insert(session, write);
            return new WriteOutcome(WriteResult.Created, DocumentId.Make(_tag, write.TimeMs, seq), 1, seq);
        }
        var there = Find(session, write.Id, out var timeMs, out var oldSeq, out var version);
        if (write.Kind == WriteKind.Delete)
        {
            if (!there) return new WriteOutcome(WriteResult.NotFound, write.Id, 1, _nextSeq++);
            Remove(session, timeMs, oldSeq);
            session.Prepare("DELETE FROM document_id WHERE index_no = ?1 AND id = ?2").Bind(1, index).Bind(2, write.Id).Do();
            return new WriteOutcome(WriteResult.Deleted, write.Id, version + 1, _nextSeq++);
        }
        if (there && write.Kind == WriteKind.Create) return new WriteOutcome(WriteResult.Conflict, write.Id, version, oldSeq);
        if (there) Remove(session, timeMs, oldSeq);
        var newSeq = Insert(session, write);
        session.Prepare(
            """
            INSERT INTO document_id (index_no, id, time_ms, seq, version) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (index_no, id) DO UPDATE SET time_ms = excluded.time_ms, seq = excluded.seq, version = excluded.version
            """).Bind(1, index).Bind(2, write.Id).Bind(3, write.TimeMs).Bind(4, newSeq).Bind(5, there ? version + 1 : 1L).Do();
        return new WriteOutcome(there ? WriteResult.Updated : WriteResult.Created, write.Id, there ? version + 1 : 1, newSeq);
    }

    private bool Find(WriteSession session, string id, out long timeMs, out long seq, out long version)
    {
        Span<long> row = stackalloc long[3];
        var found = session.Prepare("SELECT time_ms, seq, version FROM document_id WHERE index_no = ?1 AND id = ?2").Bind(1, index).Bind(2, id).Row(row);
        (timeMs, seq, version) = (row[0], row[1], row[2]);
        if (found || !DocumentId.TryParse(_tag, id, out timeMs, out seq)) return found;
        version = 1;
        return session.Prepare("SELECT count(*) FROM document WHERE index_no = ?1 AND time_ms = ?2 AND seq = ?3 AND id IS NULL")
            .Bind(1, index).Bind(2, timeMs).Bind(3, seq).Number() == 1;
    }

    private long Insert(WriteSession session, DocumentWrite write)
    {
        var seq = _nextSeq++;
        session.Prepare("INSERT INTO document (index_no, time_ms, seq, id, source) VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, index).Bind(2, write.TimeMs).Bind(3, seq).Bind(4, write.Id).BindBlob(5, write.Source).Do();
        _documents++;
        _sourceBytes += write.Source.Length;
        (_earliest, _latest) = (Math.Min(_earliest, write.TimeMs), Math.Max(_latest, write.TimeMs));
        return seq;
    }

    private void Remove(WriteSession session, long timeMs, long seq)
    {
        _sourceBytes -= session.Prepare("SELECT length(source) FROM document WHERE index_no = ?1 AND time_ms = ?2 AND seq = ?3")
            .Bind(1, index).Bind(2, timeMs).Bind(3, seq).Number() ?? 0;
        _documents -= session.Prepare("DELETE FROM document WHERE index_no = ?1 AND time_ms = ?2 AND seq = ?3").Bind(1, index).Bind(2, timeMs).Bind(3, seq).Changed();
    }
}
