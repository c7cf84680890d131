using System.Runtime.InteropServices;

namespace MlActors.Analysis.Series;

/// <summary>All series of one detector. Indices are in the order in which series were first seen, and change only in <see cref="Prune"/>.</summary>
internal sealed class SeriesTable
{
    private readonly List<ModelledSeries> _series;
    private readonly KeyIndex _index;

    // Where fields cross: how many series there are of each partition, and of each value of the by and the over field in a partition.
    private readonly Dictionary<(Split Split, SeriesKey Value), int> _uses = [];

    private readonly ISeriesKind _kind;
    private readonly MemoryBudget _memory;

    public SeriesTable(DetectorSettings detector, ISeriesKind kind, MemoryBudget memory)
    {
        (Detector, _kind, _memory, _series) = (detector, kind, memory, []);
        _index = new KeyIndex(_series);
    }

    private enum Split { Partition, By, Over }

    public DetectorSettings Detector { get; }

    public int Count => _series.Count;

    public ModelledSeries this[int index] => _series[index];

    public int ByCount { get; private set; }

    public int OverCount { get; private set; }

    public int PartitionCount { get; private set; }

    /// <summary>Index of the series; −1 when it is new and there is no memory for it.</summary>
    /// <param name="bucket">Start of the bucket in which it is seen, epoch seconds.</param>
    public int FindOrAdd(SeriesKey key, long bucket)
    {
        if (_index.Find(key) is var index and >= 0) return index;
        if (!_memory.TryTakeForSeries(ModelledSeries.BytesOf(key) + _kind.NewBytes)) return -1;
        var series = _kind.Create(key);
        series.LastSeen = bucket;
        return Add(series);
    }

    /// <summary>Takes in a restored series.</summary>
    /// <exception cref="InvalidDataException">There is one of this key.</exception>
    public void Restore(ModelledSeries series)
    {
        if (_index.Find(series.Key) >= 0) throw new InvalidDataException("a series appears twice");
        _memory.ModelBytes += series.Bytes;
        Add(series);
    }

    /// <summary>All series, by their keys.</summary>
    public IEnumerable<ModelledSeries> ByKey() => _series.OrderBy(series => series.Key);

    /// <summary>Whether there is something that <see cref="Prune"/> could drop.</summary>
    public bool AnySeenBefore(long before)
    {
        if (!Detector.IsSplit) return false;
        foreach (var series in _series)
            if (series.LastSeen < before)
                return true;
        return false;
    }

    /// <summary>Drops the series last seen before <paramref name="before"/> that are not in use; the others keep their order.</summary>
    /// <param name="used">By index, whether an open bucket refers to it.</param>
    /// <returns>The new index of every old one, −1 for the dropped; <c>null</c> when nothing was dropped.</returns>
    public int[]? Prune(long before, ReadOnlySpan<bool> used)
    {
        // A detector without splits has one series: without it there would be nothing left to compare with after a long silence.
        if (!Detector.IsSplit) return null;
        int[]? moved = null;
        var kept = 0;
        for (var i = 0; i < _series.Count; i++)
        {
            var drop = _series[i].LastSeen < before && !used[i];
            if (drop)
            {
                moved ??= Enumerable.Range(0, _series.Count).ToArray();
                Forget(_series[i]);
                moved[i] = -1;
                continue;
            }
            if (moved is not null)
            {
                moved[i] = kept;
                _series[kept] = _series[i];
            }
            kept++;
        }
        if (moved is null) return null;
        CollectionsMarshal.SetCount(_series, kept);
        _index.Rebuild();
        return moved;
    }

    private int Add(ModelledSeries series)
    {
        _series.Add(series);
        _index.AddLast();
        CountValues(series.Key, +1);
        return _series.Count - 1;
    }

    private void Forget(ModelledSeries series)
    {
        _memory.ModelBytes -= series.Bytes;
        _kind.Forget(series);
        CountValues(series.Key, -1);
    }

    private void CountValues(SeriesKey key, int change)
    {
        var (by, over) = (Detector.ByFieldName is not null, Detector.OverFieldName is not null);
        if (by) ByCount += over ? Use(Split.By, key with { Over = "" }, change) : change;
        if (over) OverCount += by ? Use(Split.Over, key with { By = "" }, change) : change;
        if (Detector.PartitionFieldName is not null) PartitionCount += by || over ? Use(Split.Partition, new SeriesKey(key.Partition, "", ""), change) : change;
    }

    // By how much the number of values changes.
    private int Use(Split split, SeriesKey value, int change)
    {
        ref var uses = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, (split, value), out _);
        var before = uses;
        uses += change;
        if (uses == 0) _uses.Remove((split, value));
        return (uses > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
    }
}
