using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MlActors.Documents.Queries;
using MlActors.Documents.Times;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Documents.Aggregating;

/// <summary>Reads <c>aggs</c>. Strict: whatever it does not know, it refuses by name.</summary>
public static class AggregationReader
{
    private const int DeepestNesting = 8;
    private const int MostAggregations = 100;

    private static readonly string[] Known =
        ["avg", "cardinality", "composite", "date_histogram", "max", "min", "stats", "sum", "terms", "value_count"];

    /// <exception cref="QueryException"/>
    public static ImmutableArray<Aggregation> Read(JsonElement aggs, DateTimeOffset now) => Read(aggs, "aggs", now, 0);

    private static ImmutableArray<Aggregation> Read(JsonElement aggs, string place, DateTimeOffset now, int depth)
    {
        if (depth > DeepestNesting) throw new QueryException($"[{place}] is nested too deep; at most {DeepestNesting} levels are read");
        var read = Options(aggs, place).Select(property => ReadOne(property, $"{place}.{property.Name}", now, depth)).ToImmutableArray();
        return read.Length <= MostAggregations ? read : throw new QueryException($"[{place}] has {read.Length} aggregations; at most {MostAggregations} are taken");
    }

    private static Aggregation ReadOne(JsonProperty aggregation, string place, DateTimeOffset now, int depth)
    {
        JsonProperty? body = null;
        ImmutableArray<Aggregation> inner = [];
        foreach (var option in Options(aggregation.Value, place))
        {
            if (option.Name is "aggs" or "aggregations") inner = Read(option.Value, place + "." + option.Name, now, depth + 1);
            else if (option.Name == "meta") throw new QueryException($"[{place}.meta] is not supported; leave it out");
            else if (body is not null) throw new QueryException($"[{place}] has two kinds, [{body.Value.Name}] and [{option.Name}]; it must have one");
            else body = option;
        }
        var kind = body ?? throw new QueryException($"[{place}] has no kind; supported: [{string.Join(", ", Known)}]");
        var here = $"{place}.{kind.Name}";
        Metric? metric = kind.Name switch
        {
            "min" => Metric.Min,
            "max" => Metric.Max,
            "avg" => Metric.Avg,
            "sum" => Metric.Sum,
            "value_count" => Metric.ValueCount,
            "cardinality" => Metric.Cardinality,
            "stats" => Metric.Stats,
            _ => null,
        };
        if (metric is { } known)
            return inner.IsEmpty ? ReadMetric(aggregation.Name, known, kind.Value, here) : throw new QueryException($"[{place}] is a metric and cannot have [aggs] within");
        return kind.Name switch
        {
            "date_histogram" => ReadHistogram(aggregation.Name, kind.Value, here, inner),
            "terms" => ReadTerms(aggregation.Name, kind.Value, here, inner),
            "composite" when depth > 0 => throw new QueryException($"[{place}] is [composite], which cannot stand within another aggregation"),
            "composite" => ReadComposite(aggregation.Name, kind.Value, here, inner),
            _ => throw new QueryException($"unknown aggregation [{QueryReader.Shorten(kind.Name)}] in [{place}]; supported: [{string.Join(", ", Known)}]", unknown: true),
        };
    }

    private static MetricAggregation ReadMetric(string name, Metric metric, JsonElement body, string place)
    {
        var (field, missing) = ((string?)null, (double?)null);
        foreach (var option in Options(body, place))
        {
            switch (option.Name)
            {
                case "field": field = Text(option, place); break;
                case "missing" when option.Value.ValueKind == JsonValueKind.Number: missing = option.Value.GetDouble(); break;
                // Counts are exact here.
                case "precision_threshold" when metric == Metric.Cardinality: break;
                default: throw Unknown(option, place, "field", "missing (a number)");
            }
        }
        return new MetricAggregation(name, metric, field ?? throw new QueryException($"[{place}] needs a [field]"), missing);
    }

    private static HistogramAggregation ReadHistogram(string name, JsonElement body, string place, ImmutableArray<Aggregation> inner)
    {
        var time = new TimeOptions();
        var (least, descending, text) = (0L, false, true);
        foreach (var option in Options(body, place))
        {
            if (time.TryRead(option, place)) continue;
            switch (option.Name)
            {
                case "min_doc_count": least = Whole(option, place, 0, long.MaxValue); break;
                case "order": (var by, descending) = Order(option, place); if (by != "_key") throw new QueryException($"[{place}.order] must be by [_key]"); break;
                case "format": text = IsIso(option, place); break;
                case "keyed" when option.Value.ValueKind == JsonValueKind.False: break;
                default: throw Unknown(option, place, "field", "fixed_interval", "calendar_interval", "offset", "time_zone", "min_doc_count", "order", "format");
            }
        }
        return new HistogramAggregation(name, new BucketSource(name, time.FieldIn(place), time.IntervalIn(place)), least, descending, text, inner);
    }

