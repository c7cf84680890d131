using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Buckets;

/// <summary>One influencer value's part in one series' bucket; entries of a list are chained by <see cref="Next"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct InfluenceEntry
{
    public ulong Hash;
    public string Value;

    /// <summary>Index of the next entry of the same list, −1 at the end.</summary>
    public int Next;

    /// <summary>Number of records, including those of the values whose place it took: decides who gives way.</summary>
    public double Rank;

    public Accumulated Values;

    public static long Bytes(string value) => 104 + 24 + (2L * value.Length);
}

/// <summary>
/// What one detector has collected in one open bucket: an accumulator for each series that had records, and for each of those and each influencer
/// field a bounded list of values (space-saving: a newcomer takes the place of the value with the fewest records).
/// </summary>
internal sealed class DetectorBucket
{
    /// <summary>Influencer values kept for one series and field.</summary>
    public const int MostValues = 16;

    private const int Many = 1024;

    private readonly Aggregate _aggregate;
    private readonly long _newCollectorBytes;
    private Accumulator[] _accumulators = new Accumulator[4];

    // By series: the index of its accumulator plus one, 0 for none.
    private int[] _places = [];
    private int[] _heads;
    private InfluenceEntry[] _entries = [];
    private int _entryCount;
    private ValueCollector[] _collectors = [];

    public DetectorBucket(int influencerFields, Aggregate aggregate)
    {
        (InfluencerFields, _aggregate) = (influencerFields, aggregate);
        _heads = new int[4 * influencerFields];
        if (ValueCollector.For(aggregate) is not { } first) return;
        _collectors = [first];
        _newCollectorBytes = first.Bytes;
    }

    public int Count { get; private set; }

    /// <summary>In the order in which series were first seen in this bucket.</summary>
    public Span<Accumulator> Accumulators => _accumulators.AsSpan(0, Count);

    public int InfluencerFields { get; }

    /// <summary>Whether each series has a <see cref="ValueCollector"/>.</summary>
    public bool Collects => _collectors.Length > 0;

    /// <summary>Index of the accumulator of a series, −1 when it has none yet.</summary>
    public int Find(int series) => (uint)series < (uint)_places.Length ? _places[series] - 1 : -1;

    public int Add(int series)
    {
        if (Count == _accumulators.Length)
        {
            // Where there are many, not twice as many.
            var length = Count < Many ? Count * 2 : Count + (Count / 4);
            Array.Resize(ref _accumulators, length);
            Array.Resize(ref _heads, length * InfluencerFields);
        }
        if (series >= _places.Length) Array.Resize(ref _places, Math.Max(series + 1, _places.Length * 2));
        _places[series] = Count + 1;
        _accumulators[Count] = new Accumulator { Series = series };
        if (Collects) MakeCollector();
        _heads.AsSpan(Count * InfluencerFields, InfluencerFields).Fill(-1);
        return Count++;
    }

    public ref Accumulator At(int accumulator) => ref _accumulators[accumulator];

    /// <summary>The value of the detector's function for one series.</summary>
    public double ValueAt(int accumulator) =>
        CollectorAt(accumulator) is NumberCollector collector ? collector.Value : _accumulators[accumulator].Values.Value(_aggregate);

    /// <summary>What one accumulator takes when it is new.</summary>
    public long NewBytes => Accumulator.Bytes + _newCollectorBytes;

    /// <summary>What a series collects beyond its <see cref="Accumulated"/>; <c>null</c> for a function that needs no more.</summary>
    public ValueCollector? CollectorAt(int accumulator) => Collects ? _collectors[accumulator] : null;

    /// <summary>Adds a record to what a series collects.</summary>
    public void Collect(int accumulator, in RecordValue record, MemoryBudget memory)
    {
        var collector = _collectors[accumulator];
        var before = collector.Bytes;
        collector.Add(record);
        memory.OpenBytes += collector.Bytes - before;
    }

    /// <summary>First entry of the values of a field that had a part in a series, −1 when there is none.</summary>
    public int FirstInfluence(int accumulator, int field) => _heads[(accumulator * InfluencerFields) + field];

    public ref InfluenceEntry Influence(int entry) => ref _entries[entry];

    public void AddInfluence(int accumulator, int field, ulong hash, string value, double number, double count, MemoryBudget memory)
    {
        var (last, least, length) = (-1, -1, 0);
        for (var i = FirstInfluence(accumulator, field); i >= 0; i = _entries[i].Next)
        {
            ref var entry = ref _entries[i];
            if (entry.Hash == hash)
            {
                entry.Rank += count;
                entry.Values.Add(number, count);
                return;
            }
            if (least < 0 || entry.Rank < _entries[least].Rank) least = i;
            last = i;
            length++;
        }
        if (length == MostValues)
        {
            ref var entry = ref _entries[least];
            memory.OpenBytes += 2L * (value.Length - entry.Value.Length);
            var rank = entry.Rank + count;
            entry = new InfluenceEntry { Hash = hash, Value = value, Next = entry.Next, Rank = rank };
            entry.Values.Add(number, count);
        }
        else if (memory.TryTakeForInfluence(InfluenceEntry.Bytes(value)))
        {
            var at = Append(accumulator, field, last);
            _entries[at] = new InfluenceEntry { Hash = hash, Value = value, Next = -1, Rank = count };
            _entries[at].Values.Add(number, count);
        }
    }

    /// <summary>Puts a restored entry at the end of its list.</summary>
    public void RestoreInfluence(int accumulator, int field, InfluenceEntry entry)
    {
        var last = FirstInfluence(accumulator, field);
        while (last >= 0 && _entries[last].Next >= 0) last = _entries[last].Next;
        var at = Append(accumulator, field, last); // May replace the array.
        _entries[at] = entry with { Next = -1 };
    }

    /// <summary>What it takes in the memory count.</summary>
    public long CountBytes()
    {
        var bytes = Count * Accumulator.Bytes;
        for (var i = 0; i < _entryCount; i++) bytes += InfluenceEntry.Bytes(_entries[i].Value);
        for (var i = 0; Collects && i < Count; i++) bytes += _collectors[i].Bytes;
        return bytes;
    }

    /// <summary>Follows a pruning of the series: indices change. Series that are referred to are never pruned.</summary>
    public void Renumber(int[] moved)
    {
        ClearPlaces();
        for (var i = 0; i < Count; i++)
        {
            ref var series = ref _accumulators[i].Series;
            series = moved[series];
            _places[series] = i + 1;
        }
    }

    public void Clear()
    {
        ClearPlaces();
        Array.Clear(_entries, 0, _entryCount);
        (Count, _entryCount) = (0, 0);
    }

    private void ClearPlaces()
    {
        foreach (ref var accumulator in Accumulators) _places[accumulator.Series] = 0;
    }

    // Those of cleared buckets are used again.
    private void MakeCollector()
    {
        if (Count == _collectors.Length) Array.Resize(ref _collectors, Count * 2);
        if (_collectors[Count] is null) _collectors[Count] = ValueCollector.For(_aggregate)!;
        else _collectors[Count].Clear();
    }

    private int Append(int accumulator, int field, int last)
    {
        if (_entryCount == _entries.Length) Array.Resize(ref _entries, Math.Max(8, _entryCount * 2));
        if (last < 0) _heads[(accumulator * InfluencerFields) + field] = _entryCount;
        else _entries[last].Next = _entryCount;
        return _entryCount++;
    }
}
