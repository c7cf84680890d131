using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using MlActors.Documents.Searching;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Expressions;

namespace MlActors.Gateway.Documents;

/// <summary>The <c>fields</c> of a hit: values as lists under their dotted paths.</summary>
internal static class FieldValues
{
    private const string Keyword = ".keyword";

    public static void Write(Utf8JsonWriter json, ImmutableArray<FieldRequest> requests, Hit hit)
    {
        using var document = JsonDocument.Parse(hit.Source);
        var values = new SortedDictionary<string, List<JsonElement>>(StringComparer.Ordinal);
        Collect(document.RootElement, "", values);
        json.WriteStartObject("fields");
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var request in requests)
        {
            // The exact form of a text goes by this name.
            var plain = request.Pattern.EndsWith(Keyword, StringComparison.Ordinal) ? request.Pattern[..^Keyword.Length] : request.Pattern;
            foreach (var (path, list) in values)
            {
                var shown = JobExpression.Matches(request.Pattern, path) ? path : plain == path ? request.Pattern : null;
                if (shown is null || !written.Add(shown)) continue;
                json.WriteStartArray(shown);
                foreach (var value in list) WriteValue(json, value, request, hit, path);
                json.WriteEndArray();
            }
        }
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, JsonElement value, FieldRequest request, Hit hit, string path)
    {
        if (hit.Index.Mapping.DateOf(path) is { } format && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && format.TryParse(Encoding.UTF8.GetBytes(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()), value.ValueKind == JsonValueKind.Number, out var ms))
        {
            if (request.Format == "epoch_millis") json.WriteStringValue(ms.ToString(System.Globalization.CultureInfo.InvariantCulture));
            else json.WriteStringValue(TimeText.Iso(ms));
        }
        else
        {
            value.WriteTo(json);
        }
    }

    private static void Collect(JsonElement element, string path, SortedDictionary<string, List<JsonElement>> values)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject()) Collect(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", values);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Collect(item, path, values);
                break;
            case JsonValueKind.Null: break;
            default:
                if (!values.TryGetValue(path, out var list)) values.Add(path, list = []);
                list.Add(element);
                break;
        }
    }
}
