using Microsoft.Data.Sqlite;
using MlActors.Jobs.Storage;
using MlActors.Storage.Transfer;
using SQLitePCL;

namespace MlActors.Storage.Sqlite;

/// <summary>Fills a data folder through files beside its databases, see <see cref="SqliteImportFiles"/>.</summary>
internal sealed class SqliteRowTarget : RowTarget
{
    private readonly StorageOptions[] _places;
    private readonly IDisposable _directory;
    private readonly List<SqliteConnection> _connections = [];
    private SqliteRows[] _rows = [];
    private TableShape? _table;
    private sqlite3_stmt? _insert;
    private bool _begun;

    /// <exception cref="StorageOpenException">The folder is in use.</exception>
    public SqliteRowTarget(StorageOptions options)
    {
        _places = [options, options.ForDocuments];
        _directory = DirectoryLock.Take(Path.GetFullPath(options.DataDirectory));
    }

    public override IReadOnlyList<TableShape> Tables => [.. _rows.SelectMany(rows => rows.Tables())];

    public override void Prepare(SchemaVersions versions)
    {
        SqliteImportFiles.Finish(_places[0]);
        foreach (var place in _places) RequireEmpty(place);
        SqliteImportFiles.Clean(_places[0]);
        foreach (var place in _places) SqliteImportFiles.Delete(place.DatabasePath);
        _begun = true;
        foreach (var part in Enum.GetValues<StoragePart>())
        {
            var connection = SqliteFile.OpenForFilling(SqliteImportFiles.UnderWay(_places[(int)part]));
            _connections.Add(connection);
            SqliteMigration.Run(connection, TransferTables.SchemaOf(part), versions[part]);
            SqliteFile.Execute(connection, "BEGIN");
        }
        _rows = [.. _connections.Select((connection, part) => new SqliteRows(connection, (StoragePart)part))];
        foreach (var table in Tables.Where(table => TransferTables.Seeds.ContainsKey(table.Name)))
            SqliteFile.Execute(_connections[(int)table.Part], $"DELETE FROM {TableShape.Quoted(table.Name)}");
    }

    public override void Begin(TableShape table)
    {
        _table = table;
        var values = string.Join(", ", Enumerable.Range(1, table.Columns.Count).Select(i => $"?{i}"));
        _insert = _rows[(int)table.Part].Prepare($"INSERT INTO {TableShape.Quoted(table.Name)} ({table.ColumnList}) VALUES ({values})");
    }

    public override void Write(RowBuffer row)
    {
        var (statement, rows) = (_insert!, _rows[(int)_table!.Part]);
        for (var i = 0; i < row.Count; i++)
            if (Bind(statement, i, row) is not raw.SQLITE_OK and var code) throw rows.Failure(code);
        try
        {
            rows.Step(statement);
        }
        catch (SqliteFailure refused) when (refused.OfTheGroup)
        {
            throw ExportFormat.Refused(_table, refused.Message, refused);
        }
        raw.sqlite3_reset(statement);
    }

    public override void End(long? counted)
    {
        _insert!.Dispose();
        _insert = null;
        if (counted is not { } number || _rows[(int)_table!.Part].Counted(_table.Name) is { } now && now >= number) return;
        // Only of tables that never use a number again: there the highest number that was used is not that of a row.
        if (!IsCounting(_table)) return;
        using var command = _connections[(int)_table.Part].CreateCommand();
        command.CommandText = "DELETE FROM sqlite_sequence WHERE name = @table; INSERT INTO sqlite_sequence (name, seq) VALUES (@table, @number)";
        command.Parameters.AddWithValue("@table", _table.Name);
        command.Parameters.AddWithValue("@number", number);
        command.ExecuteNonQuery();
    }

    public override void Complete()
    {
        foreach (var part in Enum.GetValues<StoragePart>())
        {
            SqliteFile.Execute(_connections[(int)part], "COMMIT");
            SqliteMigration.Run(_connections[(int)part], TransferTables.SchemaOf(part));
        }
        CloseConnections();
        foreach (var place in _places)
        {
            using var file = new FileStream(SqliteImportFiles.UnderWay(place).DatabasePath, FileMode.Open, FileAccess.ReadWrite);
            file.Flush(flushToDisk: true);
        }
        _begun = false;
        SqliteImportFiles.Commit(_places[0]);
    }

    public override void Dispose()
    {
        _insert?.Dispose();
        CloseConnections();
        try
        {
            if (_begun) SqliteImportFiles.Clean(_places[0]);
        }
        catch (IOException)
        {
            // They are refused by a server and cleaned by the next import; why this one failed is worth more.
        }
        _directory.Dispose();
    }

    private static void RequireEmpty(StorageOptions place)
    {
        if (!File.Exists(place.DatabasePath)) return;
        using var connection = SqliteFile.OpenExisting(place);
        var rows = new SqliteRows(connection, StoragePart.Jobs);
        if (rows.Tables().FirstOrDefault(table => rows.HasRows(table.Name)) is not { } table) return;
        throw new StoreException($"The database {place.DatabasePath} is not empty: its table [{table.Name}] has rows. Import into an empty data folder: give another one with --data.");
    }

    private bool IsCounting(TableShape table) => SqliteFile.Scalar(_connections[(int)table.Part],
        $"SELECT count(*) FROM sqlite_schema WHERE name = '{table.Name.Replace("'", "''", StringComparison.Ordinal)}' AND sql LIKE '%AUTOINCREMENT%'") is 1L;

    private int Bind(sqlite3_stmt statement, int column, RowBuffer row)
    {
        switch (row.Kind(column))
        {
            case ValueKind.Null:
                return raw.sqlite3_bind_null(statement, column + 1);
            case ValueKind.Integer:
                return raw.sqlite3_bind_int64(statement, column + 1, row.Integer(column));
            case ValueKind.Real:
                // SQLite would take it for nothing.
                if (double.IsNaN(row.Real(column))) throw new StoreException($"[{_table}.{_table!.Columns[column].Name}] holds NaN, which SQLite cannot keep. Import into PostgreSQL.");
                return raw.sqlite3_bind_double(statement, column + 1, row.Real(column));
            case ValueKind.Text:
                // An empty span would be null.
                return row.Bytes(column) is { IsEmpty: false } text ? raw.sqlite3_bind_text(statement, column + 1, text) : raw.sqlite3_bind_text(statement, column + 1, "");
            default:
                return row.Bytes(column) is { IsEmpty: false } bytes ? raw.sqlite3_bind_blob(statement, column + 1, bytes) : raw.sqlite3_bind_zeroblob(statement, column + 1, 0);
        }
    }

    private void CloseConnections()
    {
        foreach (var connection in _connections) connection.Dispose();
        _connections.Clear();
    }
}
