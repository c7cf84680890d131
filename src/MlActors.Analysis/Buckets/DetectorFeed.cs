using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Buckets;

/// <summary>
/// Takes the records of a batch into the open buckets of one detector. Codes of a batch are mapped to series once each, so strings are looked up
/// once a batch and not once a record.
/// </summary>
internal sealed class DetectorFeed
{
    private const int Unknown = -1;

    private readonly SeriesTable _table;
    private readonly int _detector;
    private readonly int _valueColumn;
    private readonly TextColumn? _texts;
    private readonly int _byColumn;
    private readonly int _partitionColumn;
    private readonly bool _useNull;
    private readonly TextColumn[] _influencers;
    private readonly MemoryBudget _memory;

    private readonly IndexMap _pairs = new();
    private int[] _singles = [];
    private int _singleCount;
    private double[]? _values;
    private Column _by;
    private Column _partition;
    private DetectorBucket? _lastBucket;
    private int _lastSeries;
    private int _lastAccumulator;

    /// <param name="detector">Position of the detector in the settings.</param>
    /// <param name="influencers">The influencer fields that the series are not split by.</param>
    public DetectorFeed(SeriesTable table, int detector, BatchSchema schema, TextColumn[] influencers, MemoryBudget memory)
    {
        var settings = table.Detector;
        _table = table;
        _detector = detector;
        var ofText = settings.Function.Aggregate.IsOfText();
        _valueColumn = ofText ? -1 : schema.IndexOf(settings.FieldName, FieldKind.Number);
        _texts = ofText ? new TextColumn(settings.FieldName!, schema.IndexOf(settings.FieldName, FieldKind.Text)) : null;
        _byColumn = schema.IndexOf(settings.ByFieldName, FieldKind.Text);
        _partitionColumn = schema.IndexOf(settings.PartitionFieldName, FieldKind.Text);
        _useNull = settings.UseNull;
        _influencers = influencers;
        _memory = memory;
    }

    public void Bind(RecordBatch batch)
    {
        _values = _valueColumn < 0 ? null : batch.Columns[_valueColumn].Numbers;
        _texts?.Bind(batch);
        _by = _byColumn < 0 ? default : batch.Columns[_byColumn];
        _partition = _partitionColumn < 0 ? default : batch.Columns[_partitionColumn];
        Forget();
    }

    public void Release()
    {
        (_values, _by, _partition) = (null, default, default);
        _texts?.Release();
    }

    /// <summary>Forgets the bucket last used, as is needed when buckets were finished or emptied.</summary>
    public void ForgetBucket() => _lastBucket = null;

    /// <summary>Forgets the indices of series as well, as is needed when they have changed.</summary>
    public void Forget()
    {
        ForgetBucket();
        _pairs.Clear();
        var split = _by.Dictionary is not null && _partition.Dictionary is not null ? null : _by.Dictionary ?? _partition.Dictionary;
        _singleCount = (split?.Length ?? 0) + 1;
        if (_singles.Length < _singleCount) _singles = new int[_singleCount * 2];
        _singles.AsSpan(0, _singleCount).Fill(Unknown);
    }

    /// <summary>Takes in one record that stands for <paramref name="count"/> records.</summary>
    public void Add(int record, double count, OpenBucket bucket)
    {
        var value = 1.0;
        if (_values is not null)
        {
            value = _values[record];
            if (!MetricValues.IsValue(value)) return;
        }
        var hash = 0UL;
        if (_texts is not null && !_texts.TryGet(record, out hash, out _)) return;
        var by = _by.Codes is null ? -1 : _by.Codes[record];
        var partition = _partition.Codes is null ? -1 : _partition.Codes[record];
        if (by == Column.Withheld || partition == Column.Withheld) return;
        if (!_useNull && ((by < 0 && _by.Codes is not null) || (partition < 0 && _partition.Codes is not null))) return;

        var series = FindSeries(partition, by, bucket);
        if (series < 0) return;
        var slice = bucket.Detectors[_detector];
        int at;
        if (ReferenceEquals(slice, _lastBucket) && series == _lastSeries)
        {
            at = _lastAccumulator;
        }
        else
        {
            at = slice.Find(series);
            if (at < 0)
            {
                if (!_memory.TryTakeForAccumulator(slice.NewBytes))
                {
                    bucket.Refused = true;
                    return;
                }
                at = slice.Add(series);
            }
            (_lastBucket, _lastSeries, _lastAccumulator) = (slice, series, at);
        }
        slice.At(at).Values.Add(value, count);
        if (_texts is not null) slice.AddDistinct(at, hash, _memory);
        for (var i = 0; i < _influencers.Length; i++)
            if (_influencers[i].TryGet(record, out var influencer, out var text))
                slice.AddInfluence(at, i, influencer, text, value, count, _memory);
    }

    private int FindSeries(int partition, int by, OpenBucket bucket)
    {
        if (_by.Codes is not null && _partition.Codes is not null)
        {
            var pair = ((ulong)(uint)partition << 32) | (uint)by;
            var known = _pairs.Find(pair);
            if (known >= 0) return known;
            var found = FindOrAdd(partition, by, bucket);
            if (found >= 0) _pairs.Add(pair, found);
            return found;
        }
        ref var single = ref _singles[(_by.Codes is null ? partition : by) + 1];
        if (single == Unknown) single = FindOrAdd(partition, by, bucket);
        return single;
    }

    private int FindOrAdd(int partition, int by, OpenBucket bucket)
    {
        var key = new SeriesKey(partition < 0 ? "" : _partition.Dictionary![partition], by < 0 ? "" : _by.Dictionary![by]);
        var series = _table.FindOrAdd(key, bucket.Start);
        if (series < 0) bucket.Refused = true;
        return series;
    }
}
