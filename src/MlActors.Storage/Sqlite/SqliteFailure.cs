using MlActors.Jobs.Storage;
using SQLitePCL;

namespace MlActors.Storage.Sqlite;

/// <summary>SQLite said no to a statement of the writer.</summary>
internal sealed class SqliteFailure(int code, string message) : Exception(message)
{
    /// <summary>The primary result code.</summary>
    public int Code { get; } = code & 0xff;

    /// <summary>Whether the group itself is at fault, so that others of its transaction are worth a common second try.</summary>
    public bool OfTheGroup => Code is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH;

    public static StoreException Translate(Exception e) => e switch
    {
        StoreException already => already,
        SqliteFailure failure => Translate(failure.Code, failure),
        Microsoft.Data.Sqlite.SqliteException sqlite => Translate(sqlite.SqliteErrorCode, sqlite),
        InvalidDataException damaged => new StoreException(damaged.Message, damaged, StoreFailure.Fault),
        _ => new StoreException("The store failed: " + e.Message, e, StoreFailure.Fault),
    };

    private static StoreException Translate(int code, Exception inner) => code switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new("The database is locked by another process; nothing was written.", inner),
        raw.SQLITE_FULL => new("The disk that holds the data directory is full; nothing was written.", inner),
        raw.SQLITE_READONLY => new("The database cannot be written to; nothing was written.", inner),
        raw.SQLITE_NOMEM => new("The store is out of memory; nothing was written.", inner),
        raw.SQLITE_CONSTRAINT => new("The rows were written by another owner already; nothing was written.", inner, StoreFailure.Conflict),
        raw.SQLITE_TOOBIG => new("A value is too large to be stored; nothing was written.", inner, StoreFailure.Fault),
        raw.SQLITE_IOERR => new("The disk that holds the data directory failed.", inner, StoreFailure.Fault),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new("The database file is damaged; restore a backup.", inner, StoreFailure.Fault),
        _ => new("The store failed.", inner, StoreFailure.Fault),
    };
}
