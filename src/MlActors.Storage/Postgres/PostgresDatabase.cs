using Microsoft.Extensions.Logging;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Reads;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>One schema with its writers and readers.</summary>
internal sealed class PostgresDatabase : IDisposable
{
    private PostgresDatabase(PostgresConnector connector, Ownership? ownership, TimeProvider time, ILogger logger, string name)
    {
        var options = connector.Options;
        Connector = connector;
        Readers = new ReadPool(options.Readers, () => new PostgresReadSession(connector), time, options.BusyTimeout, name);
        var limits = new WriterLimits(options.MaxTransactionGroups, options.MaxTransactionBytes, options.BusyTimeout);
        Writers = new WriteLanes([.. Enumerable.Range(0, options.Writers).Select(number =>
            new GroupWriter(new PostgresWriteSession(connector, ownership, time), limits, time, logger, name, number))]);
    }

    public PostgresConnector Connector { get; }

    public WriteLanes Writers { get; }

    public ReadPool Readers { get; }

    /// <summary>Creates or migrates the schema, checks it, and starts the writers and the readers.</summary>
    /// <param name="ownership">Of jobs; <c>null</c> where nothing is owned.</param>
    /// <param name="name">Of the threads and the fault points.</param>
    /// <exception cref="StorageOpenException">It cannot be used; the message says why.</exception>
    public static PostgresDatabase Open(
        PostgresOptions options, Doubts doubts, string schemaName, DatabaseSchema schema, Ownership? ownership, TimeProvider time, ILogger logger, string name)
    {
        PostgresConnector? connector = null;
        try
        {
            connector = new PostgresConnector(options, schemaName, doubts);
            var found = PostgresMigration.Run(connector, schema);
            if (found != schema.CurrentVersion) Log.Migrated(logger, connector.Name, found, schema.CurrentVersion);
            Log.OpenedDatabase(logger, connector.Name, schema.CurrentVersion);
            return new PostgresDatabase(connector, ownership, time, logger, name);
        }
        catch (Exception e)
        {
            connector?.Dispose();
            throw e is NpgsqlException or ArgumentException or System.Net.Sockets.SocketException
                ? new StorageOpenException($"The database {connector?.Name ?? schemaName} cannot be opened: {e.Message}", e)
                : e;
        }
    }

    /// <summary>Bytes of all tables with what belongs to them.</summary>
    public Task<long> BytesAsync() => Readers.RunAsync(session => session.Number(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = @0::text::regnamespace", Connector.Schema));

    /// <summary>Commits what was handed in and finishes the reads that were asked for.</summary>
    public void Dispose()
    {
        Writers.Dispose();
        Readers.Dispose();
        Connector.Dispose();
    }
}
