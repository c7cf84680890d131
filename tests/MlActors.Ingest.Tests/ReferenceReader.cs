using System.Globalization;
using System.Text.Json;
using MlActors.Analysis.Input;

namespace MlActors.Ingest.Tests;

/// <summary>The rules of reading a record, written as simply as they can be, over the platform's own JSON parser.</summary>
internal sealed class ReferenceReader(BatchSchema schema, string timeField)
{
    public List<string> Rows { get; } = [];

    public long InputFields { get; private set; }

    public long InvalidDates { get; private set; }

    public long MissingFields { get; private set; }

    public void Add(string record)
    {
        using var document = JsonDocument.Parse(record);
        var fields = new List<(string Name, JsonElement Value)>();
        Flatten(null, document.RootElement, fields);
        InputFields += fields.Count(field => field.Name != timeField);

        // Arrays with anything nested in them are as though they were not there; the last of a repeated field counts.
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in fields)
            if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().All(IsScalar))
                values[name] = value;

        if (!values.TryGetValue(timeField, out var time) || Time(time) is not { } seconds)
        {
            InvalidDates++;
            return;
        }
        var lacks = new HashSet<string>(StringComparer.Ordinal);
        var cells = schema.Fields.Select(field =>
        {
            var cell = values.TryGetValue(field.Name, out var value) ? field.Kind == FieldKind.Number ? Number(value) : $"'{Text(value)}'" : "-";
            if (cell == "-") lacks.Add(field.Name);
            return cell;
        });
        Rows.Add(string.Join(" ", cells.Prepend(seconds.ToString(CultureInfo.InvariantCulture))));
        MissingFields += lacks.Count;
    }

    private static void Flatten(string? prefix, JsonElement element, List<(string Name, JsonElement Value)> fields)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = prefix is null ? property.Name : $"{prefix}.{property.Name}";
            if (property.Value.ValueKind == JsonValueKind.Object) Flatten(name, property.Value, fields);
            else fields.Add((name, property.Value));
        }
    }

    private static bool IsScalar(JsonElement value) => value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(Text)),
        _ => value.GetRawText(),
    };

    private static string Number(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return "-";
        var read = double.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        return read && double.IsFinite(number) ? Uploads.Show(number) : "-";
    }

    private static long? Time(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String)) return null;
        if (!decimal.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)) return null;
        return decimal.Floor(seconds) is var whole and >= -62_135_596_800 and <= 253_402_300_799 ? (long)whole : null;
    }
}
