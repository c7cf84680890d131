using System.Globalization;
using System.Text;
using System.Text.Json;
using MlActors.Node.Commands;

namespace MlActors.Node.Detecting;

/// <summary>The first records of an input as texts, to find out what its columns are.</summary>
/// <param name="Rows">One cell for each column; empty where missing.</param>
/// <param name="IsWhole">Whether these are all records there are.</param>
internal sealed record Sample(IReadOnlyList<string> Columns, IReadOnlyList<string[]> Rows, bool IsJson, bool IsWhole)
{
    /// <summary>So much of the input is looked at.</summary>
    public const int Bytes = 1 << 20;

    private const int MostRows = 20_000;
    private const int RowsToJudgeBy = 1000;

    /// <summary>Whether a text is a value of some kind and not a name: a number or a time.</summary>
    public static bool IsValue(string text) => IsNumber(text) || TimeForm.Of([text]) is not null;

    public static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);

    /// <summary>The cells of a column that are not empty: enough of them to see what it holds.</summary>
    public IEnumerable<string> Cells(string column) => AllCells(column).Take(RowsToJudgeBy);

    public IEnumerable<string> AllCells(string column)
    {
        var at = Columns.ToList().IndexOf(column);
        return Rows.Select(row => row[at]).Where(cell => cell.Length > 0);
    }

    /// <exception cref="CommandException">There is no record among the bytes.</exception>
    public static Sample Of(ReadOnlyMemory<byte> start)
    {
        var isWhole = start.Length < Bytes;
        var first = start.Span.TrimStart("\uFEFF \t\r\n"u8);
        if (first.IsEmpty) throw new CommandException("there is nothing in it");
        var sample = first[0] is (byte)'{' or (byte)'[' ? OfJson(start[^first.Length..], isWhole) : OfCsv(start, isWhole);
        return sample.Rows.Count > 0 ? sample : throw new CommandException($"there is no record in it, only {(sample.IsJson ? "the start of one" : "the header")}");
    }

    private static Sample OfCsv(ReadOnlyMemory<byte> start, bool isWhole)
    {
        // The last line may be cut short.
        var end = isWhole ? start.Length : start.Span.LastIndexOf((byte)'\n') + 1;
        using var text = new StreamReader(new MemoryStream(start[..end].ToArray()), Encoding.UTF8);
        using var table = CsvTable.Open(text, IsValue);
        var rows = new List<string[]>();
        while (rows.Count < MostRows && table.Read())
            rows.Add([.. Enumerable.Range(0, table.Columns.Count).Select(column => table.Cell(column).Trim().ToString())]);
        return new Sample(table.Columns, rows, IsJson: false, isWhole && rows.Count < MostRows);
    }

    private static Sample OfJson(ReadOnlyMemory<byte> start, bool isWhole)
    {
        var records = new List<Dictionary<string, string>>();
        var columns = new List<string>();
        var reader = new Utf8JsonReader(start.Span, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
        try
        {
            while (records.Count < MostRows && reader.Read())
            {
                if (reader.TokenType != JsonTokenType.StartObject || !JsonDocument.TryParseValue(ref reader, out var document)) continue;
                using (document)
                {
                    var record = new Dictionary<string, string>(StringComparer.Ordinal);
                    Flatten(document.RootElement, "", record);
                    foreach (var name in record.Keys) if (!columns.Contains(name)) columns.Add(name);
                    records.Add(record);
                }
            }
        }
        catch (JsonException)
        {
            // What is damaged is for the reader of the records to say; the sample ends here.
        }
        return new Sample(columns, [.. records.Select(record => columns.Select(name => record.GetValueOrDefault(name, "")).ToArray())], IsJson: true,
            isWhole && records.Count < MostRows);
    }

    private static void Flatten(JsonElement element, string prefix, Dictionary<string, string> record)
    {
        foreach (var field in element.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Object) Flatten(field.Value, prefix + field.Name + ".", record);
            else record[prefix + field.Name] = field.Value.ToString();
        }
    }
}
