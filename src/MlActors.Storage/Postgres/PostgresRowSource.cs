using System.Data;
using MlActors.Storage.Transfer;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>The rows of both schemas in one transaction: one state, while servers go on.</summary>
internal sealed class PostgresRowSource : RowSource
{
    private readonly PostgresConnector _connector;
    private readonly NpgsqlConnection _connection;
    private readonly PostgresRows[] _rows;

    /// <exception cref="StorageOpenException">There is nothing in it, or a newer version wrote it.</exception>
    public PostgresRowSource(PostgresOptions options)
    {
        _connector = new PostgresConnector(options, options.Schema);
        try
        {
            _connection = _connector.Open();
            PostgresConnector.Execute(_connection, "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
            _connection.BeginTransaction(IsolationLevel.RepeatableRead);
            PostgresConnector.Execute(_connection, "SET TRANSACTION READ ONLY");
            _rows = [new PostgresRows(_connection, StoragePart.Jobs, options.Schema), new PostgresRows(_connection, StoragePart.Documents, options.DocumentsSchema)];
            Versions = PostgresMigration.Versions(_connection, options);
            foreach (var part in Enum.GetValues<StoragePart>())
            {
                if (Versions[part] == 0) throw new StorageOpenException($"There is no storage in {_connector.Name}: give the configuration of a server with --config.");
                TransferTables.SchemaOf(part).StepsFrom(Versions[part], _connector.Name);
            }
            Tables = [.. _rows.SelectMany(rows => rows.Tables())];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override string Kind => "postgresql";

    public override SchemaVersions Versions { get; }

    public override IReadOnlyList<TableShape> Tables { get; }

    public override IEnumerable<RowBuffer> Read(TableShape table) => _rows[(int)table.Part].Read(table);

    public override long? Counted(TableShape table) => _rows[(int)table.Part].Counted(table);

    public override void Dispose()
    {
        _connection?.Dispose();
        _connector.Dispose();
    }
}
