using System.Text.Json;
using System.Text.Json.Nodes;
using MlActors.Datafeeds.Http;
using MlActors.Datafeeds.Paging;
using MlActors.Ingest;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Elasticsearch;

/// <summary>
/// One reading of an aggregation: each innermost bucket is a record, with the keys of those around it, the metrics, and <c>doc_count</c>; its time is the
/// start of its histogram bucket. Only whole histogram buckets are read: one that the range cuts belongs to the range in which it ends.
/// </summary>
internal sealed class ElasticBuckets : IPageReader
{
    // Histogram buckets of one search; a composite comes in parts of its own.
    private const int MostBuckets = 1000;

    private readonly HttpCaller _caller;
    private readonly ElasticSearches _searches;
    private readonly ElasticAggregation _aggregation;
    private readonly PageBuilder _page;
    private readonly Queue<Bucket> _fetched = new();
    private readonly long _from;
    private readonly long _to;
    private long _next;
    private JsonNode? _after;

    public ElasticBuckets(HttpCaller caller, ElasticSettings settings, ElasticAggregation aggregation, JobConfig job, SourceRange range, PageLimits limits)
    {
        (_caller, _searches, _aggregation) = (caller, new ElasticSearches(caller, settings), aggregation);
        _page = new PageBuilder(new RowRecords(job.ToSettings().Schema, new RecordFormat(job.DataDescription.TimeField)), limits, "use fewer terms");
        (_from, _to) = (Floor(range.FromMs), Floor(range.ToMs));
        _next = _from;
    }

    public async Task<SourcePage?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (_fetched.TryPeek(out var bucket))
            {
                if (_page.EndsBefore(bucket.TimeMs)) return Take();
                _fetched.Dequeue();
                foreach (var (field, text, number) in bucket.Values)
                {
                    if (text is not null) _page.Record.Set(field, text);
                    else _page.Record.Set(field, number);
                }
                _page.Add(bucket.TimeMs, bucket.Values.Length, 0);
            }
            if (_next >= _to) return Take();
            await SearchAsync(cancellation);
        }
    }

    public SourceException? Explain(Exception cause) => _caller.Explain(cause, ElasticAnswers.ReasonOf);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // A page has whole histogram buckets, so reading goes on with the next of them.
    private SourcePage? Take() => _page.Take(_from) is { } page ? page with { NextMs = _page.Newest + _aggregation.IntervalMs } : null;

    private async Task SearchAsync(CancellationToken cancellation)
    {
        var isComposite = _aggregation.TimeSource is not null;
        var to = isComposite ? _to : Math.Min(_to, _next + (MostBuckets * _aggregation.IntervalMs));
        using var answer = await _searches.AggregateAsync(_aggregation, _next, to, _after, cancellation);
        var result = answer.RootElement.GetProperty("aggregations").GetProperty(_aggregation.Name);
        foreach (var bucket in result.GetProperty("buckets").EnumerateArray())
        {
            var key = bucket.GetProperty("key");
            var time = isComposite ? key.GetProperty(_aggregation.TimeSource!).GetInt64() : key.GetInt64();
            var values = new List<Value>();
            if (isComposite)
                foreach (var part in key.EnumerateObject())
                    AddKey(values, part.Name, part.Value, text: null);
            AddRecords(time, bucket, values);
        }
        _after = isComposite && result.TryGetProperty("after_key", out var after) ? JsonNode.Parse(after.GetRawText()) : null;
        if (_after is null) _next = to;
    }

    private void AddRecords(long time, JsonElement bucket, List<Value> around)
    {
        var count = bucket.GetProperty("doc_count").GetInt64();
        if (count == 0) return;
        List<Value> values = [.. around];
        JsonProperty? inner = null;
        foreach (var child in bucket.EnumerateObject().Where(child => child.Value.ValueKind == JsonValueKind.Object && child.Name != "key"))
        {
            if (child.Value.TryGetProperty("buckets", out _))
            {
                if (inner is not null)
                    throw new SourceException($"[aggregations] has [{inner.Value.Name}] and [{child.Name}] side by side: put one of them into the other", isPermanent: true);
                inner = child;
            }
            else
            {
                AddMetric(values, child);
            }
        }
        if (inner is { } split)
        {
            foreach (var part in split.Value.GetProperty("buckets").EnumerateArray())
            {
                List<Value> with = [.. values];
                AddKey(with, split.Name, part.GetProperty("key"), part.TryGetProperty("key_as_string", out var shown) ? shown.GetString() : null);
                AddRecords(time, part, with);
            }
            return;
        }
        Put(values, "doc_count", text: null, count);
        _fetched.Enqueue(new Bucket(time, [.. values]));
    }

    private void AddKey(List<Value> values, string name, JsonElement key, string? text)
    {
        if (key.ValueKind == JsonValueKind.Null) return;
        Put(values, name, text ?? (key.ValueKind == JsonValueKind.String ? key.GetString() : key.GetRawText()), 0);
    }

    private void AddMetric(List<Value> values, JsonProperty metric)
    {
        if (ElasticAnswers.Value(metric.Value) is { } value) Put(values, metric.Name, text: null, value);
        if (!metric.Value.TryGetProperty("values", out var several) || several.ValueKind != JsonValueKind.Object) return;
        // Percentiles: each is a field of its own.
        foreach (var one in several.EnumerateObject())
            if (one.Value.ValueKind == JsonValueKind.Number)
                Put(values, $"{metric.Name}.{one.Name}", text: null, one.Value.GetDouble());
    }

    private void Put(List<Value> values, string name, string? text, double number)
    {
        // The first field is the time, which is the bucket's.
        if (_page.Record.IndexOf(name) is > 0 and var field) values.Add(new Value(field, text, number));
    }

    private long Floor(long ms) => ms - (((ms % _aggregation.IntervalMs) + _aggregation.IntervalMs) % _aggregation.IntervalMs);

    private readonly record struct Value(int Field, string? Text, double Number);

    private readonly record struct Bucket(long TimeMs, Value[] Values);
}
