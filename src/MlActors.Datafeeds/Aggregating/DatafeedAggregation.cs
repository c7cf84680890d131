using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Datafeeds.Aggregating;

/// <summary>The aggregation of a datafeed: a date histogram, or a composite whose first source is one; with what is worked out in its buckets.</summary>
/// <param name="Definition">The aggregation under its name, as the search gets it.</param>
/// <param name="IntervalMs">Width of the histogram's buckets, which begin at multiples of it.</param>
/// <param name="TimeSource">Name of the composite's date histogram; <c>null</c> when it is no composite.</param>
internal sealed record DatafeedAggregation(string Name, JsonObject Definition, long IntervalMs, string? TimeSource)
{
    /// <summary>The field of a record that says how many documents it stands for.</summary>
    public const string CountField = "doc_count";

    private const string Advice = "give one date_histogram, or one composite whose first source is a date_histogram in ascending order";
    private const int CompositeSize = 1000;

    // Kinds of aggregations with many buckets.
    private static readonly FrozenSet<string> Splits = FrozenSet.ToFrozenSet(
    [
        "categorize_text", "date_histogram", "date_range", "filters", "geohash_grid", "geotile_grid", "histogram", "ip_range", "multi_terms", "range", "rare_terms",
        "significant_terms", "terms",
    ], StringComparer.Ordinal);

    /// <summary>Reads the aggregation of a datafeed that has one; <c>null</c> when something is wrong with it.</summary>
    public static DatafeedAggregation? Read(DatafeedConfig datafeed, JobConfig job, ProblemList problems)
    {
        var named = datafeed.Aggregations!.Value.EnumerateObject().ToList();
        if (named.Count != 1 || named[0].Value.ValueKind != JsonValueKind.Object) return Refuse($"must have exactly one aggregation at the top: {Advice}");
        var name = named[0].Name;
        if (Parse(named[0].Value) is not { } definition) return Refuse($"[{name}] has a field twice in an object: keep one of the two");
        if (definition["date_histogram"] is JsonObject histogram) return Make(histogram, timeSource: null);
        if (definition["composite"] is not JsonObject composite) return Refuse($"[{name}] is of no kind that gives times: {Advice}");
        var first = (composite["sources"] as JsonArray)?.FirstOrDefault() as JsonObject;
        if (first is not { Count: 1 } || first.First().Value is not JsonObject source || source["date_histogram"] is not JsonObject inner)
            return Refuse($"[{name}] has no times to sort by: {Advice}");
        if (composite["after"] is not null) return Refuse($"[{name}.composite] has [after]: leave it out, all buckets are read");
        composite["size"] ??= CompositeSize;
        return Make(inner, first.First().Key);

        DatafeedAggregation? Make(JsonObject times, string? timeSource)
        {
            var (path, timeField, span) = ($"[{name}.date_histogram]", job.DataDescription.TimeField, job.AnalysisConfig.BucketSpan);
            if (Text(times["field"]) != timeField) return Refuse($"{path} is over [{times["field"]}]: it must be over the job's time field [{timeField}]");
            if (times["time_zone"] is { } zone && Text(zone) is not ("UTC" or "Z" or "+00:00")) return Refuse($"{path} has a time_zone: it must be UTC");
            // Others change where its buckets begin, or the form of their keys.
            if (Unwanted(times, timeSource is not null) is { } option) return Refuse($"{path} has [{option}]: leave it out");
            if (IsDescending(times["order"])) return Refuse($"{path} is in descending order: {Advice}");
            if (IntervalOf(times) is not { } interval || interval <= 0)
                return Refuse($"{path} needs a fixed_interval, or a calendar_interval of a minute, an hour or a day");
            var shown = TimeValue.Format(TimeSpan.FromMilliseconds(interval));
            if (TimeValue.Parse(span, "bucket_span").Duration.TotalMilliseconds % interval != 0)
                return Refuse($"{path} has an interval of {shown}: the bucket span [{span}] of the job must be a multiple of it");
            if (datafeed.Frequency is { } frequency && TimeValue.Parse(frequency, "frequency").Duration.TotalMilliseconds % interval != 0)
                problems.Add("frequency", $"is [{frequency}]: must be a multiple of the interval {shown} of [aggregations]", ProblemKind.IllegalArgument);
            if (!SaysTime(definition, timeField))
                return Refuse($"[{name}] needs the time of its newest document: add {{\"{timeField}\": {{\"max\": {{\"field\": \"{timeField}\"}}}}}} to its [aggs]");
            if (FindSideBySide(definition) is var (one, other)) return Refuse(SideBySide(one, other));
            var given = NamesIn(definition).Append(CountField).ToHashSet(StringComparer.Ordinal);
            foreach (var field in job.ToSettings().Schema.Fields.Select(field => field.Name).Distinct().Where(field => !Gives(given, field)))
                Refuse($"give no field [{field}], which job [{job.JobId}] needs: name an aggregation so, or a source of the composite");
            return new DatafeedAggregation(name, definition, interval, timeSource);
        }

        DatafeedAggregation? Refuse(string problem)
        {
            problems.Add("aggregations", problem, ProblemKind.IllegalArgument);
            return null;
        }
    }

