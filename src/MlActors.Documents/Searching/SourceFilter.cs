using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Documents.Matching;

namespace MlActors.Documents.Searching;

/// <summary>Which parts of documents are shown: paths with <c>*</c>; a path stands for all below it; what is left out wins.</summary>
/// <param name="Show"><c>false</c>: nothing at all.</param>
public sealed record SourceFilter(bool Show, ImmutableArray<string> Includes, ImmutableArray<string> Excludes)
{
    public static SourceFilter Everything { get; } = new(true, [], []);

    public static SourceFilter Nothing { get; } = new(false, [], []);

    public bool IsWhole => Show && Includes.IsEmpty && Excludes.IsEmpty;

    /// <summary>Reads the <c>_source</c> of a body.</summary>
    public static SourceFilter Read(JsonElement source)
    {
        switch (source.ValueKind)
        {
            case JsonValueKind.True: return Everything;
            case JsonValueKind.False: return Nothing;
            case JsonValueKind.String or JsonValueKind.Array: return new(true, Paths(source, "_source"), []);
            case JsonValueKind.Object:
                var filter = Everything;
                foreach (var option in source.EnumerateObject())
                {
                    filter = option.Name switch
                    {
                        "includes" or "include" => filter with { Includes = Paths(option.Value, "_source." + option.Name) },
                        "excludes" or "exclude" => filter with { Excludes = Paths(option.Value, "_source." + option.Name) },
                        _ => throw new QueryException($"unknown field [{option.Name}] in [_source]; supported: [includes, excludes]"),
                    };
                }
                return filter;
            default: throw new QueryException("[_source] must be true, false, paths, or an object with includes and excludes");
        }
    }

    private static ImmutableArray<string> Paths(JsonElement element, string place) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array when element.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. element.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw new QueryException($"[{place}] must be a list of paths"),
    };

    /// <summary>Writes what is shown of a document as a value.</summary>
    public void Write(Utf8JsonWriter json, ReadOnlyMemory<byte> source)
    {
        using var document = JsonDocument.Parse(source, new JsonDocumentOptions { MaxDepth = DocumentFields.MaxDepth });
        WriteObject(json, document.RootElement, "", Includes.IsEmpty);
    }

    private void WriteObject(Utf8JsonWriter json, JsonElement element, string prefix, bool isIn)
    {
        json.WriteStartObject();
        foreach (var property in element.EnumerateObject())
        {
            var path = prefix + property.Name;
            if (Excludes.Any(pattern => TextRules.Matches(pattern, path, ignoreCase: false))) continue;
            var whole = isIn || Includes.Any(pattern => TextRules.Matches(pattern, path, ignoreCase: false));
            if (!whole && !LeadsTo(property.Value, path)) continue;
            json.WritePropertyName(property.Name);
            WriteValue(json, property.Value, path, whole);
        }
        json.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter json, JsonElement value, string path, bool isIn)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(json, value, path + ".", isIn);
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    if (isIn || item.ValueKind is JsonValueKind.Object or JsonValueKind.Array) WriteValue(json, item, path, isIn);
                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    // Whether something below is asked for.
    private bool LeadsTo(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(property => $"{path}.{property.Name}" is var below
            && (Includes.Any(pattern => TextRules.Matches(pattern, below, ignoreCase: false)) || LeadsTo(property.Value, below))),
        JsonValueKind.Array => value.EnumerateArray().Any(item => LeadsTo(item, path)),
        _ => false,
    };
}
