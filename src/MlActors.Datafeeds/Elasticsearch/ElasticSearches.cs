using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlActors.Datafeeds.Aggregating;
using MlActors.Datafeeds.Http;

namespace MlActors.Datafeeds.Elasticsearch;

/// <summary>The requests that a datafeed makes.</summary>
internal sealed class ElasticSearches(HttpCaller caller, ElasticSettings settings)
{
    /// <summary>The documents of a range that have the earliest times.</summary>
    /// <param name="fields">Those of a record; the first is the time.</param>
    public Task<JsonDocument> DocumentsAsync(long fromMs, long toMs, int size, IEnumerable<string> fields, CancellationToken cancellation) =>
        PostAsync(settings.SearchPath, Documents(fromMs, toMs, size, fields), cancellation);

    /// <summary>The documents of a point in time, after those that came before.</summary>
    public Task<JsonDocument> DocumentsAsync(string pointInTime, JsonNode? after, long fromMs, long toMs, int size, IEnumerable<string> fields, CancellationToken cancellation)
    {
        var search = Documents(fromMs, toMs, size, fields);
        search["pit"] = new JsonObject { ["id"] = pointInTime, ["keep_alive"] = "1m" };
        search["sort"]!.AsArray().Add((JsonNode)new JsonObject { ["_shard_doc"] = "asc" });
        if (after is not null) search["search_after"] = after.DeepClone();
        return PostAsync("_search", search, cancellation);
    }

    public async Task<string> OpenPointInTimeAsync(CancellationToken cancellation)
    {
        using var answer = await caller.SendAsync(HttpMethod.Post, settings.PointInTimePath, content: null, cancellation);
        return answer.RootElement.GetProperty("id").GetString()!;
    }

    public async Task ClosePointInTimeAsync(string id, CancellationToken cancellation)
    {
        using var content = Json(new JsonObject { ["id"] = id });
        using var answer = await caller.SendAsync(HttpMethod.Delete, "_pit", content, cancellation);
    }

    /// <summary>The aggregation over a range.</summary>
    /// <param name="after">The key after which a composite goes on.</param>
    public Task<JsonDocument> AggregateAsync(DatafeedAggregation aggregation, long fromMs, long toMs, JsonNode? after, CancellationToken cancellation)
    {
        var definition = aggregation.Definition.DeepClone().AsObject();
        if (after is not null) definition["composite"]!["after"] = after.DeepClone();
        var search = Search(fromMs, toMs, size: 0);
        search["aggregations"] = new JsonObject { [aggregation.Name] = definition };
        return PostAsync(settings.SearchPath, search, cancellation);
    }

    /// <summary>How many documents there are and between which times; with a span, also how many in each.</summary>
    public Task<JsonDocument> SummarizeAsync(long fromMs, long toMs, long? spanMs, CancellationToken cancellation)
    {
        var search = Search(fromMs, toMs, size: 0);
        search["track_total_hits"] = true;
        search["aggregations"] = spanMs is { } span
            ? new JsonObject { ["spans"] = Over("date_histogram", new JsonObject { ["fixed_interval"] = $"{span}ms", ["min_doc_count"] = 1 }) }
            : new JsonObject { ["earliest"] = Over("min", []), ["latest"] = Over("max", []) };
        return PostAsync(settings.SearchPath, search, cancellation);

        JsonObject Over(string kind, JsonObject with)
        {
            with["field"] = settings.TimeField;
            return new JsonObject { [kind] = with };
        }
    }

    private JsonObject Documents(long fromMs, long toMs, int size, IEnumerable<string> fields)
    {
        var search = Search(fromMs, toMs, size);
        search["sort"] = new JsonArray(new JsonObject { [settings.TimeField] = new JsonObject { ["order"] = "asc" } });
        search["_source"] = new JsonArray([.. fields.Skip(1).Select(field => (JsonNode)field)]);
        // The time is asked for in one form, whatever form the documents have.
        search["docvalue_fields"] = new JsonArray(
        [
            new JsonObject { ["field"] = settings.TimeField, ["format"] = "epoch_millis" },
            .. settings.DocValueFields.Select(Node),
        ]);
        if (settings.RuntimeMappings is { } runtime) search["fields"] = new JsonArray([.. runtime.EnumerateObject().Select(field => (JsonNode)field.Name)]);
        if (settings.ScriptFields is { } scripts) search["script_fields"] = Node(scripts);
        return search;
    }

    private JsonObject Search(long fromMs, long toMs, int size)
    {
        var range = new JsonObject { ["range"] = new JsonObject { [settings.TimeField] = new JsonObject { ["gte"] = fromMs, ["lt"] = toMs, ["format"] = "epoch_millis" } } };
        var search = new JsonObject
        {
            ["size"] = size,
            ["track_total_hits"] = false,
            ["query"] = new JsonObject { ["bool"] = new JsonObject { ["filter"] = settings.Query is { } query ? new JsonArray(range, Node(query)) : new JsonArray(range) } },
        };
        if (settings.RuntimeMappings is { } runtime) search["runtime_mappings"] = Node(runtime);
        return search;
    }

    private async Task<JsonDocument> PostAsync(string path, JsonObject body, CancellationToken cancellation)
    {
        using var content = Json(body);
        var answer = await caller.SendAsync(HttpMethod.Post, path, content, cancellation);
        try
        {
            ElasticAnswers.CheckComplete(answer.RootElement);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static StringContent Json(JsonObject body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static JsonNode Node(JsonElement element) => JsonNode.Parse(element.GetRawText())!;
}
