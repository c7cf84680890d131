using MlActors.Analysis;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;

namespace MlActors.Node.Detecting;

/// <summary>
/// The values of all series in all buckets. The analysis itself gives only those that are unusual, so they are computed here as it computes them,
/// from the same batches.
/// </summary>
internal sealed class BucketValues
{
    private readonly AnalysisSettings _settings;
    private readonly DetectorValues[] _detectors;
    private readonly int _summaryColumn;
    private long _newest = long.MinValue;

    public BucketValues(AnalysisSettings settings)
    {
        _settings = settings;
        _detectors = [.. settings.Detectors.Select((detector, i) => new DetectorValues(detector, i, settings.Schema))];
        _summaryColumn = settings.Schema.IndexOf(settings.SummaryCountField, FieldKind.Number);
    }

    /// <summary>Takes in the records of a batch; to be called before the analysis folds it.</summary>
    public void Add(RecordBatch batch)
    {
        foreach (var detector in _detectors) detector.Bind(batch);
        var counts = _summaryColumn < 0 ? null : batch.Columns[_summaryColumn].Numbers;
        for (var i = 0; i < batch.Count; i++)
        {
            // As late as the analysis takes it for.
            var start = BucketTime.Floor(batch.Times[i], _settings.BucketSpan);
            if (start > _newest) _newest = start;
            else if (batch.Times[i] < _newest - _settings.Latency) continue;
            var count = counts is null ? 1 : counts[i];
            if (!(count > 0)) continue;
            foreach (var detector in _detectors) detector.Add(i, count, start);
        }
    }

    /// <summary>The points of a finished bucket, one for each series that had a value in it, in order of detectors and of first appearance.</summary>
    public void Points(BucketResult bucket, List<SeriesPoint> points)
    {
        points.Clear();
        foreach (var detector in _detectors) detector.Take(bucket, points);
        foreach (var record in bucket.Records)
        {
            var name = SeriesPoint.NameOf(record);
            var at = points.FindIndex(point => point.Series == name);
            if (at >= 0) points[at] = SeriesPoint.Of(bucket, points[at].Series, record);
            else points.Add(SeriesPoint.Of(bucket, name, record));
        }
    }
}

/// <summary>The values of one detector's series in the buckets that are not finished.</summary>
internal sealed class DetectorValues(DetectorSettings detector, int index, BatchSchema schema)
{
    private readonly int _valueColumn = schema.IndexOf(detector.FieldName, FieldKind.Number);
    private readonly int _byColumn = schema.IndexOf(detector.ByFieldName, FieldKind.Text);
    private readonly int _partitionColumn = schema.IndexOf(detector.PartitionFieldName, FieldKind.Text);
    private readonly bool _zeroWhenEmpty = detector.Function.Aggregate.IsZeroWhenEmpty();

    private readonly List<SeriesName> _names = [];
    private readonly Dictionary<(string Partition, string By), int> _series = [];
    private readonly Dictionary<(int Partition, int By), int> _ofCodes = [];
    private readonly Stack<List<Sums>> _free = new();
    private readonly Dictionary<long, List<Sums>> _open = [];
    private (long Start, List<Sums>? Series) _last;
    private double[]? _values;
    private Column _by;
    private Column _partition;

    public void Bind(RecordBatch batch)
    {
        _values = _valueColumn < 0 ? null : batch.Columns[_valueColumn].Numbers;
        _by = _byColumn < 0 ? default : batch.Columns[_byColumn];
        _partition = _partitionColumn < 0 ? default : batch.Columns[_partitionColumn];
        _ofCodes.Clear();
    }

    public void Add(int row, double count, long start)
    {
        var value = _values is null ? 1 : _values[row];
        if (double.IsNaN(value)) return;
        var by = _by.Codes is null ? -1 : _by.Codes[row];
        var partition = _partition.Codes is null ? -1 : _partition.Codes[row];
        if (!detector.UseNull && ((_by.Codes is not null && by < 0) || (_partition.Codes is not null && partition < 0))) return;
        var series = SeriesOf(partition, by);
        var sums = OpenAt(start);
        while (sums.Count <= series) sums.Add(default);
        sums[series] = sums[series].With(value, count);
    }

    public void Take(BucketResult bucket, List<SeriesPoint> points)
    {
        _last = default;
        var isOpen = _open.Remove(bucket.Timestamp, out var values);
        for (var series = 0; series < _names.Count; series++)
        {
            var sums = isOpen && series < values!.Count ? values[series] : default;
            if (sums.Count > 0 || _zeroWhenEmpty) points.Add(SeriesPoint.Usual(bucket, _names[series], sums.Value(detector.Function.Aggregate)));
        }
        if (!isOpen) return;
        values!.Clear();
        _free.Push(values);
    }

    private List<Sums> OpenAt(long start)
    {
        if (_last.Series is { } same && _last.Start == start) return same;
        if (!_open.TryGetValue(start, out var series)) _open[start] = series = _free.TryPop(out var free) ? free : [];
        _last = (start, series);
        return series;
    }

    private int SeriesOf(int partition, int by)
    {
        if (_ofCodes.TryGetValue((partition, by), out var series)) return series;
        var key = (partition < 0 ? "" : _partition.Dictionary![partition], by < 0 ? "" : _by.Dictionary![by]);
        if (!_series.TryGetValue(key, out series))
        {
            _series[key] = series = _names.Count;
            _names.Add(new SeriesName(index, key.Item1, key.Item2));
        }
        return _ofCodes[(partition, by)] = series;
    }

    private readonly record struct Sums(double Count, double Sum, double Weighted, double Min, double Max)
    {
        public Sums With(double value, double count) => Count == 0
            ? new Sums(count, value, value * count, value, value)
            : new Sums(Count + count, Sum + value, Weighted + (value * count), Math.Min(Min, value), Math.Max(Max, value));

        public double Value(Aggregate aggregate) => aggregate switch
        {
            Aggregate.Count or Aggregate.NonZeroCount => Count,
            Aggregate.Sum or Aggregate.NonNullSum => Sum,
            Aggregate.Min => Min,
            Aggregate.Max => Max,
            Aggregate.Mean => Weighted / Count,
            _ => double.NaN,
        };
    }
}
