using System.Collections.Frozen;
using System.Text.Json;
using MlActors.Documents.Store;
using MlActors.Documents.Times;

namespace MlActors.Documents.Indices;

/// <summary>The types that an index's mappings give its fields, by dotted path. A field that is not named has the type of its values.</summary>
public sealed class IndexMapping
{
    private static readonly FrozenDictionary<string, DateFormat> NoDates = FrozenDictionary<string, DateFormat>.Empty;

    private readonly FrozenDictionary<string, DateFormat> _dates;
    private readonly FrozenDictionary<string, string> _types;

    private IndexMapping(FrozenDictionary<string, DateFormat> dates, FrozenDictionary<string, string> types) => (_dates, _types) = (dates, types);

    public static IndexMapping Empty { get; } = new(NoDates, FrozenDictionary<string, string>.Empty);

    /// <summary>The fields of type <c>date</c>, in alphabetical order.</summary>
    public IEnumerable<string> DateFields => _dates.Keys.Order(StringComparer.Ordinal);

    /// <summary>All fields that are named with their types.</summary>
    public IEnumerable<KeyValuePair<string, string>> Types => _types;

    public string? TypeOf(string path) => _types.GetValueOrDefault(path);

    /// <summary>The form of a date field; <c>null</c> when the mappings do not call it one.</summary>
    public DateFormat? DateOf(string path) => _dates.GetValueOrDefault(path);

    public static IndexMapping Of(IndexDefinition definition)
    {
        using var document = JsonDocument.Parse(definition.Mappings);
        var mapping = Read(document.RootElement);
        if (string.IsNullOrEmpty(definition.TimeField) || mapping._dates.ContainsKey(definition.TimeField)) return mapping;
        // The field that an index took from its first document is a date without being called one.
        return new IndexMapping(
            mapping._dates.Append(new(definition.TimeField, DateFormat.Default)).ToFrozenDictionary(StringComparer.Ordinal),
            mapping._types.Append(new(definition.TimeField, "date")).ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <exception cref="QueryException">It is no mapping; names the field and the fix.</exception>
    public static IndexMapping Read(JsonElement mappings)
    {
        var (dates, types) = (new Dictionary<string, DateFormat>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        if (mappings.ValueKind != JsonValueKind.Object) throw new QueryException("[mappings] must be an object with [properties]");
        if (mappings.TryGetProperty("properties", out var properties)) Collect(properties, "mappings.properties", "", dates, types);
        return new IndexMapping(dates.ToFrozenDictionary(StringComparer.Ordinal), types.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static void Collect(JsonElement properties, string place, string prefix, Dictionary<string, DateFormat> dates, Dictionary<string, string> types)
    {
        if (properties.ValueKind != JsonValueKind.Object) throw new QueryException($"[{place}] must be an object of fields");
        foreach (var property in properties.EnumerateObject())
        {
            var (path, here) = (prefix + property.Name, $"{place}.{property.Name}");
            if (property.Value.ValueKind != JsonValueKind.Object) throw new QueryException($"[{here}] must be an object with a [type] or [properties]");
            if (property.Value.TryGetProperty("properties", out var inner)) Collect(inner, here + ".properties", path + ".", dates, types);
            if (!property.Value.TryGetProperty("type", out var type)) continue;
            if (type.ValueKind != JsonValueKind.String) throw new QueryException($"[{here}.type] must be text such as date, keyword, long or double");
            types[path] = type.GetString()!;
            if (types[path] is not ("date" or "date_nanos")) continue;
            dates[path] = property.Value.TryGetProperty("format", out var format) ? FormatOf(format, here) : DateFormat.Default;
        }
    }

    private static DateFormat FormatOf(JsonElement text, string place)
    {
        if (text.ValueKind != JsonValueKind.String) throw new QueryException($"[{place}.format] must be text such as epoch_second");
        return DateFormat.TryCreate(text.GetString()!, out var format, out var problem)
            ? format
            : throw new QueryException($"[{place}.format] {problem}; named forms are strict_date_optional_time, epoch_millis and epoch_second");
    }
}
