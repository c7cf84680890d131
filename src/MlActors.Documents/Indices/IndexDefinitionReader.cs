using System.Text.Json;
using System.Text.Json.Nodes;
using MlActors.Documents.Store;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Documents.Indices;

/// <summary>Reads the body that creates an index, and changes of its settings.</summary>
public static class IndexDefinitionReader
{
    public const string RetentionSetting = "index.retention";

    private const string Prefix = "index.";

    /// <summary>The definition of an index that its first document creates.</summary>
    public static IndexDefinition OfDocument(string name, string uuid, ReadOnlySpan<byte> source, long nowMs) =>
        new(name, uuid, TimeFieldRule.OfDocument(source), "{}", "{}", null, nowMs);

    /// <param name="body">An object with <c>settings</c> and <c>mappings</c>, or nothing.</param>
    /// <returns>The definition; its time field is <c>null</c> when the first document has to decide.</returns>
    /// <exception cref="QueryException">Names the field and the fix.</exception>
    public static IndexDefinition Read(string name, string uuid, JsonElement? body, long nowMs)
    {
        var (settings, mappings) = (new JsonObject(), (JsonElement?)null);
        if (body is { ValueKind: not JsonValueKind.Object }) throw new QueryException("the body must be an object with [settings] and [mappings]");
        foreach (var part in body?.EnumerateObject().ToList() ?? [])
        {
            switch (part.Name)
            {
                case "settings": Flatten(part.Value, "", settings); break;
                case "mappings": mappings = part.Value; break;
                case "aliases" when part.Value.ValueKind == JsonValueKind.Object && !part.Value.EnumerateObject().Any(): break;
                case "aliases": throw new QueryException("[aliases] are not supported; use the name of the index, or a wildcard");
                default: throw new QueryException($"unknown field [{Queries.QueryReader.Shorten(part.Name)}] in the body; supported: [settings, mappings]", unknown: true);
            }
        }
        var mapping = mappings is { } given ? IndexMapping.Read(given) : IndexMapping.Empty;
        var timeField = TimeFieldRule.OfMapping(mapping, TextOf(settings, TimeFieldRule.Setting));
        return new IndexDefinition(name, uuid, timeField, settings.ToJsonString(), mappings?.GetRawText() ?? "{}", RetentionOf(settings), nowMs);
    }

    /// <summary>The definition with some settings changed; a null puts one back to its default.</summary>
    /// <exception cref="QueryException">Names the setting and the fix.</exception>
    public static IndexDefinition WithSettings(IndexDefinition definition, JsonElement changes)
    {
        if (changes.ValueKind != JsonValueKind.Object) throw new QueryException("the body must be an object of settings");
        if (changes.TryGetProperty("settings", out var inner)) changes = inner;
        var (settings, changed) = (JsonNode.Parse(definition.Settings)!.AsObject(), new JsonObject());
        Flatten(changes, "", changed);
        foreach (var (key, value) in changed)
        {
            if (key == TimeFieldRule.Setting) throw new QueryException($"[{key}] cannot be changed: the documents lie in the order of their times");
            if (value is null) settings.Remove(key);
            else settings[key] = value.DeepClone();
        }
        return definition with { Settings = settings.ToJsonString(), Retention = RetentionOf(settings) };
    }

    // "retention", "index.retention" and {"index": {"retention": …}} are the same.
    private static void Flatten(JsonElement element, string prefix, JsonObject into)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new QueryException($"[settings{(prefix.Length == 0 ? "" : "." + prefix.TrimEnd('.'))}] must be an object");
        foreach (var property in element.EnumerateObject())
        {
            var path = prefix + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object) Flatten(property.Value, path + ".", into);
            else into[path.StartsWith(Prefix, StringComparison.Ordinal) ? path : Prefix + path] = JsonNode.Parse(property.Value.GetRawText());
        }
    }

    private static string? TextOf(JsonObject settings, string key) => settings[key] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw new QueryException($"[settings.{key}] must be text"),
    };

    private static TimeSpan? RetentionOf(JsonObject settings)
    {
        if (TextOf(settings, RetentionSetting) is not { } text) return null;
        if (!TimeValue.TryParse(text, out var value, out var problem)) throw new QueryException($"[settings.{RetentionSetting}] {problem}; or null to keep documents for ever");
        return value.Duration > TimeSpan.Zero ? value.Duration : throw new QueryException($"[settings.{RetentionSetting}] must be more than 0, or null to keep documents for ever");
    }
}
