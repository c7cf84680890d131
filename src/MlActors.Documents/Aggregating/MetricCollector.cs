using System.Text.Json;
using MlActors.Documents.Matching;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Documents.Aggregating;

/// <summary>Numbers over the values of a field; times count as their milliseconds.</summary>
internal sealed class MetricCollector(MetricAggregation metric, AggregationRun run) : Collector
{
    private readonly int _slot = run.Paths.Add(metric.Field);
    private readonly HashSet<BucketKey>? _distinct = metric.Metric == Metric.Cardinality ? [] : null;
    private long _count;
    private double _sum;
    private double _lost;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;
    private bool _isTime;

    public string Name => metric.Name;

    public double? Value => metric.Metric switch
    {
        Metric.ValueCount => _count,
        Metric.Cardinality => _distinct!.Count,
        Metric.Sum => _sum,
        _ when _count == 0 => null,
        Metric.Min => _min,
        Metric.Max => _max,
        _ => _sum / _count,
    };

    public override void Add(in AggregatedDocument document)
    {
        if (metric.Field == document.Index.TimeField)
        {
            _isTime = true;
            Add(document.TimeMs, BucketKey.OfTime(document.TimeMs));
            return;
        }
        var values = document.Fields.ValuesOf(_slot);
        if (values.Count == 0 && metric.Missing is { } missing) Add(missing, BucketKey.Of(missing));
        foreach (var value in values) Add(document, value);
    }

    public override AggregationResult Finish() => metric.Metric == Metric.Stats
        ? new AggregationResult(metric.Name, "stats", (json, _) =>
        {
            json.WriteNumber("count", _count);
            WriteNumber(json, "min", _count == 0 ? null : _min);
            WriteNumber(json, "max", _count == 0 ? null : _max);
            WriteNumber(json, "avg", _count == 0 ? null : _sum / _count);
            json.WriteNumber("sum", _sum);
        })
        : new AggregationResult(metric.Name, TypeName, (json, _) =>
        {
            WriteNumber(json, "value", Value);
            if (_isTime && _count > 0 && metric.Metric is Metric.Min or Metric.Max or Metric.Avg && Value is { } ms)
                json.WriteString("value_as_string", TimeText.Iso((long)ms));
        });

    private string TypeName => metric.Metric switch
    {
        Metric.ValueCount => "value_count",
        _ => metric.Metric.ToString().ToLowerInvariant(),
    };

    private void Add(in AggregatedDocument document, in FieldValue value)
    {
        if (metric.Metric is Metric.Cardinality or Metric.ValueCount)
        {
            if (BucketKeys.TryRead(document, metric.Field, value, out var key)) Add(0, key);
            return;
        }
        if (document.Index.Mapping.DateOf(metric.Field) is { } format)
        {
            if (!format.TryParse(document.Fields.BytesOf(value, document.Source), value.Kind == FieldKind.Number, out var ms)) return;
            _isTime = true;
            Add(ms, BucketKey.OfTime(ms));
        }
        else if (document.Fields.TryGetNumber(value, document.Source, out var number))
        {
            Add(number, BucketKey.Of(number));
        }
        else if (value.Kind == FieldKind.Boolean)
        {
            Add(document.Fields.BytesOf(value, document.Source).SequenceEqual("true"u8) ? 1 : 0, default);
        }
    }

    private void Add(double number, BucketKey key)
    {
        _count++;
        if (_distinct is not null)
        {
            if (_distinct.Add(key)) run.CountDistinct();
            return;
        }
        // Kahan's summation: what an addition loses is added to the next.
        var (gained, total) = (number - _lost, _sum + (number - _lost));
        (_lost, _sum) = (total - _sum - gained, total);
        (_min, _max) = (Math.Min(_min, number), Math.Max(_max, number));
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
