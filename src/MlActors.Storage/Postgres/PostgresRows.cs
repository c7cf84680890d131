using System.Globalization;
using MlActors.Jobs.Storage;
using MlActors.Storage.Transfer;
using Npgsql;

namespace MlActors.Storage.Postgres;

/// <summary>Tables of a schema as they are: their shapes, and their rows in the binary form of COPY.</summary>
internal sealed class PostgresRows(NpgsqlConnection connection, StoragePart part, string schema)
{
    private static readonly string[] Types = ["", "bigint", "double precision", "text", "bytea"];

    /// <summary>The tables that are carried, sorted by name.</summary>
    public IReadOnlyList<TableShape> Tables()
    {
        var names = List("SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY tablename COLLATE \"C\"", schema);
        return [.. names.Where(name => !TransferTables.LeftOut.ContainsKey(name)).Select(Shape)];
    }

    public string Place(string table) => $"{TableShape.Quoted(schema)}.{TableShape.Quoted(table)}";

    public bool HasRows(string table) => (bool)PostgresConnector.Scalar(connection, TransferTables.HasRows(table, Place(table)))!;

    public IEnumerable<RowBuffer> Read(TableShape table)
    {
        using var stream = connection.BeginRawBinaryCopy($"COPY (SELECT {table.ColumnList} FROM {Place(table.Name)}{(table.Key.Count == 0 ? "" : $" ORDER BY {table.KeyList}")}) TO STDOUT (FORMAT BINARY)");
        var copy = new CopyReader(stream, table);
        var row = new RowBuffer();
        while (copy.Read(row)) yield return row;
    }

    /// <summary>The sequence that numbers a column of the table, if there is one.</summary>
    public string? Sequence(TableShape table) => table.Key.Count != 1
        ? null
        : PostgresConnector.Scalar(connection, "SELECT pg_get_serial_sequence($1, $2)", Place(table.Name), table.Key[0]) as string;

    public long? Counted(TableShape table) => Sequence(table) is { } sequence && PostgresConnector.Scalar(connection, $"SELECT CASE WHEN is_called THEN last_value END FROM {sequence}") is long number
        ? number
        : null;

    private TableShape Shape(string table)
    {
        var names = List("SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum", Place(table));
        var types = List("SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum", Place(table));
        var key = List(
            """
            SELECT attname FROM pg_index, unnest(indkey) WITH ORDINALITY AS place (attnum, position), pg_attribute
            WHERE indrelid = $1::regclass AND indisprimary AND attrelid = indrelid AND pg_attribute.attnum = place.attnum ORDER BY position
            """, Place(table));
        return new TableShape(part, table, [.. names.Zip(types, Column)], key);

        ColumnShape Column(string name, string type) => new(name, Array.IndexOf(Types, type) is > 0 and var kind
            ? (ValueKind)kind
            : throw new StoreException($"The column [{table}.{name}] has the type {type}, which an export does not carry."));
    }

    private List<string> List(string sql, string value)
    {
        var rows = new List<string>();
        using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter { Value = value } } };
        using var reader = command.ExecuteReader();
        while (reader.Read()) rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        return rows;
    }
}
