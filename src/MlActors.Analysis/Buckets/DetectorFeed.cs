using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;
using MlActors.Analysis.Series;
using MlActors.Analysis.Time;

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
    private readonly TextValues? _texts;
    private readonly PeriodClock? _clock;
    private readonly int _partitionColumn;
    private readonly int _byColumn;
    private readonly int _overColumn;
    private readonly int _splitFields;
    private readonly bool _useNull;
    private readonly TextColumn[] _influencers;
    private readonly MemoryBudget _memory;

    // With one split field, the series of each code; with two, of each pair of codes; with three, of a code and a group, which is a pair.
    private readonly IndexMap _pairs = new();
    private readonly IndexMap _groups = new();
    private int[] _singles = [];
    private double[]? _values;
    private long[] _times = [];
    private Column _partition;
    private Column _by;
    private Column _over;
    private DetectorBucket? _lastBucket;
    private int _lastSeries;
    private int _lastAccumulator;

    /// <param name="detector">Position of the detector in the settings.</param>
    /// <param name="influencers">The influencer fields that the series are not split by.</param>
    /// <param name="timeZone">That of the job.</param>
    public DetectorFeed(SeriesTable table, int detector, BatchSchema schema, string? timeZone, TextColumn[] influencers, MemoryBudget memory)
    {
        var settings = table.Detector;
        _table = table;
        _detector = detector;
        var aggregate = settings.Function.Aggregate;
        var field = schema.IndexOf(settings.FieldName, aggregate.FieldKind());
        _valueColumn = aggregate.FieldKind() == FieldKind.Number ? field : -1;
        _texts = aggregate.FieldKind() == FieldKind.Number ? null : new TextValues(field, aggregate);
        _clock = PeriodClock.For(aggregate, timeZone);
        _partitionColumn = schema.IndexOf(settings.PartitionFieldName, FieldKind.Text);
        _byColumn = schema.IndexOf(settings.ByFieldName, FieldKind.Text);
        _overColumn = schema.IndexOf(settings.OverFieldName, FieldKind.Text);
        _splitFields = new[] { _partitionColumn, _byColumn, _overColumn }.Count(column => column >= 0);
        _useNull = settings.UseNull;
        _influencers = influencers;
        _memory = memory;
    }

    public void Bind(RecordBatch batch)
    {
        _values = _valueColumn < 0 ? null : batch.Columns[_valueColumn].Numbers;
        _times = batch.Times;
        _texts?.Bind(batch);
        _partition = _partitionColumn < 0 ? default : batch.Columns[_partitionColumn];
        _by = _byColumn < 0 ? default : batch.Columns[_byColumn];
        _over = _overColumn < 0 ? default : batch.Columns[_overColumn];
        Forget();
    }

    public void Release()
    {
        (_values, _times, _partition, _by, _over) = (null, [], default, default, default);
        _texts?.Release();
    }

    /// <summary>Forgets the bucket last used, as is needed when buckets were finished or emptied.</summary>
    public void ForgetBucket() => _lastBucket = null;

    /// <summary>Forgets the indices of series as well, as is needed when they have changed.</summary>
    public void Forget()
    {
        ForgetBucket();
        _pairs.Clear();
        _groups.Clear();
        var codes = 1 + Math.Max(_partition.Dictionary?.Length ?? 0, Math.Max(_by.Dictionary?.Length ?? 0, _over.Dictionary?.Length ?? 0));
        if (_singles.Length < codes) _singles = new int[codes * 2];
        _singles.AsSpan(0, codes).Fill(Unknown);
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
        var key = 0UL;
        if (_texts is not null && !_texts.TryGet(record, out key, out value)) return;
        if (_clock is not null) value = _clock.Of(_times[record]);
        var partition = _partition.Codes is null ? -1 : _partition.Codes[record];
        var by = _by.Codes is null ? -1 : _by.Codes[record];
        var over = _over.Codes is null ? -1 : _over.Codes[record];
        if (partition == Column.Withheld || by == Column.Withheld || over == Column.Withheld) return;
        if (!_useNull && ((partition < 0 && _partition.Codes is not null) || (by < 0 && _by.Codes is not null) || (over < 0 && _over.Codes is not null))) return;

        var series = FindSeries(partition, by, over, bucket);
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
        if (slice.Collects) slice.Collect(at, new RecordValue(value, count, key), _memory);
        for (var i = 0; i < _influencers.Length; i++)
            if (_influencers[i].TryGet(record, out var influencer, out var text))
                slice.AddInfluence(at, i, influencer, text, value, count, _memory);
    }

    private int FindSeries(int partition, int by, int over, OpenBucket bucket)
    {
        int first, second;
        if (_over.Codes is null) (first, second) = (partition, by);
        else if (_partition.Codes is null) (first, second) = (by, over);
        else if (_by.Codes is null) (first, second) = (partition, over);
        else (first, second) = (GroupOf(partition, by), over);

        // Only one of them can be there when the other column is not; the codes of a missing column are all −1.
        if (_splitFields < 2)
        {
            ref var single = ref _singles[Math.Max(first, second) + 1];
            if (single == Unknown) single = FindOrAdd(partition, by, over, bucket);
            return single;
        }
        var pair = Pair(first, second);
        var known = _pairs.Find(pair);
        if (known >= 0) return known;
        var found = FindOrAdd(partition, by, over, bucket);
        if (found >= 0) _pairs.Add(pair, found);
        return found;
    }

    private int GroupOf(int partition, int by)
    {
        var pair = Pair(partition, by);
        var group = _groups.Find(pair);
        if (group < 0) _groups.Add(pair, group = _groups.Count);
        return group;
    }

    private int FindOrAdd(int partition, int by, int over, OpenBucket bucket)
    {
        var key = new SeriesKey(Text(_partition, partition), Text(_by, by), Text(_over, over));
        var series = _table.FindOrAdd(key, bucket.Start);
        if (series < 0) bucket.Refused = true;
        return series;
    }

    private static ulong Pair(int first, int second) => ((ulong)(uint)first << 32) | (uint)second;

    private static string Text(in Column column, int code) => code < 0 ? "" : column.Dictionary![code];
}
