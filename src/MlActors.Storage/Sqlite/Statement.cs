using SQLitePCL;

namespace MlActors.Storage.Sqlite;

/// <summary>A prepared statement of the writer. Parameters are bound by position, from 1, without boxing or names.</summary>
internal sealed class Statement(sqlite3 database, sqlite3_stmt statement) : IDisposable
{
    public Statement Bind(int position, long value) => Checked(raw.sqlite3_bind_int64(statement, position, value));

    public Statement Bind(int position, bool value) => Bind(position, value ? 1L : 0L);

    public Statement Bind(int position, double value) => Checked(raw.sqlite3_bind_double(statement, position, value));

    public Statement Bind(int position, string? value) =>
        Checked(value is null ? raw.sqlite3_bind_null(statement, position) : raw.sqlite3_bind_text(statement, position, value));

    public Statement Bind(int position, long? value) => value is { } number ? Bind(position, number) : Checked(raw.sqlite3_bind_null(statement, position));

    /// <summary>Binds UTF-8 bytes as text.</summary>
    public Statement BindText(int position, ReadOnlySpan<byte> utf8) => Checked(raw.sqlite3_bind_text(statement, position, utf8));

    /// <summary>Binds bytes; an empty span is an empty blob, not null.</summary>
    public Statement BindBlob(int position, ReadOnlySpan<byte> bytes) =>
        Checked(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, position, 0) : raw.sqlite3_bind_blob(statement, position, bytes));

    public Statement BindBlob(int position, byte[]? bytes) =>
        bytes is null ? Checked(raw.sqlite3_bind_null(statement, position)) : BindBlob(position, bytes.AsSpan());

    /// <summary>Executes a statement that returns no rows.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        var code = raw.sqlite3_step(statement);
        var failure = code is raw.SQLITE_DONE or raw.SQLITE_ROW ? null : Failure(code);
        raw.sqlite3_reset(statement);
        return failure is null ? raw.sqlite3_changes(database) : throw failure;
    }

    /// <summary>Executes a query for one number.</summary>
    public long? Number()
    {
        var code = raw.sqlite3_step(statement);
        var failure = code is raw.SQLITE_DONE or raw.SQLITE_ROW ? null : Failure(code);
        long? number = code == raw.SQLITE_ROW && raw.sqlite3_column_type(statement, 0) != raw.SQLITE_NULL ? raw.sqlite3_column_int64(statement, 0) : null;
        raw.sqlite3_reset(statement);
        return failure is null ? number : throw failure;
    }

    /// <summary>Executes a query for the whole numbers of its first row; null becomes 0.</summary>
    /// <returns><c>false</c>: there is no row.</returns>
    public bool Row(Span<long> columns)
    {
        var code = raw.sqlite3_step(statement);
        var failure = code is raw.SQLITE_DONE or raw.SQLITE_ROW ? null : Failure(code);
        if (code == raw.SQLITE_ROW)
            for (var i = 0; i < columns.Length; i++) columns[i] = raw.sqlite3_column_int64(statement, i);
        raw.sqlite3_reset(statement);
        return failure is null ? code == raw.SQLITE_ROW : throw failure;
    }

    public void Dispose() => statement.Dispose();

    private Statement Checked(int code) => code == raw.SQLITE_OK ? this : throw Failure(code);

    private SqliteFailure Failure(int code) => new(code, raw.sqlite3_errmsg(database).utf8_to_string());
}
