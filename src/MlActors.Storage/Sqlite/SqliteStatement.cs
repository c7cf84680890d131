using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Writes;
using SQLitePCL;

namespace MlActors.Storage.Sqlite;

/// <summary>A statement of SQLite: bound without boxing or names, executed at once.</summary>
internal sealed class SqliteStatement(sqlite3 database, sqlite3_stmt statement) : Statement, IDisposable
{
    public override Statement Bind(int position, long value) => Checked(raw.sqlite3_bind_int64(statement, position, value));

    public override Statement Bind(int position, double value) => Checked(raw.sqlite3_bind_double(statement, position, value));

    public override Statement Bind(int position, string? value) =>
        Checked(value is null ? raw.sqlite3_bind_null(statement, position) : raw.sqlite3_bind_text(statement, position, value));

    public override Statement Bind(int position, long? value) =>
        value is { } number ? Bind(position, number) : Checked(raw.sqlite3_bind_null(statement, position));

    public override Statement BindText(int position, ReadOnlyMemory<byte> utf8) => Checked(raw.sqlite3_bind_text(statement, position, utf8.Span));

    // An empty span would be null.
    public override Statement BindBlob(int position, ReadOnlyMemory<byte> bytes) =>
        Checked(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, position, 0) : raw.sqlite3_bind_blob(statement, position, bytes.Span));

    public override void Do() => Changed();

    public override void Require(RowWrite write)
    {
        if (Changed() == 0) throw write.Refusal();
    }

    public override int Changed()
    {
        var code = raw.sqlite3_step(statement);
        var failure = code is raw.SQLITE_DONE or raw.SQLITE_ROW ? null : Failure(code);
        raw.sqlite3_reset(statement);
        return failure is null ? raw.sqlite3_changes(database) : throw failure;
    }

    public override long? Number()
    {
        var code = raw.sqlite3_step(statement);
        var failure = code is raw.SQLITE_DONE or raw.SQLITE_ROW ? null : Failure(code);
        long? number = code == raw.SQLITE_ROW && raw.sqlite3_column_type(statement, 0) != raw.SQLITE_NULL ? raw.sqlite3_column_int64(statement, 0) : null;
        raw.sqlite3_reset(statement);
        return failure is null ? number : throw failure;
    }

    public override bool Row(Span<long> columns)
    {
        var code = raw.sqlite3_step(statement);
        var failure = code is raw.SQLITE_DONE or raw.SQLITE_ROW ? null : Failure(code);
        if (code == raw.SQLITE_ROW)
            for (var i = 0; i < columns.Length; i++) columns[i] = raw.sqlite3_column_int64(statement, i);
        raw.sqlite3_reset(statement);
        return failure is null ? code == raw.SQLITE_ROW : throw failure;
    }

    public void Dispose() => statement.Dispose();

    private SqliteStatement Checked(int code) => code == raw.SQLITE_OK ? this : throw Failure(code);

    private SqliteFailure Failure(int code) => new(code, raw.sqlite3_errmsg(database).utf8_to_string());
}
