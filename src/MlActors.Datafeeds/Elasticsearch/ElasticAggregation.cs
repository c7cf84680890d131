using System.Text.Json;
using System.Text.Json.Nodes;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Datafeeds.Elasticsearch;

/// <summary>The aggregation of a datafeed: a date histogram, or a composite whose first source is one; with what is worked out in its buckets.</summary>
/// <param name="Definition">The aggregation under its name, as the search gets it.</param>
/// <param name="IntervalMs">Width of the histogram's buckets.</param>
/// <param name="TimeSource">Name of the composite's date histogram; <c>null</c> when it is no composite.</param>
internal sealed record ElasticAggregation(string Name, JsonObject Definition, long IntervalMs, string? TimeSource)
{
    private const string Advice = "give one date_histogram, or one composite whose first source is a date_histogram in ascending order";
    private const int CompositeSize = 1000;

    public static ElasticAggregation? Read(JsonElement aggregations, JobConfig job, ProblemList problems)
    {
        var named = aggregations.EnumerateObject().ToList();
        if (named.Count != 1 || named[0].Value.ValueKind != JsonValueKind.Object) return Refuse($"must have exactly one aggregation at the top: {Advice}");
        var definition = JsonNode.Parse(named[0].Value.GetRawText())!.AsObject();
        if (definition["date_histogram"] is JsonObject histogram) return Make(histogram, timeSource: null);
        if (definition["composite"] is not JsonObject composite) return Refuse($"[{named[0].Name}] is of no kind that gives times: {Advice}");
        var first = (composite["sources"] as JsonArray)?.FirstOrDefault() as JsonObject;
        if (first is not { Count: 1 } || first.First().Value is not JsonObject source || source["date_histogram"] is not JsonObject inner || (string?)inner["order"] is "desc")
            return Refuse($"[{named[0].Name}] has no times to sort by: {Advice}");
        composite["size"] ??= CompositeSize;
        return Make(inner, first.First().Key);

        ElasticAggregation? Make(JsonObject times, string? timeSource)
        {
            var path = $"[{named[0].Name}.date_histogram]";
            if ((string?)times["field"] is { } field && field != job.DataDescription.TimeField)
                return Refuse($"{path} is over [{field}]: it must be over the job's time field [{job.DataDescription.TimeField}]");
            if (times["time_zone"] is not null && (string?)times["time_zone"] is not ("UTC" or "Z" or "+00:00")) return Refuse($"{path} has a time_zone: it must be UTC");
            if (times["offset"] is not null) return Refuse($"{path} has an offset: leave it out");
            var span = job.AnalysisConfig.BucketSpan;
            if (IntervalOf(times) is not { } interval || interval <= 0)
                return Refuse($"{path} needs a fixed_interval, or a calendar_interval of a minute, an hour or a day");
            if (TimeValue.Parse(span, "bucket_span").Duration.TotalMilliseconds % interval != 0)
                return Refuse($"{path} has an interval of {new TimeValue(interval, TimeUnit.Milliseconds)}: the bucket span [{span}] of the job must be a multiple of it");
            return new ElasticAggregation(named[0].Name, definition, interval, timeSource);
        }

        ElasticAggregation? Refuse(string problem)
        {
            problems.Add("aggregations", problem, ProblemKind.IllegalArgument);
            return null;
        }
    }

    private static long? IntervalOf(JsonObject histogram)
    {
        if ((string?)histogram["calendar_interval"] is { } calendar)
            return calendar switch { "minute" or "1m" => 60_000, "hour" or "1h" => 3_600_000, "day" or "1d" => 86_400_000, _ => null };
        return (string?)(histogram["fixed_interval"] ?? histogram["interval"]) is { } text && TimeValue.TryParse(text, out var value, out _) ? (long)value.Duration.TotalMilliseconds : null;
    }
}
