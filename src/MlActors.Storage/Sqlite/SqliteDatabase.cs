using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Reads;

namespace MlActors.Storage.Sqlite;

/// <summary>One database file with its one writer and its readers.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private SqliteDatabase(StorageOptions options, SqliteConnection connection, TimeProvider time, ILogger logger, string name)
    {
        Options = options;
        Readers = new ReadPool(options.Readers, () => new SqliteReadSession(SqliteFile.OpenReader(options)), time, options.BusyTimeout, name);
        Writers = new WriteLanes(new GroupWriter(
            new SqliteWriteSession(connection), new WriterLimits(options.MaxTransactionGroups, options.MaxTransactionBytes, options.BusyTimeout), time, logger, name));
    }

    public StorageOptions Options { get; }

    public WriteLanes Writers { get; }

    public ReadPool Readers { get; }

    public long FileBytes => Length(Options.DatabasePath);

    public long LogBytes => Length(Options.DatabasePath + "-wal");

    /// <summary>Creates or migrates the file, checks it, and starts the writer and the readers.</summary>
    /// <param name="name">Of the threads and the fault points.</param>
    /// <exception cref="StorageOpenException">It cannot be used; the message says why.</exception>
    public static SqliteDatabase Open(StorageOptions options, DatabaseSchema schema, TimeProvider time, ILogger logger, string name)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = SqliteFile.OpenWriter(options);
            var found = SqliteMigration.Run(connection, schema);
            if (found != schema.CurrentVersion) Log.Migrated(logger, options.DatabasePath, found, schema.CurrentVersion);
            SqliteFile.SelfCheck(connection, options, schema);
            var database = new SqliteDatabase(options, connection, time, logger, name);
            Log.Opened(logger, options.DatabasePath, schema.CurrentVersion, Length(options.DatabasePath));
            return database;
        }
        catch (Exception e)
        {
            connection?.Dispose();
            throw e is SqliteException or SqliteFailure
                ? new StorageOpenException($"The database {options.DatabasePath} cannot be opened: {SqliteFailure.Translate(e).Message} ({e.Message})", e)
                : e;
        }
    }

    /// <summary>Commits what was handed in and finishes the reads that were asked for.</summary>
    public void Dispose()
    {
        Writers.Dispose();
        Readers.Dispose();
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
