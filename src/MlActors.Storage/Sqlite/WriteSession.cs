using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MlActors.Storage.Sqlite;

/// <summary>The one connection that writes, with its prepared statements. Used by the writer's thread alone.</summary>
internal sealed class WriteSession(SqliteConnection connection) : IDisposable
{
    // Statements are constants, so their reference is their identity.
    private readonly Dictionary<string, Statement> _statements = new(ReferenceEqualityComparer.Instance);
    private readonly sqlite3 _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");

    public SqliteConnection Connection => connection;

    /// <summary>The prepared form of a constant.</summary>
    public Statement Prepare(string constant)
    {
        if (_statements.TryGetValue(constant, out var known)) return known;
        var code = raw.sqlite3_prepare_v3(_database, constant, raw.SQLITE_PREPARE_PERSISTENT, out var handle);
        if (code != raw.SQLITE_OK) throw new SqliteFailure(code, raw.sqlite3_errmsg(_database).utf8_to_string());
        return _statements[constant] = new Statement(_database, handle);
    }

    /// <summary>Takes the write lock, waiting for as long as the busy time-out says.</summary>
    public void Begin() => Prepare("BEGIN IMMEDIATE").Run();

    public void Commit() => Prepare("COMMIT").Run();

    /// <summary>Undoes the transaction, if SQLite has not done so itself.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_database) == 0) Prepare("ROLLBACK").Run();
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        connection.Dispose();
    }
}
