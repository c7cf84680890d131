using System.Collections.Immutable;
using System.Text.Json;

namespace MlActors.Documents.Queries;

/// <summary>The small parts that queries are made of.</summary>
public sealed partial class QueryReader
{
    /// <summary>Options without an effect here (there are no scores) are accepted; others are refused by name.</summary>
    private static void Accept(JsonProperty option, string place, params ReadOnlySpan<string> known)
    {
        if (option.Name is "boost" or "_name" or "rewrite" && known.Contains(option.Name)) return;
        throw new QueryException($"unknown field [{Shorten(option.Name)}] in [{place}]; supported: [{string.Join(", ", known!)}]");
    }

    private static JsonElement.ObjectEnumerator Object(JsonElement element, string place) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw new QueryException($"[{place}] must be an object");

    private static (string Field, JsonElement Value) FieldOf(JsonElement body, string place)
    {
        using var properties = Object(body, place).GetEnumerator();
        if (!properties.MoveNext()) throw new QueryException($"[{place}] names no field");
        var field = properties.Current;
        return properties.MoveNext() ? throw new QueryException($"[{place}] names several fields; it must name one") : (field.Name, field.Value);
    }

    private static JsonElement Only(JsonElement body, string place, string name)
    {
        JsonElement? value = null;
        foreach (var option in Object(body, place))
        {
            if (option.Name == name) value = option.Value;
            else Accept(option, place, name, "boost", "_name");
        }
        return value ?? throw new QueryException($"[{place}] needs [{name}]");
    }

    private static string TextOf(JsonElement element, string place) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new QueryException($"[{place}] must be text");

    private static ImmutableArray<string> ListOf(JsonElement element, string place) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => [.. element.EnumerateArray().Select(item => QueryValue.Of(item, place).Text)],
        _ => throw new QueryException($"[{place}] must be a list of texts"),
    };

    private static bool FlagOf(JsonProperty option, string place) => option.Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new QueryException($"[{place}.{option.Name}] must be true or false"),
    };

    /// <summary>Whether every word is needed.</summary>
    private static bool OperatorOf(JsonProperty option, string place)
    {
        var text = TextOf(option.Value, $"{place}.{option.Name}");
        if (text.Equals("and", StringComparison.OrdinalIgnoreCase)) return true;
        return text.Equals("or", StringComparison.OrdinalIgnoreCase)
            ? false
            : throw new QueryException($"[{place}.{option.Name}] is [{Shorten(text)}]; write and, or or");
    }

    /// <summary>An error text must not be as long as a body.</summary>
    internal static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
