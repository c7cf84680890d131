using MlActors.Documents.Store;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql.Documents;

/// <summary>Creates an index unless its name is taken.</summary>
internal sealed class IndexCreate(IndexDefinition definition) : RowWrite
{
    public override int Bytes => definition.Settings.Length + definition.Mappings.Length;

    /// <summary>Known after the commit.</summary>
    public bool Created { get; private set; }

    public override void Execute(WriteSession session) => Created = session.Prepare(
        """
        INSERT INTO doc_index (name, uuid, tag, time_field, settings, mappings, retention_ms, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT DO NOTHING
        """).Bind(1, definition.Name).Bind(2, definition.Uuid).Bind(3, (long)IndexInfo.TagOf(definition.Uuid)).Bind(4, definition.TimeField)
        .Bind(5, definition.Settings).Bind(6, definition.Mappings).Bind(7, (long?)definition.Retention?.TotalMilliseconds).Bind(8, definition.CreatedMs).Changed() > 0;
}

internal sealed class IndexUpdate(long number, IndexDefinition definition) : RowWrite
{
    public override int Bytes => definition.Settings.Length + definition.Mappings.Length;

    public bool Done { get; private set; }

    public override void Execute(WriteSession session) => Done =
        session.Prepare("UPDATE doc_index SET settings = ?2, mappings = ?3, retention_ms = ?4 WHERE number = ?1 AND dropped = 0")
            .Bind(1, number).Bind(2, definition.Settings).Bind(3, definition.Mappings).Bind(4, (long?)definition.Retention?.TotalMilliseconds).Changed() > 0;
}

internal sealed class TimeFieldSettle(long number, string timeField) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session) =>
        session.Prepare("UPDATE doc_index SET time_field = ?2 WHERE number = ?1 AND time_field IS NULL").Bind(1, number).Bind(2, timeField).Do();
}

internal sealed class IndexDrop(long number) : RowWrite
{
    public override int Bytes => 0;

    public bool Done { get; private set; }

    public override void Execute(WriteSession session) =>
        Done = session.Prepare("UPDATE doc_index SET dropped = 1 WHERE number = ?1 AND dropped = 0").Bind(1, number).Changed() > 0;
}

/// <summary>Removes a piece of what is past its retention or belongs to a deleted index.</summary>
internal sealed class DocumentsExpire(long nowMs, long? defaultRetentionMs, int limit) : RowWrite
{
    public override int Bytes => 0;

    /// <summary>How many documents went; known after the commit.</summary>
    public int Removed { get; private set; }

    public override void Execute(WriteSession session)
    {
        Removed = 0;
        while (Removed < limit && session.Prepare("SELECT number FROM doc_index WHERE dropped = 1 LIMIT 1 /*lock*/").Number() is { } dropped) RemoveOf(session, dropped);
        Span<long> expired = stackalloc long[2];
        while (Removed < limit && FindExpired(session, expired)) Expire(session, expired[0], expired[1]);
    }

    private void RemoveOf(WriteSession session, long index)
    {
        var left = limit - Removed;
        var ids = session.Prepare(
            "DELETE FROM document_id WHERE index_no = ?1 AND id IN (SELECT id FROM document_id WHERE index_no = ?1 LIMIT ?2)").Bind(1, index).Bind(2, left).Changed();
        var documents = session.Prepare(
            """
            DELETE FROM document WHERE index_no = ?1 AND (time_ms, seq) IN
                (SELECT time_ms, seq FROM document WHERE index_no = ?1 ORDER BY time_ms, seq LIMIT ?2)
            """).Bind(1, index).Bind(2, left).Changed();
        Removed += Math.Max(ids, documents);
        if (ids < left && documents < left) session.Prepare("DELETE FROM doc_index WHERE number = ?1").Bind(1, index).Do();
    }

    // The earliest time is a lower bound: looking at the rows corrects it, so that an index is found once.
    private bool FindExpired(WriteSession session, Span<long> indexAndCutoff) => session.Prepare(
        """
        SELECT number, ?1 - coalesce(retention_ms, ?2) FROM doc_index
        WHERE dropped = 0 AND coalesce(retention_ms, ?2) IS NOT NULL AND earliest_ms < ?1 - coalesce(retention_ms, ?2) LIMIT 1 /*lock*/
        """).Bind(1, nowMs).Bind(2, defaultRetentionMs).Row(indexAndCutoff);

    private void Expire(WriteSession session, long index, long cutoffMs)
    {
        const string piece = "SELECT time_ms, seq FROM document WHERE index_no = ?1 AND time_ms < ?2 ORDER BY time_ms, seq LIMIT ?3";
        var left = limit - Removed;
        var bytes = session.Prepare("SELECT sum(length(source)) FROM document WHERE index_no = ?1 AND (time_ms, seq) IN (" + piece + ")")
            .Bind(1, index).Bind(2, cutoffMs).Bind(3, left).Number() ?? 0;
        session.Prepare(
            "DELETE FROM document_id WHERE index_no = ?1 AND id IN (SELECT id FROM document WHERE index_no = ?1 AND id IS NOT NULL AND (time_ms, seq) IN (" + piece + "))")
            .Bind(1, index).Bind(2, cutoffMs).Bind(3, left).Do();
        var removed = session.Prepare("DELETE FROM document WHERE index_no = ?1 AND (time_ms, seq) IN (" + piece + ")")
            .Bind(1, index).Bind(2, cutoffMs).Bind(3, left).Changed();
        Removed += removed;
        session.Prepare(
            """
            UPDATE doc_index SET documents = documents - ?2, bytes = bytes - ?3, earliest_ms =
                coalesce((SELECT time_ms FROM document WHERE index_no = ?1 ORDER BY time_ms LIMIT 1), 9223372036854775807) WHERE number = ?1
            """).Bind(1, index).Bind(2, (long)removed).Bind(3, bytes).Do();
    }
}
