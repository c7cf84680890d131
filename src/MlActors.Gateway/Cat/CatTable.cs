using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MlActors.Gateway.Cat;

/// <summary>Sorts rows and writes them, aligned in columns or as JSON.</summary>
internal sealed class CatTable<TRow>(IReadOnlyList<CatColumn<TRow>> columns, string? bytesUnit, string? timeUnit)
{
    /// <summary>Sorts by several columns; rows without a value come last whatever the direction.</summary>
    public static IEnumerable<TRow> Sort(IEnumerable<TRow> rows, IReadOnlyList<(CatColumn<TRow> Column, bool Descending)> keys)
    {
        var sorted = rows.OrderBy(_ => 0);
        foreach (var (column, descending) in keys)
        {
            sorted = sorted.ThenBy(row => column.Value(row) is null);
            sorted = descending ? sorted.ThenByDescending(column.Value, Values) : sorted.ThenBy(column.Value, Values);
        }
        return sorted;
    }

    public string WriteText(IReadOnlyList<TRow> rows, bool header)
    {
        var lines = rows.Select(row => columns.Select(column => Show(column, row)).ToArray()).ToList();
        if (header) lines.Insert(0, [.. columns.Select(column => column.Name)]);
        var widths = columns.Select((_, i) => lines.Count == 0 ? 0 : lines.Max(line => line[i].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            for (var i = 0; i < line.Length; i++)
            {
                if (i > 0) text.Append(' ');
                var right = columns[i].Type != CatType.Text;
                if (right) text.Append(line[i].PadLeft(widths[i]));
                else text.Append(i == line.Length - 1 ? line[i] : line[i].PadRight(widths[i]));
            }
            text.Append('\n');
        }
        return text.ToString();
    }

    public void WriteJson(Utf8JsonWriter json, IReadOnlyList<TRow> rows)
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            foreach (var column in columns)
            {
                if (column.Value(row) is null) json.WriteNull(column.Name);
                else json.WriteString(column.Name, Show(column, row));
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The columns there are, with their short names and what they show.</summary>
    public static string WriteHelp(IReadOnlyList<CatColumn<TRow>> all)
    {
        var (names, aliases) = (all.Max(column => column.Name.Length), all.Max(column => string.Join(',', column.Aliases).Length));
        var text = new StringBuilder();
        foreach (var column in all)
        {
            text.Append(column.Name.PadRight(names)).Append(" | ").Append(string.Join(',', column.Aliases).PadRight(aliases)).Append(" | ")
                .Append(column.Doc).Append('\n');
        }
        return text.ToString();
    }

    private string Show(CatColumn<TRow> column, TRow row) => column.Value(row) switch
    {
        null => "",
        long bytes when column.Type == CatType.Bytes => CatUnits.Bytes(bytes, bytesUnit),
        double milliseconds when column.Type == CatType.Time => CatUnits.Time(milliseconds, timeUnit),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static IComparer<IComparable?> Values { get; } = Comparer<IComparable?>.Create((a, b) =>
        a is string x && b is string y ? string.CompareOrdinal(x, y) : Comparer<IComparable?>.Default.Compare(a, b));
}
