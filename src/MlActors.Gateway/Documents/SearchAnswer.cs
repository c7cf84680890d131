using System.Text.Json;
using MlActors.Documents.Aggregating;
using MlActors.Documents.Searching;
using MlActors.Gateway.Api;

namespace MlActors.Gateway.Documents;

/// <summary>Writes what a search found.</summary>
internal static class SearchAnswer
{
    public static async Task WriteAsync(JsonOutput output, SearchRequest request, SearchResult result, int indices, long took, bool totalAsInt, bool typed, CancellationToken cancellation)
    {
        var json = output.Json;
        json.WriteStartObject();
        json.WriteNumber("took", took);
        json.WriteBoolean("timed_out", false);
        Shards.Write(json, indices, skipped: true);
        json.WriteStartObject("hits");
        if (request.CountUpTo > 0)
        {
            if (totalAsInt)
            {
                json.WriteNumber("total", result.Total);
            }
            else
            {
                json.WriteStartObject("total");
                json.WriteNumber("value", result.Total);
                json.WriteString("relation", result.TotalIsExact ? "eq" : "gte");
                json.WriteEndObject();
            }
        }
        // There are no scores: a query holds or not.
        var scored = request.Sort.IsEmpty && result.Hits.Count > 0;
        if (scored) json.WriteNumber("max_score", 1.0);
        else json.WriteNull("max_score");
        json.WriteStartArray("hits");
        foreach (var hit in result.Hits)
        {
            WriteHit(output, request, hit, scored);
            await output.FlushIfFullAsync(cancellation);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        if (result.Aggregations.Count > 0)
        {
            json.WriteStartObject("aggregations");
            AggregationResult.Write(json, result.Aggregations, typed);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public static void WriteSource(JsonOutput output, SourceFilter filter, byte[] source)
    {
        if (!filter.Show) return;
        output.Json.WritePropertyName("_source");
        if (filter.IsWhole) output.WriteDocument(source);
        else filter.Write(output.Json, source);
    }

    private static void WriteHit(JsonOutput output, SearchRequest request, Hit hit, bool scored)
    {
        var json = output.Json;
        json.WriteStartObject();
        json.WriteString("_index", hit.Index.Name);
        json.WriteString("_id", hit.Id);
        if (request.WithSeqNo)
        {
            json.WriteNumber("_seq_no", hit.Position.Seq);
            json.WriteNumber("_primary_term", 1);
        }
        if (scored) json.WriteNumber("_score", 1.0);
        else json.WriteNull("_score");
        WriteSource(output, request.Source, hit.Source);
        if (!request.Fields.IsEmpty) FieldValues.Write(json, request.Fields, hit);
        if (!request.Sort.IsEmpty)
        {
            json.WriteStartArray("sort");
            foreach (var key in hit.Keys) key.Write(json);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
