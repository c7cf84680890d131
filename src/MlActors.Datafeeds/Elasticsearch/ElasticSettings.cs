using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Datafeeds.Aggregating;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Fields;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Datafeeds.Elasticsearch;

/// <summary>What a datafeed reads of an Elasticsearch; what its API calls so comes from the datafeed itself.</summary>
/// <param name="TimeField">By which documents are sorted.</param>
/// <param name="Size">Documents of one search.</param>
/// <param name="Aggregation"><c>null</c> to read the documents themselves.</param>
/// <param name="DocValueFields">Names, or objects with a name and a format.</param>
internal sealed record ElasticSettings(
    ImmutableArray<string> Indices, string TimeField, int Size, JsonElement? Query, DatafeedAggregation? Aggregation, JsonElement? RuntimeMappings, JsonElement? ScriptFields,
    ImmutableArray<JsonElement> DocValueFields)
{
    /// <summary>The fields of <c>source</c>.</summary>
    public static FieldTable Fields { get; } = new(
    [
        new(DatafeedSources.ConnectionField, FieldType.Text, null, "Name of the connection. `indices`, `query`, `aggregations`, `runtime_mappings`, `script_fields` and "
            + "`scroll_size` are those of the datafeed itself.") { Required = true },
        new("docvalue_fields", FieldType.TextsOrObjects, "none", "Fields that are taken from doc values, as when `_source` is switched off: names, or `{\"field\": …, \"format\": …}`."),
    ]);

    public static ElasticSettings Read(DatafeedConfig datafeed, JobConfig job, ProblemList problems)
    {
        var source = new ObjectReader(datafeed.Source!.Value, "source", "", Fields, problems);
        if (datafeed.Indices.IsEmpty) problems.Add("indices", "is required: the names of indices of the connection, also with *", ProblemKind.IllegalArgument);
        foreach (var index in datafeed.Indices.Where(index => index.IndexOfAny(['/', '?', '#', '\\', '"', ' ']) >= 0))
            problems.Add("indices", $"has [{ProblemList.Shown(index)}], which is no name of an index", ProblemKind.IllegalArgument);
        if (datafeed.RuntimeMappings is { } runtime && runtime.TryGetProperty(job.DataDescription.TimeField, out _))
        {
            problems.Add("runtime_mappings", $"has the job's time field [{job.DataDescription.TimeField}]: it must be a field of the index, as ranges of it are searched",
                ProblemKind.IllegalArgument);
        }
        var aggregation = datafeed.Aggregations is null ? null : DatafeedAggregation.Read(datafeed, job, problems);
        return new ElasticSettings(datafeed.Indices, job.DataDescription.TimeField, datafeed.ScrollSize, datafeed.Query, aggregation, datafeed.RuntimeMappings, datafeed.ScriptFields,
            [.. source.Items("docvalue_fields").Select(field => field.Item)]);
    }

    /// <summary>The path of a search of the indices.</summary>
    public string SearchPath => $"{string.Join(',', Indices.Select(Uri.EscapeDataString))}/_search";

    public string PointInTimePath => $"{string.Join(',', Indices.Select(Uri.EscapeDataString))}/_pit?keep_alive=1m";
}
