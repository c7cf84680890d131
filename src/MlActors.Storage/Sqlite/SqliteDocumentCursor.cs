using MlActors.Documents.Matching;
using MlActors.Documents.Store;
using MlActors.Storage.Sql.Documents;
using SQLitePCL;

namespace MlActors.Storage.Sqlite;

/// <summary>Steps through the rows themselves, without a copy or an allocation for one.</summary>
internal sealed class SqliteDocumentCursor : DocumentCursor
{
    private const string Columns = "SELECT time_ms, seq, id, source FROM document WHERE index_no = ?1 ";
    private const string Forwards = Columns + "AND (time_ms, seq) > (?2, ?3) AND time_ms <= ?4 ORDER BY time_ms, seq";
    private const string Backwards = Columns + "AND (time_ms, seq) < (?2, ?3) AND time_ms >= ?4 ORDER BY time_ms DESC, seq DESC";

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <param name="bounds">Times between which to look.</param>
    /// <param name="after">Only documents behind this place, in the direction of the walk.</param>
    public SqliteDocumentCursor(sqlite3 database, IndexInfo index, QueryMatcher matcher, TimeBounds bounds, DocumentPosition? after, bool descending)
        : base(index, matcher)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v2(database, descending ? Backwards : Forwards, out _statement));
        var (time, seq) = Before(bounds, after, descending);
        Check(raw.sqlite3_bind_int64(_statement, 1, Number));
        Check(raw.sqlite3_bind_int64(_statement, 2, time));
        Check(raw.sqlite3_bind_int64(_statement, 3, seq));
        Check(raw.sqlite3_bind_int64(_statement, 4, descending ? bounds.FromMs : bounds.LastMs));
    }

    public override ReadOnlySpan<byte> Source => raw.sqlite3_column_blob(_statement, 3);

    public override ReadOnlySpan<byte> GivenId => raw.sqlite3_column_blob(_statement, 2);

    public override bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_DONE) return false;
        if (code != raw.SQLITE_ROW) Check(code);
        Position = new DocumentPosition(raw.sqlite3_column_int64(_statement, 0), Number, raw.sqlite3_column_int64(_statement, 1));
        return true;
    }

    public override void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code == raw.SQLITE_OK) return;
        _statement?.Dispose();
        throw SqliteFailure.Translate(new SqliteFailure(code, raw.sqlite3_errmsg(_database).utf8_to_string()));
    }
}
