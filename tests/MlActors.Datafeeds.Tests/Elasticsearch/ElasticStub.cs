using System.Text.Json.Nodes;
using MlActors.Datafeeds.Tests.Compliance;

namespace MlActors.Datafeeds.Tests.Elasticsearch;

/// <summary>
/// As much of a cluster as the source asks for, written after the public documentation of its API: a search by a range of time with a limit, points in
/// time with <c>search_after</c>, the smallest and largest time, a histogram; and the errors it gives.
/// </summary>
internal static class ElasticStub
{
    public const string ApiKey = "open-sesame-42";

    private const string Unauthorized =
        """{"error":{"root_cause":[{"type":"security_exception","reason":"unable to authenticate with provided credentials"}],"type":"security_exception","reason":"unable to authenticate"},"status":401}""";

    private const string NoIndex =
        """{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nothing]","index":"nothing"}],"type":"index_not_found_exception","reason":"no such index [nothing]"},"status":404}""";

    private const string NoQuery =
        """{"error":{"root_cause":[{"type":"parsing_exception","reason":"unknown query [mach]","line":1,"col":20}],"type":"parsing_exception","reason":"unknown query [mach]"},"status":400}""";

    public static (int Status, string Json) Answer(StubRequest request, Func<string, IReadOnlyList<Sample>?> documentsOf)
    {
        if (request.Authorization != $"ApiKey {ApiKey}") return (401, Unauthorized);
        if (request.Path == "/") return (200, """{"name":"node-1","cluster_name":"stub","version":{"number":"8.15.0"},"tagline":"You Know, for Search"}""");
        if (request.Method == "DELETE") return (200, """{"succeeded":true,"num_freed":1}""");
        var index = request.Body?["pit"] is { } pit ? (string)pit["id"]! : request.Path.Trim('/').Split('/')[0];
        if (documentsOf(index) is not { } all) return (404, NoIndex);
        if (request.Path.Contains("_pit?")) return (200, new JsonObject { ["id"] = index }.ToJsonString());
        var filters = request.Body!["query"]!["bool"]!["filter"]!.AsArray();
        if (filters.Count > 1 && filters[1]!["mach"] is not null) return (400, NoQuery);
        var range = filters[0]!["range"]!["ts"]!;
        var within = all.Where(sample => sample.Ms >= (long)range["gte"]! && sample.Ms < (long)range["lt"]!).ToList();
        return (200, request.Body["aggregations"] is JsonObject aggregations ? Summary(within, aggregations) : Hits(within, request.Body));
    }

    private static string Hits(List<Sample> within, JsonNode search)
    {
        var hits = within.Select((sample, place) => (sample, place)).OrderBy(pair => pair.sample.Ms).AsEnumerable();
        if (search["search_after"] is JsonArray after) hits = hits.Where(pair => (pair.sample.Ms, pair.place).CompareTo(((long)after[0]!, (int)after[1]!)) > 0);
        return Wrap(new JsonObject
        {
            ["hits"] = new JsonArray([.. hits.Take((int)search["size"]!).Select(pair => (JsonNode)new JsonObject
            {
                ["_index"] = "samples",
                ["_id"] = $"{pair.place}",
                ["_source"] = new JsonObject { ["host"] = pair.sample.Host, ["value"] = pair.sample.Value },
                ["fields"] = new JsonObject { ["ts"] = new JsonArray($"{pair.sample.Ms}") },
                ["sort"] = search["pit"] is null ? new JsonArray(pair.sample.Ms) : new JsonArray(pair.sample.Ms, pair.place),
            })]),
        }, null);
    }

    private static string Summary(List<Sample> within, JsonObject aggregations)
    {
        JsonObject results;
        if (aggregations["spans"] is { } spans)
        {
            var span = long.Parse(((string)spans["date_histogram"]!["fixed_interval"]!)[..^2]);
            results = new JsonObject
            {
                ["spans"] = new JsonObject
                {
                    ["buckets"] = new JsonArray([.. within.GroupBy(sample => sample.Ms / span * span)
                        .Select(group => (JsonNode)new JsonObject { ["key"] = group.Key, ["doc_count"] = group.Count() })]),
                },
            };
        }
        else
        {
            results = new JsonObject
            {
                ["earliest"] = new JsonObject { ["value"] = within.Count == 0 ? null : (double)within.Min(sample => sample.Ms) },
                ["latest"] = new JsonObject { ["value"] = within.Count == 0 ? null : (double)within.Max(sample => sample.Ms) },
            };
        }
        return Wrap(new JsonObject { ["total"] = new JsonObject { ["value"] = within.Count, ["relation"] = "eq" }, ["hits"] = new JsonArray() }, results);
    }

    private static string Wrap(JsonObject hits, JsonObject? aggregations)
    {
        var answer = new JsonObject
        {
            ["took"] = 1,
            ["timed_out"] = false,
            ["_shards"] = new JsonObject { ["total"] = 1, ["successful"] = 1, ["skipped"] = 0, ["failed"] = 0 },
            ["hits"] = hits,
        };
        if (aggregations is not null) answer["aggregations"] = aggregations;
        return answer.ToJsonString();
    }
}
