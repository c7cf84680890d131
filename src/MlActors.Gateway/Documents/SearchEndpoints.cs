using System.Collections.Immutable;
using MlActors.Documents;
using MlActors.Documents.Queries;
using MlActors.Documents.Searching;
using MlActors.Documents.Store;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Documents;

/// <summary>Searching and counting documents.</summary>
public static class SearchEndpoints
{
    private static readonly Parameter<string?> Q = P.Text("q", null, ParameterPlace.Query, "A query in the small language of `query_string`.");
    private static readonly Parameter<string?> DefaultField = P.Text("df", null, ParameterPlace.Query, "Where words of `q` without a field are looked for; everywhere without it.");
    private static readonly Parameter<string?> DefaultOperator = P.Text("default_operator", "OR", ParameterPlace.Query, "`AND` or `OR`, between words of `q`.") with
    {
        Rule = value => value?.ToUpperInvariant() is "AND" or "OR" ? null : $"[{value}] is not an operator: write AND or OR",
    };

    private static readonly Parameter<int> From = P.Integer("from", 0, ParameterPlace.Query, "Hits to leave out; `from` + `size` are at most 10,000.");
    private static readonly Parameter<int> Size = P.Integer("size", 10, ParameterPlace.Query, "Hits to show.");
    private static readonly Parameter<string[]> Sort = P.List("sort", "", ParameterPlace.Query, "Fields to sort by, each optionally with `:desc`.");
    private static readonly Parameter<string?> TrackTotalHits =
        P.Text("track_total_hits", "10000", ParameterPlace.Query, "`true` counts all matches, `false` none, a number up to so many.");

    private static readonly Parameter<bool> TotalAsInt = P.Boolean("rest_total_hits_as_int", false, ParameterPlace.Query, "Shows the total as a number.");
    private static readonly Parameter<bool> TypedKeys = P.Boolean("typed_keys", false, ParameterPlace.Query, "Puts the types of aggregations before their names.");
    private static readonly Parameter<string?> Scroll = P.Text("scroll", null, ParameterPlace.Query, "Not supported: go on behind the last hit with `search_after`.") with
    {
        Rule = _ => "it is not supported: sort, and go on behind the last hit with [search_after]",
    };

    private static readonly IReadOnlyList<ApiParameter> WithoutEffect =
    [
        P.Boolean("request_cache", true, ParameterPlace.Query, "Accepted; there is no cache."),
        P.Text("search_type", null, ParameterPlace.Query, "Accepted; there are no shards."),
        P.Text("preference", null, ParameterPlace.Query, "Accepted; there are no shards."),
        P.Text("routing", null, ParameterPlace.Query, "Accepted; there are no shards."),
        P.Boolean("allow_partial_search_results", true, ParameterPlace.Query, "Accepted; results are never partial."),
        P.Boolean("ccs_minimize_roundtrips", true, ParameterPlace.Query, "Accepted; there is one cluster."),
        P.Boolean("ignore_throttled", false, ParameterPlace.Query, "Accepted."),
        P.Duration("timeout", "0s", ParameterPlace.Query, "Accepted; the answer comes when it is ready."),
    ];

