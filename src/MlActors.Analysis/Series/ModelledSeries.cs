using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Series;

/// <summary>What tells the series of one detector apart. A field that the detector does not have, or that a record lacks, is the empty string.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeriesKey(string Partition, string By, string Over = "") : IComparable<SeriesKey>
{
    public int CompareTo(SeriesKey other)
    {
        var order = string.CompareOrdinal(Partition, other.Partition);
        if (order == 0) order = string.CompareOrdinal(By, other.By);
        return order != 0 ? order : string.CompareOrdinal(Over, other.Over);
    }

    public static bool operator <(SeriesKey a, SeriesKey b) => a.CompareTo(b) < 0;

    public static bool operator >(SeriesKey a, SeriesKey b) => a.CompareTo(b) > 0;

    public static bool operator <=(SeriesKey a, SeriesKey b) => a.CompareTo(b) <= 0;

    public static bool operator >=(SeriesKey a, SeriesKey b) => a.CompareTo(b) >= 0;
}

/// <summary>One series of a detector: its key, when it was seen, and what its <see cref="ISeriesKind"/> remembers of it.</summary>
internal abstract class ModelledSeries(SeriesKey key)
{
    // The object without what a kind adds (16 + 24 + 8) and its places in the table and its index, which are half empty at worst (16 + 12).
    private const long OwnBytes = 48 + 28;

    // Twice the time, plus one when started.
    private long _seen;

    public SeriesKey Key { get; } = key;

    /// <summary>Start of the newest finished bucket in which it had records; until there is one, of the bucket that made it.</summary>
    public long LastSeen
    {
        get => _seen >> 1;
        set => _seen = (value << 1) | (_seen & 1);
    }

    /// <summary>Whether a bucket with records of it was finished: from then on it has a value in empty buckets.</summary>
    public bool Started
    {
        get => (_seen & 1) != 0;
        set => _seen = (_seen & ~1L) | (value ? 1L : 0L);
    }

    /// <summary>What it takes in memory.</summary>
    public long Bytes => BytesOf(Key) + KindBytes;

    /// <summary>What a series takes without what its kind remembers.</summary>
    public static long BytesOf(SeriesKey key) => OwnBytes + BytesOf(key.Partition) + BytesOf(key.By) + BytesOf(key.Over);

    public abstract void Write(ByteWriter writer);

    /// <summary>What its kind takes in memory.</summary>
    protected abstract long KindBytes { get; }

    private static long BytesOf(string text) => text.Length == 0 ? 0 : 24 + (2L * text.Length);
}