    private static TermsAggregation ReadTerms(string name, JsonElement body, string place, ImmutableArray<Aggregation> inner)
    {
        var (field, size, least, by, descending) = ((string?)null, 10, 1L, "_count", true);
        foreach (var option in Options(body, place))
        {
            switch (option.Name)
            {
                case "field": field = Text(option, place); break;
                case "size": size = (int)Whole(option, place, 1, AggregationRun.MostBuckets); break;
                case "min_doc_count": least = Whole(option, place, 1, long.MaxValue); break;
                case "order": (by, descending) = Order(option, place); break;
                // All values are counted in one place.
                case "shard_size" or "show_term_doc_count_error" or "execution_hint" or "collect_mode" or "shard_min_doc_count": break;
                default: throw Unknown(option, place, "field", "size", "min_doc_count", "order");
            }
        }
        if (by is not ("_count" or "_key") && !inner.OfType<MetricAggregation>().Any(metric => metric.Name == by && metric.Metric != Metric.Stats))
            throw new QueryException($"[{place}.order] is by [{by}]; it must be by _count, _key or a metric within");
        return new TermsAggregation(name, new BucketSource(name, field ?? throw new QueryException($"[{place}] needs a [field]"), null), size, least, by, descending, inner);
    }

    private static CompositeAggregation ReadComposite(string name, JsonElement body, string place, ImmutableArray<Aggregation> inner)
    {
        var (sources, size, after) = (ImmutableArray<BucketSource>.Empty, 10, default(JsonElement));
        foreach (var option in Options(body, place))
        {
            switch (option.Name)
            {
                case "sources" when option.Value.ValueKind == JsonValueKind.Array:
                    sources = [.. option.Value.EnumerateArray().Select((source, i) => ReadSource(source, string.Create(CultureInfo.InvariantCulture, $"{place}.sources[{i}]")))];
                    break;
                case "size": size = (int)Whole(option, place, 1, AggregationRun.MostBuckets); break;
                case "after": after = option.Value; break;
                default: throw Unknown(option, place, "sources (a list)", "size", "after");
            }
        }
        if (sources.IsEmpty) throw new QueryException($"[{place}] needs [sources], a list of named sources");
        ImmutableArray<BucketKey>? keys = after.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.Object => [.. sources.Select(source => KeyOf(source, after, place))],
            _ => throw new QueryException($"[{place}.after] must be the [after_key] of the answer before"),
        };
        return new CompositeAggregation(name, sources, size, keys, inner);
    }

    private static BucketKey KeyOf(BucketSource source, JsonElement after, string place)
    {
        if (!after.TryGetProperty(source.Name, out var value)) throw new QueryException($"[{place}.after] lacks [{source.Name}]; give the [after_key] of the answer before");
        return value.ValueKind switch
        {
            JsonValueKind.Null => BucketKey.Missing,
            JsonValueKind.Number when source.Interval is not null => BucketKey.OfTime((long)value.GetDouble()),
            JsonValueKind.Number => BucketKey.Of(value.GetDouble()),
            JsonValueKind.String when source.Interval is not null && DateFormat.Default.TryParse(value.GetString()!, out var ms) => BucketKey.OfTime(ms),
            JsonValueKind.String => BucketKey.Of(value.GetString()!),
            JsonValueKind.True => BucketKey.Of(true),
            JsonValueKind.False => BucketKey.Of(false),
            _ => throw new QueryException($"[{place}.after.{source.Name}] must be a single value"),
        };
    }

    private static BucketSource ReadSource(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object || element.EnumerateObject().ToList() is not [var named])
            throw new QueryException($"[{place}] must be an object with one name");
        var here = $"{place}.{named.Name}";
        if (Options(named.Value, here).ToList() is not [{ Name: "terms" or "date_histogram" } kind])
            throw new QueryException($"[{here}] must have one of [terms, date_histogram]");
        var time = new TimeOptions();
        var (descending, missing) = (false, false);
        here += "." + kind.Name;
        foreach (var option in Options(kind.Value, here))
        {
            if (time.TryRead(option, here)) continue;
            switch (option.Name)
            {
                case "order" when Text(option, here) is "asc" or "desc": descending = Text(option, here) == "desc"; break;
                case "missing_bucket" when option.Value.ValueKind is JsonValueKind.True or JsonValueKind.False: missing = option.Value.GetBoolean(); break;
                case "format" when Text(option, here) == "epoch_millis": break;
                default: throw Unknown(option, here, "field", "fixed_interval", "calendar_interval", "offset", "order (asc, desc)", "missing_bucket");
            }
        }
        return new BucketSource(named.Name, time.FieldIn(here), kind.Name == "terms" ? null : time.IntervalIn(here), descending, missing);
    }

    /// <summary>The options that name a field and an interval of time.</summary>
    private sealed class TimeOptions
    {
        private string? _field;
        private TimeInterval? _interval;
        private long _shift;

        public bool TryRead(JsonProperty option, string place)
        {
            var here = $"{place}.{option.Name}";
            switch (option.Name)
            {
                case "field": _field = Text(option, place); return true;
                case "fixed_interval": _interval = TimeInterval.Fixed(Text(option, place), here); return true;
                case "calendar_interval": _interval = TimeInterval.Calendar(Text(option, place), here); return true;
                case "offset":
                    var text = Text(option, place);
                    if (!TimeValue.TryParse(text.TrimStart('+', '-'), out var value, out var problem)) throw new QueryException($"[{here}] {problem}");
                    _shift += (long)value.Duration.TotalMilliseconds * (text.StartsWith('-') ? -1 : 1);
                    return true;
                case "time_zone":
                    var zone = Text(option, place);
                    if (zone is "UTC" or "Z" or "GMT") return true;
                    if (zone.Length != 6 || zone[0] is not ('+' or '-') || !TimeSpan.TryParseExact(zone[1..], "hh\\:mm", CultureInfo.InvariantCulture, out var offset))
                        throw new QueryException($"[{here}] is [{QueryReader.Shorten(zone)}]; write UTC or an offset such as +01:00");
                    // A day begins earlier in the east.
                    _shift += (long)offset.TotalMilliseconds * (zone[0] == '-' ? 1 : -1);
                    return true;
                default: return false;
            }
        }

        public string FieldIn(string place) => _field ?? throw new QueryException($"[{place}] needs a [field]");

        public TimeInterval IntervalIn(string place) =>
            _interval?.Shifted(_shift) ?? throw new QueryException($"[{place}] needs [fixed_interval] or [calendar_interval]");
    }

    private static (string By, bool Descending) Order(JsonProperty option, string place)
    {
        var list = option.Value.ValueKind == JsonValueKind.Array ? option.Value.EnumerateArray().ToList() : [option.Value];
        if (list is [{ ValueKind: JsonValueKind.Object } only] && only.EnumerateObject().ToList() is [{ Value.ValueKind: JsonValueKind.String } order])
        {
            var direction = order.Value.GetString();
            if (direction is "asc" or "desc") return (order.Name, direction == "desc");
        }
        throw new QueryException($"[{place}.order] must be an object with one key such as {{\"_count\": \"desc\"}}");
    }

    private static bool IsIso(JsonProperty option, string place) => Text(option, place) switch
    {
        "epoch_millis" => false,
        "strict_date_optional_time" or "date_optional_time" or "strict_date_time" or "date_time" or "iso8601" => true,
        var other => throw new QueryException($"[{place}.format] is [{QueryReader.Shorten(other)}]; supported: [epoch_millis, strict_date_optional_time]"),
    };

    private static IEnumerable<JsonProperty> Options(JsonElement element, string place) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw new QueryException($"[{place}] must be an object");

    private static string Text(JsonProperty option, string place) =>
        option.Value.ValueKind == JsonValueKind.String ? option.Value.GetString()! : throw new QueryException($"[{place}.{option.Name}] must be text");

    private static long Whole(JsonProperty option, string place, long least, long most) =>
        option.Value.ValueKind == JsonValueKind.Number && option.Value.TryGetInt64(out var number) && number >= least && number <= most
            ? number
            : throw new QueryException(string.Create(CultureInfo.InvariantCulture, $"[{place}.{option.Name}] must be a whole number from {least} to {most}"));

    private static QueryException Unknown(JsonProperty option, string place, params ReadOnlySpan<string> known) =>
        new($"unknown or wrong [{QueryReader.Shorten(option.Name)}] in [{place}]; supported: [{string.Join(", ", known!)}]", unknown: true);
}
