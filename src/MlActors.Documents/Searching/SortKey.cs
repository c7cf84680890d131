using System.Collections.Immutable;
using System.Text.Json;

namespace MlActors.Documents.Searching;

/// <summary>What hits are sorted by.</summary>
/// <param name="Field">A field, or <c>_doc</c> (the order in which they lie: time, index, number), <c>_seq_no</c> or <c>_score</c> (the same for all).</param>
public sealed record SortKey(string Field, bool Descending, bool MissingFirst = false)
{
    /// <summary>The order in which documents lie.</summary>
    public bool IsPosition => Field is "_doc" or "_shard_doc";

    private const int MostKeys = 10;

    /// <summary>Reads the <c>sort</c> of a body: a name, an object, or a list of these.</summary>
    public static ImmutableArray<SortKey> Read(JsonElement sort)
    {
        var keys = sort.ValueKind == JsonValueKind.Array ? [.. sort.EnumerateArray().SelectMany(ReadKeys)] : ReadKeys(sort).ToImmutableArray();
        return keys.Length <= MostKeys ? keys : throw new QueryException($"[sort] has {keys.Length} keys; at most {MostKeys} are taken");
    }

    /// <summary>Reads the <c>sort</c> of a query string: <c>field:desc</c>.</summary>
    public static SortKey Read(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon < 0 ? Of(text, null) : Of(text[..colon], text[(colon + 1)..]);
    }

    private static IEnumerable<SortKey> ReadKeys(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            yield return Of(element.GetString()!, null);
            yield break;
        }
        if (element.ValueKind != JsonValueKind.Object) throw new QueryException("[sort] must be a field, an object such as {\"@timestamp\": \"desc\"}, or a list of these");
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.String) yield return Of(property.Name, property.Value.GetString());
            else if (property.Value.ValueKind == JsonValueKind.Object) yield return ReadOptions(property);
            else throw new QueryException($"[sort.{property.Name}] must be asc, desc or an object with [order]");
        }
    }

    private static SortKey ReadOptions(JsonProperty property)
    {
        var key = Of(property.Name, null);
        foreach (var option in property.Value.EnumerateObject())
        {
            key = (option.Name, option.Value.ValueKind == JsonValueKind.String ? option.Value.GetString() : null) switch
            {
                ("order", { } order) => key with { Descending = Of(property.Name, order).Descending },
                ("missing", "_last") => key with { MissingFirst = false },
                ("missing", "_first") => key with { MissingFirst = true },
                // Of no effect here: types are those of the values, and times are always milliseconds.
                ("unmapped_type" or "format" or "numeric_type", { }) => key,
                _ => throw new QueryException($"unknown or wrong [{option.Name}] in [sort.{property.Name}]; supported: [order (asc, desc), missing (_last, _first), unmapped_type]"),
            };
        }
        return key;
    }

    private static SortKey Of(string field, string? order) => order?.ToLowerInvariant() switch
    {
        null => new SortKey(field, field == "_score"),
        "asc" => new SortKey(field, false),
        "desc" => new SortKey(field, true),
        _ => throw new QueryException($"[sort.{field}] has the order [{Queries.QueryReader.Shorten(order)}]; write asc or desc"),
    };
}
