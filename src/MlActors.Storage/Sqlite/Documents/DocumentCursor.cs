using MlActors.Documents.Matching;
using MlActors.Documents.Store;
using MlActors.Jobs.Storage;
using SQLitePCL;

namespace MlActors.Storage.Sqlite.Documents;

/// <summary>Walks through the documents of one index in the order of time, forwards or backwards, without a copy or an allocation for one.</summary>
internal sealed class DocumentCursor : IDisposable
{
    private const string Columns = "SELECT time_ms, seq, id, source FROM document WHERE index_no = ?1 ";
    private const string Forwards = Columns + "AND (time_ms, seq) > (?2, ?3) AND time_ms <= ?4 ORDER BY time_ms, seq";
    private const string Backwards = Columns + "AND (time_ms, seq) < (?2, ?3) AND time_ms >= ?4 ORDER BY time_ms DESC, seq DESC";

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly long _index;

    /// <param name="bounds">Times between which to look.</param>
    /// <param name="after">Only documents behind this place, in the direction of the walk.</param>
    public DocumentCursor(sqlite3 database, IndexInfo index, QueryMatcher matcher, TimeBounds bounds, DocumentPosition? after, bool descending)
    {
        (_database, _index, Matcher) = (database, index.Number, matcher);
        Check(raw.sqlite3_prepare_v2(database, descending ? Backwards : Forwards, out _statement));
        var (time, seq) = descending ? FirstBackwards(bounds, after) : FirstForwards(bounds, after);
        Check(raw.sqlite3_bind_int64(_statement, 1, _index));
        Check(raw.sqlite3_bind_int64(_statement, 2, time));
        Check(raw.sqlite3_bind_int64(_statement, 3, seq));
        Check(raw.sqlite3_bind_int64(_statement, 4, descending ? bounds.FromMs : bounds.LastMs));
    }

    public QueryMatcher Matcher { get; }

    public DocumentPosition Position { get; private set; }

    /// <summary>The document; valid until the next step.</summary>
    public ReadOnlySpan<byte> Source => raw.sqlite3_column_blob(_statement, 3);

    /// <summary>The id that its sender gave, UTF-8; empty when it was made. Valid until the next step.</summary>
    public ReadOnlySpan<byte> GivenId => raw.sqlite3_column_blob(_statement, 2);

    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_DONE) return false;
        if (code != raw.SQLITE_ROW) Check(code);
        Position = new DocumentPosition(raw.sqlite3_column_int64(_statement, 0), _index, raw.sqlite3_column_int64(_statement, 1));
        return true;
    }

    public bool IsMatch()
    {
        if (Matcher.MatchesAll) return true;
        return Matcher.Matches(Source, Position.TimeMs, Position.Seq, Matcher.NeedsIds ? GivenId : default);
    }

    public void Dispose() => _statement.Dispose();

    // Sequence numbers are 0 or more: behind (t, -1) is all of t, behind (t, max) what is after t.
    private (long TimeMs, long Seq) FirstForwards(TimeBounds bounds, DocumentPosition? after)
    {
        if (after is not { } place || place.TimeMs < bounds.FromMs) return (bounds.FromMs, -1);
        return (place.TimeMs, _index == place.IndexNumber ? place.Seq : _index > place.IndexNumber ? -1 : long.MaxValue);
    }

    private (long TimeMs, long Seq) FirstBackwards(TimeBounds bounds, DocumentPosition? after)
    {
        if (after is not { } place || place.TimeMs > bounds.LastMs) return (bounds.LastMs, long.MaxValue);
        return (place.TimeMs, _index == place.IndexNumber ? place.Seq : _index < place.IndexNumber ? long.MaxValue : -1);
    }

    private void Check(int code)
    {
        if (code == raw.SQLITE_OK) return;
        _statement?.Dispose();
        throw SqliteFailure.Translate(new SqliteFailure(code, raw.sqlite3_errmsg(_database).utf8_to_string()));
    }
}
