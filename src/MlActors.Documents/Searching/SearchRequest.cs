using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Documents.Aggregating;
using MlActors.Documents.Queries;

namespace MlActors.Documents.Searching;

/// <summary>What a search asks for.</summary>
public sealed record SearchRequest
{
    /// <summary>Furthest that a page may reach.</summary>
    public const int ResultWindow = 10_000;

    private const int DefaultCount = 10_000;
    private static readonly string[] Known =
        ["query", "from", "size", "sort", "search_after", "_source", "fields", "docvalue_fields", "track_total_hits", "aggs", "aggregations", "seq_no_primary_term", "version"];

    public Query Query { get; init; } = Query.All;
    public int From { get; init; }
    public int Size { get; init; } = 10;
    public ImmutableArray<SortKey> Sort { get; init; } = [];
    public ImmutableArray<SortValue> SearchAfter { get; init; } = [];
    public SourceFilter Source { get; init; } = SourceFilter.Everything;

    /// <summary>Paths with wildcards whose values are shown beside the source.</summary>
    public ImmutableArray<FieldRequest> Fields { get; init; } = [];

    /// <summary>Up to how many matches are counted; <see cref="long.MaxValue"/> all; 0 none.</summary>
    public long CountUpTo { get; init; } = DefaultCount;

    public ImmutableArray<Aggregation> Aggregations { get; init; } = [];
    public bool WithSeqNo { get; init; }
    public bool WithVersion { get; init; }

    /// <exception cref="QueryException">Names the part and the fix.</exception>
    public static SearchRequest Read(JsonElement body, DateTimeOffset now)
    {
        if (body.ValueKind != JsonValueKind.Object) throw new QueryException("the body of a search must be a JSON object");
        var request = new SearchRequest();
        foreach (var (name, value) in body.EnumerateObject().Select(property => (property.Name, property.Value)))
        {
            request = name switch
            {
                "query" => request with { Query = QueryReader.Read(value, now) },
                "from" => request with { From = Count(value, name) },
                "size" => request with { Size = Count(value, name) },
                "sort" => request with { Sort = SortKey.Read(value) },
                "search_after" => request with { SearchAfter = After(value) },
                "_source" => request with { Source = SourceFilter.Read(value) },
                "fields" or "docvalue_fields" => request with { Fields = [.. request.Fields, .. FieldRequest.Read(value, name)] },
                "track_total_hits" => request with { CountUpTo = CountLimit(value) },
                "aggs" or "aggregations" => request with { Aggregations = AggregationReader.Read(value, now) },
                "seq_no_primary_term" => request with { WithSeqNo = value.ValueKind == JsonValueKind.True },
                "version" => request with { WithVersion = value.ValueKind == JsonValueKind.True },
                // Without an effect: there are no scores, and the answer comes when it is ready.
                "track_scores" or "timeout" or "stored_fields" or "profile" => request,
                _ => throw new QueryException($"unknown field [{QueryReader.Shorten(name)}] in the body of the search; supported: [{string.Join(", ", Known)}]", unknown: true),
            };
        }
        return request;
    }

    /// <exception cref="QueryException">The parts do not go together.</exception>
    public SearchRequest Checked()
    {
        if ((long)From + Size > ResultWindow)
        {
            throw new QueryException(
                $"[from] + [size] is {(long)From + Size}; it must be at most {ResultWindow}: go on behind the last hit with [search_after] instead");
        }
        if (!SearchAfter.IsEmpty && SearchAfter.Length != Sort.Length)
            throw new QueryException($"[search_after] has {SearchAfter.Length} values and [sort] {Sort.Length} keys; it must have the values that stand in [sort] of the last hit");
        return !SearchAfter.IsEmpty && From > 0 ? throw new QueryException("[from] must be 0 where [search_after] is given") : this;
    }

    private static int Count(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0
            ? count
            : throw new QueryException($"[{name}] must be a whole number, 0 or more");

    private static long CountLimit(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => long.MaxValue,
        JsonValueKind.False => 0,
        _ => Count(value, "track_total_hits"),
    };

    private static ImmutableArray<SortValue> After(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Select(SortValue.Of)]
        : throw new QueryException("[search_after] must be a list of the values that stand in [sort] of the last hit");
}

/// <summary>A field that is shown beside the source.</summary>
/// <param name="Format">Of dates; <c>null</c>: as they are.</param>
public sealed record FieldRequest(string Pattern, string? Format)
{
    internal static IEnumerable<FieldRequest> Read(JsonElement list, string place)
    {
        if (list.ValueKind != JsonValueKind.Array) throw new QueryException($"[{place}] must be a list of fields");
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String)
            {
                yield return new FieldRequest(item.GetString()!, null);
                continue;
            }
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("field", out var field) || field.ValueKind != JsonValueKind.String)
                throw new QueryException($"[{place}] must hold names, or objects with [field]");
            var format = item.TryGetProperty("format", out var given) ? given : default;
            if (format.ValueKind is not (JsonValueKind.String or JsonValueKind.Undefined)) throw new QueryException($"[{place}.format] must be text");
            if (format.ValueKind == JsonValueKind.String && format.GetString() is not ("epoch_millis" or "strict_date_optional_time" or "date_time" or "strict_date_time"))
                throw new QueryException($"[{place}.format] is [{QueryReader.Shorten(format.GetString()!)}]; supported: [epoch_millis, strict_date_optional_time]");
            yield return new FieldRequest(field.GetString()!, format.ValueKind == JsonValueKind.String ? format.GetString() : null);
        }
    }
}
