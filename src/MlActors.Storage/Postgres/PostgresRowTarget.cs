using System.Globalization;
using MlActors.Jobs.Storage;
using MlActors.Storage.Transfer;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>Fills both schemas in one transaction, under the locks of their migrations: who opens the storage meanwhile waits, and finds all of it or nothing.</summary>
internal sealed class PostgresRowTarget : RowTarget
{
    private readonly PostgresConnector _connector;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly string[] _schemas;
    private readonly PostgresRows[] _rows;
    private TableShape? _table;
    private NpgsqlRawCopyStream? _stream;
    private CopyWriter? _copy;
    private IReadOnlyList<TableShape>? _tables;

    public PostgresRowTarget(PostgresOptions options)
    {
        _connector = new PostgresConnector(options, options.Schema);
        try
        {
            _connection = _connector.Open();
            _transaction = _connection.BeginTransaction();
            _schemas = [options.Schema, options.DocumentsSchema];
            _rows = [.. _schemas.Select((schema, part) => new PostgresRows(_connection, (StoragePart)part, schema))];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override IReadOnlyList<TableShape> Tables => _tables ??= [.. _rows.SelectMany(rows => rows.Tables())];

    public override void Prepare(SchemaVersions versions)
    {
        // Rows may come slowly, out of a pipe.
        PostgresConnector.Execute(_connection, "SET LOCAL idle_in_transaction_session_timeout = 0");
        foreach (var schema in _schemas) PostgresMigration.Lock(_connection, schema);
        foreach (var part in Enum.GetValues<StoragePart>())
        {
            LookInto(part);
            var found = PostgresMigration.Version(_connection, _schemas[(int)part]);
            if (found > 0) RequireEmpty(part, found, versions[part]);
            PostgresMigration.Take(_connection, _schemas[(int)part], _connector.Name, TransferTables.SchemaOf(part), versions[part]);
        }
        foreach (var table in Tables.Where(table => TransferTables.Seeds.ContainsKey(table.Name)))
            PostgresConnector.Execute(_connection, $"DELETE FROM {_rows[(int)table.Part].Place(table.Name)}");
    }

    public override void Begin(TableShape table)
    {
        _table = table;
        _stream = _connection.BeginRawBinaryCopy($"COPY {_rows[(int)table.Part].Place(table.Name)} ({table.ColumnList}) FROM STDIN (FORMAT BINARY)");
        _copy = new CopyWriter(_stream);
    }

    public override void Write(RowBuffer row)
    {
        try
        {
            _copy!.Write(row);
        }
        catch (PostgresException refused)
        {
            throw Refusal(refused);
        }
    }

    public override void End(long? counted)
    {
        try
        {
            _copy!.Finish();
            _stream!.Dispose();
        }
        catch (PostgresException refused)
        {
            throw Refusal(refused);
        }
        ChangedTexts += _copy.ChangedTexts;
        _stream = null;
        var rows = _rows[(int)_table!.Part];
        if (rows.Sequence(_table) is not { } sequence) return;
        // Behind all numbers that are used, and those that were: what comes next is new.
        PostgresConnector.Execute(_connection,
            $"SELECT setval('{sequence}', greatest(1, number), number > 0) FROM (SELECT greatest(max({_table.KeyList}), {(counted ?? 0).ToString(CultureInfo.InvariantCulture)}) AS number FROM {rows.Place(_table.Name)}) AS newest");
    }

    public override void Complete()
    {
        foreach (var part in Enum.GetValues<StoragePart>())
        {
            LookInto(part);
            PostgresMigration.Take(_connection, _schemas[(int)part], _connector.Name, TransferTables.SchemaOf(part));
            PostgresMigration.Check(_connection, _schemas[(int)part], _connector.Name, TransferTables.SchemaOf(part));
        }
        // The first queries should not be planned for empty tables.
        foreach (var table in Tables) PostgresConnector.Execute(_connection, $"ANALYZE {_rows[(int)table.Part].Place(table.Name)}");
        _transaction.Commit();
    }

    public override void Dispose()
    {
        try
        {
            _stream?.Cancel();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException)
        {
            // It is not committed, which is enough.
        }
        _connection?.Dispose();
        _connector.Dispose();
    }

    private void LookInto(StoragePart part) => PostgresConnector.Execute(_connection, $"SET LOCAL search_path = {TableShape.Quoted(_schemas[(int)part])}");

    private void RequireEmpty(StoragePart part, int found, int version)
    {
        var (rows, name) = (_rows[(int)part], $"{_connector.Name.Split(' ')[0]} ({_schemas[(int)part]})");
        if (rows.Tables().FirstOrDefault(table => rows.HasRows(table.Name)) is { } table)
            throw new StoreException($"The database {name} is not empty: its table [{table.Name}] has rows. Import into an empty one: give another mlactors.storage.postgresql.schema or database.");
        if (part == StoragePart.Jobs && PostgresServing.Of(_connection, _schemas[0]) is { Count: > 0 } serving)
            throw new StoreException($"The database {name} is in use by {string.Join(", ", serving)}. Stop them, and import then; one that was killed counts for {PostgresServing.Patience.TotalSeconds} s more.");
        if (found == version) return;
        throw new StoreException(string.Create(CultureInfo.InvariantCulture, $"The database {name} has empty tables of schema {found}, the export has schema {version}. ") +
            $"Drop them (DROP SCHEMA {_schemas[0]}, {_schemas[1]} CASCADE) and import again; the import makes its tables.");
    }

    private StoreException Refusal(PostgresException refused)
    {
        // The stream is of no more use, and the transaction will not commit.
        _stream = null;
        // Data and constraints; else it is the database that cannot, as when its disk is full.
        return refused.SqlState[..2] is "22" or "23"
            ? ExportFormat.Refused(_table!, refused.MessageText, refused)
            : new StoreException($"The table [{_table}] cannot be imported: {refused.MessageText}. Nothing was imported.", refused);
    }
}
