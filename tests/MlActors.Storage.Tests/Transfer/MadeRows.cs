using Microsoft.Data.Sqlite;
using MlActors.Storage.Sqlite;
using MlActors.Storage.Tests.Sqlite;
using MlActors.Storage.Transfer;

namespace MlActors.Storage.Tests.Transfer;

/// <summary>Rows for every table that there is, of values that are easily changed on the way.</summary>
internal static class MadeRows
{
    private static readonly string[] Texts = ["", " ", "häßlich", "日本\u202e語", "🦊", "\u0001\t\r\n\\N", "'\"; DROP TABLE job --", "\uFFFD", new string('x', 70_000)];
    private static readonly double[] Reals = [0, 1, -1.5, double.Epsilon, double.MaxValue, double.PositiveInfinity, double.NegativeInfinity, 0.1 + 0.2, 9007199254740993];
    private static readonly long[] Integers = [0, 1, -1, long.MaxValue, long.MinValue, 127, 128, 1L << 32, 1_700_000_000_123];

    /// <summary>Writes them as another program would, over what is there.</summary>
    public static void Into(SqliteUnderTest place, int rows, int seed)
    {
        place.Open().Dispose();
        var random = new Random(seed);
        foreach (var (part, path) in Files(place))
        {
            using var connection = Connect(path);
            foreach (var table in new SqliteRows(connection, part).Tables())
            {
                Execute(connection, $"DELETE FROM {table.Name}");
                for (var i = 0; i < rows; i++) Insert(connection, table, i, random);
            }
        }
    }

    /// <summary>All rows of all tables, each as a line that shows every bit.</summary>
    public static IReadOnlyList<string> Of(SqliteUnderTest place) => [.. Files(place).SelectMany(file =>
    {
        using var connection = Connect(file.Path);
        return new SqliteRows(connection, file.Part).Tables().SelectMany(table => Lines(connection, table)).ToList();
    })];

    public static string Show(object value) => value switch
    {
        byte[] bytes => "x" + Convert.ToHexString(bytes),
        double real => "d" + BitConverter.DoubleToInt64Bits(real).ToString("x"),
        long integer => "i" + integer,
        string text => "t" + Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text)),
        DBNull => "null",
        _ => throw new ArgumentException($"{value.GetType()}", nameof(value)),
    };

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    public static IEnumerable<(StoragePart Part, string Path)> Files(SqliteUnderTest place) =>
        [(StoragePart.Jobs, place.Options.DatabasePath), (StoragePart.Documents, place.Options.ForDocuments.DatabasePath)];

    private static void Insert(SqliteConnection connection, TableShape table, int number, Random random)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO {table.Name} ({table.ColumnList}) VALUES ({string.Join(", ", table.Columns.Select((_, i) => "@" + i))})";
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var column = table.Columns[i];
            // Keys and what is unique besides are told apart by the number.
            var counts = table.Key.Contains(column.Name) || column.Name is "job_id" or "persistence_id" or "name";
            command.Parameters.AddWithValue("@" + i, Value(column.Kind, number, random, counts));
        }
        command.ExecuteNonQuery();
    }

    private static object Value(ValueKind kind, int number, Random random, bool counts)
    {
        switch (kind)
        {
            case ValueKind.Integer:
                return counts ? (number * 3) + 1L : random.Next(2) == 0 ? Integers[random.Next(Integers.Length)] : random.NextInt64(long.MinValue, long.MaxValue);
            case ValueKind.Real:
                return random.Next(2) == 0 ? Reals[random.Next(Reals.Length)] : random.NextDouble();
            case ValueKind.Text:
                return counts ? $"{Texts[random.Next(6)]}-{number}" : Texts[random.Next(Texts.Length)];
            default:
                var bytes = new byte[random.Next(4) switch { 0 => 0, 1 => random.Next(300_000), _ => random.Next(100) }];
                random.NextBytes(bytes);
                return bytes;
        }
    }

    private static IEnumerable<string> Lines(SqliteConnection connection, TableShape table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {table.ColumnList} FROM {table.Name} ORDER BY {table.KeyList}";
        using var row = command.ExecuteReader();
        while (row.Read()) yield return table.Name + "|" + string.Join("|", Enumerable.Range(0, row.FieldCount).Select(i => Show(row.GetValue(i))));
    }
}
