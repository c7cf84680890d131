using System.Runtime.InteropServices;

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

/// <summary>One series of a detector: its key, what is remembered of it, and when it was seen.</summary>
internal sealed class ModelledSeries(SeriesKey key, SeriesMemory memory)
{
    // The object, its places in the table and its dictionary (16 + 24 + 3 × 8, 48), and the headers of two strings.
    private const long OwnBytes = 56 + 48 + 8 + (2 * 24);

    public SeriesKey Key { get; } = key;

    public SeriesMemory Memory { get; } = memory;

    /// <summary>Start of the newest finished bucket in which it had records; until there is one, of the bucket that made it.</summary>
    public long LastSeen { get; set; }

    /// <summary>Whether a bucket with records of it was finished: from then on it has a value in empty buckets.</summary>
    public bool Started { get; set; }

    public long Bytes => BytesOf(Key) + Memory.Bytes;

    /// <summary>What a series takes without its memory.</summary>
    public static long BytesOf(SeriesKey key) => OwnBytes + (2L * (key.Partition.Length + key.By.Length + key.Over.Length));
}
