using System.Text.Json;
using MlActors.Analysis;
using MlActors.Datafeeds.Paging;
using MlActors.Ingest;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Aggregating;

/// <summary>
/// Makes records of the buckets of an aggregation, in the form in which a search answers them: each innermost bucket is a record, with the keys of those around
/// it, the metrics by their names, and <c>doc_count</c>. Its time is that of the metric which is named like the time field.
/// A page ends with a whole bucket of the histogram, so reading goes on with the next of them.
/// </summary>
internal sealed class BucketRecords
{
    private readonly DatafeedAggregation _aggregation;
    private readonly PageBuilder _page;
    private readonly string _timeField;
    private readonly Queue<(long StartMs, List<Leaf> Leaves)> _whole = new();
    private (long StartMs, List<Leaf> Leaves)? _open;

    public BucketRecords(DatafeedAggregation aggregation, JobConfig job, PageLimits limits)
    {
        (_aggregation, _timeField) = (aggregation, job.DataDescription.TimeField);
        _page = new PageBuilder(new RowRecords(job.ToSettings().Schema, new RecordFormat(_timeField)), limits, "use fewer terms");
    }

    /// <summary>The number that a metric found; <c>null</c> for none.</summary>
    public static double? ValueOf(JsonElement metric) =>
        metric.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>Takes an answer of the aggregation, in the order of time; the histogram bucket that it ends with may go on in the next one.</summary>
    /// <param name="result">An object with <c>buckets</c>.</param>
    public void Add(JsonElement result)
    {
        foreach (var bucket in result.GetProperty("buckets").EnumerateArray())
        {
            var key = bucket.GetProperty("key");
            var values = new List<Value>();
            if (_aggregation.TimeSource is { } times)
            {
                foreach (var part in key.EnumerateObject()) AddKey(values, part.Name, part.Value, text: null);
                key = key.GetProperty(times);
            }
            var start = key.GetInt64();
            if (_open is { } before && before.StartMs != start) EndBucket();
            _open ??= (start, []);
            AddLeaves(start, bucket, values);
        }
    }

    /// <summary>The histogram bucket that came last is whole.</summary>
    public void EndBucket()
    {
        if (_open is { Leaves.Count: > 0 } bucket) _whole.Enqueue((bucket.StartMs, [.. bucket.Leaves.OrderBy(leaf => leaf.TimeMs)]));
        _open = null;
    }

    /// <summary>A page, when there are enough whole buckets for one.</summary>
    public SourcePage? TakeFull()
    {
        while (_whole.TryPeek(out var bucket))
        {
            if (_page.EndsBefore(bucket.StartMs)) return TakeRest();
            _whole.Dequeue();
            foreach (var (time, values) in bucket.Leaves)
            {
                foreach (var (field, text, number) in values)
                {
                    if (text is not null) _page.Record.Set(field, text);
                    else _page.Record.Set(field, number);
                }
                _page.Add(time, values.Length, bytes: 0);
            }
        }
        return null;
    }

    /// <summary>What is left after the last full page; <c>null</c> for nothing.</summary>
    public SourcePage? TakeRest() =>
        _page.Take(fromMs: 0) is { } page ? page with { NextMs = BucketTime.Floor(_page.Newest, _aggregation.IntervalMs) + _aggregation.IntervalMs } : null;

    private void AddLeaves(long time, JsonElement bucket, List<Value> around)
    {
        var count = bucket.GetProperty("doc_count").GetInt64();
        if (count == 0) return;
        List<Value> values = [.. around];
        JsonProperty? inner = null;
        foreach (var child in bucket.EnumerateObject().Where(child => child.Value.ValueKind == JsonValueKind.Object && child.Name != "key"))
        {
            if (child.Value.TryGetProperty("buckets", out _))
            {
                // Found when it was read, unless the server knows kinds of buckets that are not known here.
                if (inner is { } other) throw new SourceException("[aggregations] " + DatafeedAggregation.SideBySide(other.Name, child.Name), isPermanent: true);
                inner = child;
            }
            else if (child.Name != _timeField)
            {
                AddMetric(values, child);
            }
            else if (ValueOf(child.Value) is { } newest)
            {
                // Never outside of its bucket, whatever the server says.
                time = Math.Clamp((long)Math.Floor(newest), _open!.Value.StartMs, _open.Value.StartMs + _aggregation.IntervalMs - 1);
            }
        }
        if (inner is { } split)
        {
            foreach (var part in split.Value.GetProperty("buckets").EnumerateArray())
            {
                List<Value> with = [.. values];
                AddKey(with, split.Name, part.GetProperty("key"), part.TryGetProperty("key_as_string", out var shown) ? shown.GetString() : null);
                AddLeaves(time, part, with);
            }
            return;
        }
        Put(values, DatafeedAggregation.CountField, text: null, count);
        _open!.Value.Leaves.Add(new Leaf(time, [.. values]));
    }

    private void AddKey(List<Value> values, string name, JsonElement key, string? text)
    {
        if (key.ValueKind == JsonValueKind.Null) return;
        Put(values, name, text ?? (key.ValueKind == JsonValueKind.String ? key.GetString() : key.GetRawText()), 0);
    }

    private void AddMetric(List<Value> values, JsonProperty metric)
    {
        if (ValueOf(metric.Value) is { } value) Put(values, metric.Name, text: null, value);
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

    private readonly record struct Value(int Field, string? Text, double Number);

    private readonly record struct Leaf(long TimeMs, Value[] Values);
}
