using Microsoft.Data.Sqlite;
using MlActors.Jobs.Storage;
using MlActors.Storage.Transfer;
using SQLitePCL;

namespace MlActors.Storage.Sqlite;

/// <summary>Tables of a SQLite file as they are: their shapes, and their rows without a copy in between.</summary>
internal sealed class SqliteRows(SqliteConnection connection, StoragePart part)
{
    private const string CarriedTables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";

    private sqlite3 Handle => connection.Handle ?? throw new InvalidOperationException("The connection is not open.");

    /// <summary>The tables that are carried, sorted by name.</summary>
    public IReadOnlyList<TableShape> Tables() =>
        [.. Texts(CarriedTables).Where(name => !TransferTables.LeftOut.ContainsKey(name)).Select(Shape)];

    public bool HasRows(string table) => (long)SqliteFile.Scalar(connection, TransferTables.HasRows(table, TableShape.Quoted(table))) != 0;

    public IEnumerable<RowBuffer> Read(TableShape table)
    {
        var row = new RowBuffer();
        using var statement = Prepare($"SELECT {table.ColumnList} FROM {TableShape.Quoted(table.Name)}{(table.Key.Count == 0 ? "" : $" ORDER BY {table.KeyList}")}");
        while (Step(statement))
        {
            row.Clear();
            for (var i = 0; i < table.Columns.Count; i++) Add(row, statement, i, table);
            yield return row;
        }
    }

    /// <summary>How far a table has counted that never uses a number again.</summary>
    public long? Counted(string table)
    {
        using var statement = Prepare("SELECT (SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence')");
        Step(statement);
        if (raw.sqlite3_column_type(statement, 0) == raw.SQLITE_NULL) return null;
        using var counted = Prepare("SELECT seq FROM sqlite_sequence WHERE name = ?1");
        raw.sqlite3_bind_text(counted, 1, table);
        return Step(counted) ? raw.sqlite3_column_int64(counted, 0) : null;
    }

    public sqlite3_stmt Prepare(string sql)
    {
        var code = raw.sqlite3_prepare_v2(Handle, sql, out var statement);
        return code == raw.SQLITE_OK ? statement : throw Failure(code);
    }

    /// <returns>Whether there is a row.</returns>
    public bool Step(sqlite3_stmt statement)
    {
        var code = raw.sqlite3_step(statement);
        return code == raw.SQLITE_ROW || (code == raw.SQLITE_DONE ? false : throw Failure(code));
    }

    public SqliteFailure Failure(int code) => new(code, raw.sqlite3_errmsg(Handle).utf8_to_string());

    private static void Add(RowBuffer row, sqlite3_stmt statement, int column, TableShape table)
    {
        switch (raw.sqlite3_column_type(statement, column))
        {
            case raw.SQLITE_NULL:
                row.AddNull();
                return;
            case raw.SQLITE_INTEGER:
                row.Add(raw.sqlite3_column_int64(statement, column));
                break;
            case raw.SQLITE_FLOAT:
                row.Add(raw.sqlite3_column_double(statement, column));
                break;
            case raw.SQLITE_TEXT:
                row.Add(ValueKind.Text, raw.sqlite3_column_blob(statement, column));
                break;
            default:
                row.Add(ValueKind.Blob, raw.sqlite3_column_blob(statement, column));
                break;
        }
        // SQLite lets a column hold anything; the server writes what was declared.
        if (row.Kind(column) != table.Columns[column].Kind)
            throw new StoreException($"[{table}.{table.Columns[column].Name}] holds a {row.Kind(column)} where there should be a {table.Columns[column].Kind}; the database was changed by another program. Restore a backup.", null, StoreFailure.Fault);
    }

    private TableShape Shape(string table)
    {
        var (columns, key) = (new List<ColumnShape>(), new SortedList<int, string>());
        using var statement = Prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid");
        raw.sqlite3_bind_text(statement, 1, table);
        while (Step(statement))
        {
            var (name, type, place) = (raw.sqlite3_column_text(statement, 0).utf8_to_string(), raw.sqlite3_column_text(statement, 1).utf8_to_string(), raw.sqlite3_column_int(statement, 2));
            columns.Add(new ColumnShape(name, type switch
            {
                "INTEGER" => ValueKind.Integer,
                "REAL" => ValueKind.Real,
                "TEXT" => ValueKind.Text,
                "BLOB" => ValueKind.Blob,
                _ => throw new StoreException($"The column [{table}.{name}] has the type {type}, which an export does not carry."),
            }));
            if (place > 0) key.Add(place, name);
        }
        return new TableShape(part, table, columns, [.. key.Values]);
    }

    private List<string> Texts(string sql)
    {
        var texts = new List<string>();
        using var statement = Prepare(sql);
        while (Step(statement)) texts.Add(raw.sqlite3_column_text(statement, 0).utf8_to_string());
        return texts;
    }
}
