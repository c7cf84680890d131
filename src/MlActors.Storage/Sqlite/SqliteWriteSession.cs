using Microsoft.Data.Sqlite;
using MlActors.Jobs.Storage;
using MlActors.Storage.Sql;
using SQLitePCL;

namespace MlActors.Storage.Sqlite;

/// <summary>The one connection that writes.</summary>
internal sealed class SqliteWriteSession(SqliteConnection connection) : WriteSession
{
    // Statements are constants, so their reference is their identity.
    private readonly Dictionary<string, SqliteStatement> _statements = new(ReferenceEqualityComparer.Instance);
    private readonly sqlite3 _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");

    public override Statement Prepare(string constant) => Own(constant);

    /// <summary>Takes the write lock, waiting for as long as the busy time-out says.</summary>
    public override void Begin() => Own("BEGIN IMMEDIATE").Do();

    public override void Commit() => Own("COMMIT").Do();

    // Some failures make SQLite undo it itself.
    public override void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_database) == 0) Own("ROLLBACK").Do();
    }

    // When another process holds the lock for the whole busy time-out, there is no use in asking again for each group.
    public override Verdict Judge(Exception failure, WriteStage stage) => stage switch
    {
        WriteStage.Begin => Verdict.OfTheStore,
        WriteStage.Group when failure is not SqliteFailure { OfTheGroup: false } => Verdict.OfTheGroup,
        _ => Verdict.OfTheTransaction,
    };

    public override StoreException Translate(Exception failure) => SqliteFailure.Translate(failure);

    public override void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        connection.Dispose();
    }

    private SqliteStatement Own(string constant)
    {
        if (_statements.TryGetValue(constant, out var known)) return known;
        var code = raw.sqlite3_prepare_v3(_database, constant, raw.SQLITE_PREPARE_PERSISTENT, out var handle);
        if (code != raw.SQLITE_OK) throw new SqliteFailure(code, raw.sqlite3_errmsg(_database).utf8_to_string());
        return _statements[constant] = new SqliteStatement(_database, handle);
    }
}