    /// <summary>Why no records can be made where two aggregations split the same bucket.</summary>
    public static string SideBySide(string one, string other) => $"has [{one}] and [{other}] side by side: put one of them into the other";

    private static (string One, string Other)? FindSideBySide(JsonObject definition)
    {
        var inner = Inner(definition).Where(inner => inner.Value is JsonObject part && part.Any(kind => Splits.Contains(kind.Key))).ToList();
        return inner is [var one, var other, ..] ? (one.Key, other.Key)
            : inner.Select(part => FindSideBySide(part.Value!.AsObject())).FirstOrDefault(found => found is not null);
    }

    private static JsonObject? Parse(JsonElement definition)
    {
        try
        {
            return JsonNode.Parse(definition.GetRawText(), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();
        }
        catch (JsonException)
        {
            // It is JSON, as it was read before.
            return null;
        }
    }

    private static string? Unwanted(JsonObject times, bool isComposite) =>
        ((string[])["offset", "keyed", .. isComposite ? ["format", "missing_bucket"] : Array.Empty<string>()])
            .FirstOrDefault(option => times[option] is { } given && given.GetValueKind() != JsonValueKind.False);

    private static bool SaysTime(JsonObject definition, string timeField) => Inner(definition).Any(inner => inner.Value is JsonObject part
        && ((inner.Key == timeField && part.Any(kind => kind.Key is "max" or "min" or "avg" && kind.Value is JsonObject metric && Text(metric["field"]) == timeField))
            || SaysTime(part, timeField)));

    private static IEnumerable<string> NamesIn(JsonObject definition) =>
        (definition["composite"]?["sources"] as JsonArray ?? []).OfType<JsonObject>().SelectMany(source => source.Select(named => named.Key))
            .Concat(Inner(definition).SelectMany(inner => inner.Value is JsonObject deeper ? NamesIn(deeper).Prepend(inner.Key) : [inner.Key]));

    // Percentiles give fields such as latency.99.0.
    private static bool Gives(HashSet<string> given, string field) =>
        given.Contains(field) || given.Any(name => field.StartsWith(name + ".", StringComparison.Ordinal));

    private static JsonObject Inner(JsonObject definition) => definition["aggs"] as JsonObject ?? definition["aggregations"] as JsonObject ?? [];

    private static bool IsDescending(JsonNode? order) => order switch
    {
        JsonObject by => by.Any(key => Text(key.Value) == "desc"),
        JsonArray list => list.Any(IsDescending),
        _ => Text(order) == "desc",
    };

    private static long? IntervalOf(JsonObject histogram)
    {
        if (Text(histogram["calendar_interval"]) is { } calendar)
            return calendar switch { "minute" or "1m" => 60_000, "hour" or "1h" => 3_600_000, "day" or "1d" => 86_400_000, _ => null };
        return Text(histogram["fixed_interval"] ?? histogram["interval"]) is { } text && TimeValue.TryParse(text, out var value, out _)
            ? (long)value.Duration.TotalMilliseconds
            : null;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
