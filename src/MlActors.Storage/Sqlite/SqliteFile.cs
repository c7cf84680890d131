using System.Globalization;
using Microsoft.Data.Sqlite;
using MlActors.Storage.Sql;
using SQLitePCL;

namespace MlActors.Storage.Sqlite;

/// <summary>Opens connections with the settings that all else relies on, and checks at start-up that they took.</summary>
internal static class SqliteFile
{
    public static SqliteConnection OpenWriter(StorageOptions options)
    {
        var connection = Open(options, SqliteOpenMode.ReadWriteCreate);
        try
        {
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA page_size = {options.PageSize}"));
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = " + (options.Durability == Durability.Full ? "FULL" : "NORMAL"));
            var pages = Math.Max(1, options.CheckpointBytes / Math.Max(512, (long)Scalar(connection, "PRAGMA page_size")));
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA wal_autocheckpoint = {pages}"));
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {options.CheckpointBytes}"));
            Execute(connection, "PRAGMA cache_size = -65536");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenReader(StorageOptions options) => Open(options, SqliteOpenMode.ReadOnly);

    /// <summary>A file that nobody serves, to read from. A log that a server left when it died is part of it, and has to be written to for that.</summary>
    public static SqliteConnection OpenExisting(StorageOptions options)
    {
        var connection = Open(options, SqliteOpenMode.ReadWrite);
        Execute(connection, "PRAGMA query_only = ON");
        return connection;
    }

    /// <summary>A new file that is thrown away unless it is filled to its end: nothing is kept for the case that that goes wrong.</summary>
    public static SqliteConnection OpenForFilling(StorageOptions options)
    {
        var connection = Open(options, SqliteOpenMode.ReadWriteCreate);
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA page_size = {options.PageSize}"));
        foreach (var setting in (string[])["journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -65536"]) Execute(connection, "PRAGMA " + setting);
        return connection;
    }

    /// <exception cref="StorageOpenException">Something that was asked for is not so.</exception>
    public static void SelfCheck(SqliteConnection connection, StorageOptions options, DatabaseSchema schema)
    {
        Require((string)Scalar(connection, "PRAGMA journal_mode") == "wal", "it is not in write-ahead mode, as on a network file system; use a local disk");
        Require((long)Scalar(connection, "PRAGMA synchronous") == (options.Durability == Durability.Full ? 2 : 1), "commits are not as durable as configured");
        foreach (var index in schema.RequiredIndexes)
            Require(Counts($"sqlite_schema WHERE type = 'index' AND name = '{index}'"), $"its index {index} is missing");
        foreach (var index in schema.UniqueIndexes)
        {
            Require(Counts($"sqlite_schema s, pragma_index_list(s.tbl_name) i WHERE s.name = '{index}' AND i.name = s.name AND i.\"unique\" = 1"),
                $"its index {index} is not unique");
        }
        Execute(connection, "INSERT INTO probe (id, value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = value + 1");

        bool Counts(string rows) => (long)Scalar(connection, "SELECT count(*) FROM " + rows) == 1;

        void Require(bool condition, string problem)
        {
            if (!condition) throw new StorageOpenException($"The database {options.DatabasePath} cannot be used: {problem}.");
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static object Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()!;
    }

    private static SqliteConnection Open(StorageOptions options, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.DatabasePath,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = Math.Max(1, (int)Math.Ceiling(options.BusyTimeout.TotalSeconds)),
        }.ToString());
        connection.Open();
        raw.sqlite3_busy_timeout(connection.Handle, (int)options.BusyTimeout.TotalMilliseconds);
        return connection;
    }
}