    private const string BodyText = "`query`: `bool`, `exists`, `ids`, `match`, `match_all`, `match_none`, `match_phrase`, `prefix`, `query_string`, `range`, `term`, `terms`, `wildcard`";

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("search", ["GET", "POST"], ["/_search", "/{index}/_search"], null, "indices:data/read/search", "Documents that match, and aggregations over all that do.", SearchAsync)
        {
            IndexPrivilege = IndexPrivileges.Read,
            Body = BodyKind.OptionalJson,
            BodyDoc = BodyText + "; `from`, `size`, `sort`, `search_after`, `_source`, `fields`, `docvalue_fields`, `track_total_hits`; `aggs`: `date_histogram`, `terms`, " +
                "`composite`, with `avg`, `cardinality`, `max`, `min`, `stats`, `sum`, `value_count` within or alone.",
            Parameters =
            [
                Q, DefaultField, DefaultOperator, From, Size, Sort, TrackTotalHits, .. SourceParameters.All, TotalAsInt, TypedKeys, Scroll, .. IndexNames.Parameters, .. WithoutEffect,
            ],
        },
        new("count", ["GET", "POST"], ["/_count", "/{index}/_count"], null, "indices:data/read/search", "How many documents match.", CountAsync)
        {
            IndexPrivilege = IndexPrivileges.Read,
            Body = BodyKind.OptionalJson,
            BodyDoc = BodyText + ".",
            Parameters = [Q, DefaultField, DefaultOperator, .. IndexNames.Parameters, .. WithoutEffect.Where(parameter => parameter.Name is "preference" or "routing" or "ignore_throttled")],
        },
        new("scroll", ["GET", "POST", "DELETE"], ["/_search/scroll", "/_search/scroll/{scroll_id}"], null, "indices:data/read/scroll",
            "Refused: go on behind the last hit with `search_after`.", _ => throw ApiException.IllegalArgument("[scroll] is not supported: sort the search, and go on behind the last hit with [search_after]"))
        {
            IndexPrivilege = IndexPrivileges.Read,
            Body = BodyKind.OptionalJson,
            Parameters = [P.Text("scroll_id", null, ParameterPlace.Query, "Of no use."), P.Duration("scroll", "1m", ParameterPlace.Query, "Of no use."), TotalAsInt],
        },
    ];

    private static async Task<ApiResult> SearchAsync(ApiCall call)
    {
        var start = call.Services.Time.GetTimestamp();
        var request = Read(call).Checked();
        var indices = await IndexNames.ResolveAsync(call);
        var result = await new Searcher(call.Services.Documents).SearchAsync(indices, request, call.Aborted);
        var took = (long)call.Services.Time.GetElapsedTime(start).TotalMilliseconds;
        return ApiResult.Stream(output => SearchAnswer.WriteAsync(output, request, result, indices.Count, took, call.Get(TotalAsInt), call.Get(TypedKeys), call.Aborted));
    }

    private static async Task<ApiResult> CountAsync(ApiCall call)
    {
        var now = call.Services.Time.GetUtcNow();
        var query = QueryOf(call) ?? Query.All;
        if (!call.Body.IsEmpty)
        {
            using var body = call.ParseBody();
            if (body.RootElement.ValueKind != System.Text.Json.JsonValueKind.Object) throw new QueryException("the body of a count must be a JSON object");
            foreach (var field in body.RootElement.EnumerateObject())
            {
                if (field.Name != "query") throw ArgumentReader.Unknown("field", field.Name, "in the body", ["query"]);
                if (call.Has(Q)) throw ApiException.IllegalArgument("[q] in the query and [query] in the body are both given; give one");
                query = QueryReader.Read(field.Value, now);
            }
        }
        var indices = await IndexNames.ResolveAsync(call);
        var summary = await call.Services.Documents.SummarizeAsync(new DocumentScan(indices, query), call.Aborted);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", summary.Count);
            Shards.Write(json, indices.Count, skipped: true);
            json.WriteEndObject();
        });
    }

    private static SearchRequest Read(ApiCall call)
    {
        var request = new SearchRequest();
        if (!call.Body.IsEmpty)
        {
            using var body = call.ParseBody();
            request = SearchRequest.Read(body.RootElement, call.Services.Time.GetUtcNow());
            if (call.Has(Q) && body.RootElement.TryGetProperty("query", out _))
                throw ApiException.IllegalArgument("[q] in the query and [query] in the body are both given; give one");
        }
        if (QueryOf(call) is { } query) request = request with { Query = query };
        if (call.Has(From)) request = request with { From = call.Get(From) };
        if (call.Has(Size)) request = request with { Size = call.Get(Size) };
        if (call.Has(Sort)) request = request with { Sort = [.. call.Get(Sort).Select(SortKey.Read)] };
        if (SourceParameters.Read(call) is { } source) request = request with { Source = source };
        if (call.Has(TrackTotalHits)) request = request with { CountUpTo = CountLimit(call.Get(TrackTotalHits)!) };
        return request;
    }

    private static Query? QueryOf(ApiCall call) => call.Get(Q) is { } text
        ? QueryReader.ReadText(text, call.Services.Time.GetUtcNow(), call.Get(DefaultField), call.Get(DefaultOperator)!.Equals("AND", StringComparison.OrdinalIgnoreCase))
        : null;

    private static long CountLimit(string text) => text switch
    {
        "true" or "" => long.MaxValue,
        "false" => 0,
        _ => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var limit)
            ? limit
            : throw ApiException.IllegalArgument($"[track_total_hits] in the query: [{text}] is not true, false or a whole number"),
    };
}
