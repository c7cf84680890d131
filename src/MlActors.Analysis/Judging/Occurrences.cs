using MlActors.Analysis.Binary;
using MlActors.Analysis.Modelling;

namespace MlActors.Analysis.Judging;

/// <summary>
/// How often the values of one partition come: by what each is counted by (buckets it was seen in, members that have it), exact up to 16, then by octaves.
/// </summary>
internal sealed class Occurrences
{
    public const long Bytes = 32 + 24 + (Cells * 8) + 80;

    // Buckets after which half of a strength counts.
    private const double Youth = 20;

    private const int Exact = 16;
    private const int Cells = Exact + 60;

    // Sum of the counts of the values whose count lies in the cell.
    private readonly long[] _mass = new long[Cells];
    private long _total;
    private long _newest = long.MinValue;

    /// <summary>Buckets in which anything came.</summary>
    public long Buckets { get; private set; }

    /// <summary>A bucket in which something came.</summary>
    public void Begin(long start)
    {
        if (start == _newest) return;
        _newest = start;
        Buckets++;
    }

    public void Learn(RareValue value)
    {
        Change(value.Buckets, value.Buckets + 1);
        value.Buckets++;
    }

    /// <summary>What judgements count, as everything is new at first.</summary>
    public double Maturity => Buckets / (Buckets + Youth);

    /// <summary>Whether a value with this count might have been something rare; one that is there in most buckets cannot.</summary>
    public bool IsChance(long count) => 2 * count < Buckets;

    /// <summary>The strength of the alert about a value: what its probability is worth as one, less with every time that it came.</summary>
    /// <param name="log">log10 of its probability.</param>
    public double Alert(double log, long count) => EventMemory.StrengthAt(log) * Maturity / (1 + count);

    /// <summary>Whether nothing is left of which there could be occurrences.</summary>
    public bool IsEmpty => _total == 0;

    /// <summary>The count of a value changes.</summary>
    public void Change(long from, long to)
    {
        if (from > 0) _mass[Cell(from)] -= from;
        if (to > 0) _mass[Cell(to)] += to;
        _total += to - from;
    }

    /// <summary>The probability that what comes next is a value with at most this count, 0 for a new one.</summary>
    public double ProbabilityOf(long count)
    {
        // Good and Turing: as much as of the values that came once is still to be expected of those that never came.
        var atMost = _mass[Cell(1)] + 0.5;
        for (var cell = Cell(1); count > 0 && cell <= Cell(count); cell++) atMost += _mass[cell];
        return Math.Min(1, atMost / (_total + 1));
    }

    public void Write(ByteWriter writer)
    {
        writer.VarInt(Buckets);
        writer.VarInt(_newest);
        foreach (var mass in _mass) writer.VarInt(mass);
    }

    public static Occurrences Read(ref ByteReader reader)
    {
        var read = new Occurrences { Buckets = reader.VarInt(), _newest = reader.VarInt() };
        for (var cell = 0; cell < Cells; cell++) read._total += read._mass[cell] = reader.VarInt();
        return read;
    }

    private static int Cell(long count) => count < Exact ? (int)count : Exact - 4 + (int)Math.Log2(count);
}

/// <summary>The occurrences of every partition of a detector.</summary>
internal sealed class OccurrenceTable(MemoryBudget memory)
{
    private readonly Dictionary<string, Occurrences> _partitions = new(StringComparer.Ordinal);

    public Occurrences? Find(string partition) => _partitions.GetValueOrDefault(partition);

    public Occurrences Of(string partition)
    {
        if (Find(partition) is { } known) return known;
        var added = new Occurrences();
        Add(partition, added);
        return added;
    }

    /// <summary>A value of the partition comes less often, or no more; the last takes the partition with it.</summary>
    public void Change(string partition, long from, long to)
    {
        if (Find(partition) is not { } known) return;
        known.Change(from, to);
        if (known.IsEmpty && _partitions.Remove(partition)) memory.ModelBytes -= BytesOf(partition);
    }

    public void Write(ByteWriter writer)
    {
        writer.VarUInt((ulong)_partitions.Count);
        foreach (var (name, occurrences) in _partitions.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.String(name);
            occurrences.Write(writer);
        }
    }

    public void Read(ref ByteReader reader)
    {
        var count = reader.Count(2);
        for (var i = 0; i < count; i++) Add(reader.String(), Occurrences.Read(ref reader));
    }

    private void Add(string partition, Occurrences occurrences)
    {
        if (!_partitions.TryAdd(partition, occurrences)) throw new InvalidDataException("a partition appears twice");
        memory.ModelBytes += BytesOf(partition);
    }

    private static long BytesOf(string partition) => Occurrences.Bytes + (2L * partition.Length);
}
