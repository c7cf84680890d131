using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>
/// Which values of the by and over field are there most of the time: in at least half of the buckets in which their partition had records. They are
/// learnt as all others are, but give no results where the detector excludes frequent values.
/// </summary>
internal sealed class FrequentValues(DetectorSettings settings, MemoryBudget memory)
{
    private const double Frequent = 0.5;
    private const int FewestBuckets = 20;
    private const long ValueBytes = 24 + 16 + 28;

    private readonly bool _by = settings.ExcludesFrequentBy && settings.ByFieldName is not null;
    private readonly bool _over = settings.ExcludesFrequentOver && settings.OverFieldName is not null;

    // A partition itself has no value; it tells in how many buckets it had records.
    private readonly SortedDictionary<SeriesKey, Seen> _seen = [];

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private record struct Seen(long Last, int Buckets);

    public long EstimateBytes(SplitCounts counts) => counts.Partitions * (1 + (_by ? counts.By : 0) + (_over ? counts.Over : 0)) * ValueBytes;

    public bool IsFrequent(SeriesKey key) =>
        _seen.TryGetValue(new SeriesKey(key.Partition, ""), out var partition) && partition.Buckets >= FewestBuckets &&
        ((_by && IsFrequent(ByOf(key), partition)) || (_over && IsFrequent(OverOf(key), partition)));

    /// <summary>A bucket is over.</summary>
    public void Learn(DetectorBucket slice, SeriesTable table, long start)
    {
        foreach (ref var accumulator in slice.Accumulators)
        {
            var key = table[accumulator.Series].Key;
            See(new SeriesKey(key.Partition, ""), start);
            if (_by) See(ByOf(key), start);
            if (_over) See(OverOf(key), start);
        }
    }

    /// <summary>A series is dropped, and with it what no other series showed since.</summary>
    public void Forget(ModelledSeries series)
    {
        Drop(ByOf(series.Key));
        Drop(OverOf(series.Key));

        void Drop(SeriesKey value)
        {
            if (_seen.TryGetValue(value, out var seen) && seen.Last <= series.LastSeen && _seen.Remove(value)) memory.ModelBytes -= ValueBytes;
        }
    }

    public void Write(ByteWriter writer)
    {
        writer.VarUInt((ulong)_seen.Count);
        foreach (var (value, seen) in _seen)
        {
            writer.String(value.Partition);
            writer.String(value.By);
            writer.String(value.Over);
            writer.VarInt(seen.Last);
            writer.VarInt(seen.Buckets);
        }
    }

    public void Read(ref ByteReader reader)
    {
        var count = reader.Count(5);
        for (var i = 0; i < count; i++)
        {
            var value = new SeriesKey(reader.String(), reader.String(), reader.String());
            if (!_seen.TryAdd(value, new Seen(reader.VarInt(), (int)reader.VarInt()))) throw new InvalidDataException("a value appears twice");
            memory.ModelBytes += ValueBytes;
        }
    }

    private bool IsFrequent(SeriesKey value, Seen partition) => _seen.TryGetValue(value, out var seen) && seen.Buckets >= Frequent * partition.Buckets;

    private void See(SeriesKey value, long start)
    {
        if (!_seen.TryGetValue(value, out var seen)) memory.ModelBytes += ValueBytes;
        else if (seen.Last == start) return;
        _seen[value] = new Seen(start, Math.Min(seen.Buckets, int.MaxValue - 1) + 1);
    }

    // No value is so called: names in the data are kept apart from those of partitions.
    private static SeriesKey ByOf(SeriesKey key) => new(key.Partition, "=" + key.By);

    private static SeriesKey OverOf(SeriesKey key) => new(key.Partition, "", "=" + key.Over);
}
