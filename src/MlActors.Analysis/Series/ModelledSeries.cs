using System.Runtime.InteropServices;
using MlActors.Analysis.Modelling;

namespace MlActors.Analysis.Series;

/// <summary>What tells the series of one detector apart. A field that the detector does not have, or that a record lacks, is the empty string.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeriesKey(string Partition, string By) : IComparable<SeriesKey>
{
    public int CompareTo(SeriesKey other)
    {
        var order = string.CompareOrdinal(Partition, other.Partition);
        return order != 0 ? order : string.CompareOrdinal(By, other.By);
    }

    public static bool operator <(SeriesKey a, SeriesKey b) => a.CompareTo(b) < 0;

    public static bool operator >(SeriesKey a, SeriesKey b) => a.CompareTo(b) > 0;

    public static bool operator <=(SeriesKey a, SeriesKey b) => a.CompareTo(b) <= 0;

    public static bool operator >=(SeriesKey a, SeriesKey b) => a.CompareTo(b) >= 0;
}

/// <summary>One series of a detector: its key, its model, and when it was seen.</summary>
internal sealed class ModelledSeries(SeriesKey key, SeriesModel model)
{
    // The object, its places in the table and its dictionary (16 + 24 + 2 × 8, 40), and the headers of two strings.
    private const long OwnBytes = 48 + 40 + 8 + (2 * 24);

    public SeriesKey Key { get; } = key;

    public SeriesModel Model { get; } = model;

    /// <summary>Start of the newest finished bucket in which it had records; until there is one, of the bucket that made it.</summary>
    public long LastSeen { get; set; }

    /// <summary>Whether a bucket with records of it was finished: from then on it has a value in empty buckets.</summary>
    public bool Started { get; set; }

    public long Bytes => BytesFor(Key) - SeriesModel.YoungBytes + Model.Bytes;

    /// <summary>What a new series takes.</summary>
    public static long BytesFor(SeriesKey key) => OwnBytes + SeriesModel.YoungBytes + (2L * (key.Partition.Length + key.By.Length));
}
