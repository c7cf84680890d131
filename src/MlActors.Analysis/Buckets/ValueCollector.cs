using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Buckets;

/// <summary>What one record brings to a series.</summary>
/// <param name="Number">The number of the field, what its text is worth, or the second of the day or the week.</param>
/// <param name="Count">How many records it stands for.</param>
/// <param name="Key">Tells the texts of the field apart; of a point, <see cref="Geography.GeoPoint.Key"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordValue(double Number, double Count, ulong Key);

/// <summary>
/// What a series collects in an open bucket for a function that <see cref="Accumulated"/> is not enough for. Bounded; used again after
/// <see cref="Clear"/>, when it is as a new one.
/// </summary>
internal abstract class ValueCollector
{
    /// <summary>What it takes in memory, by what it holds.</summary>
    public abstract long Bytes { get; }

    public abstract void Add(in RecordValue record);

    public abstract void Clear();

    public abstract void Write(ByteWriter writer);

    /// <summary>Takes up what was written; the counterpart of <see cref="Write"/>.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public abstract void Read(ref ByteReader reader);

    /// <summary>A new one; <c>null</c> when the function needs none.</summary>
    public static ValueCollector? For(Aggregate aggregate) => aggregate switch
    {
        Aggregate.DistinctCount => new DistinctSketch(),
        Aggregate.InfoContent => new InformationSketch(),
        Aggregate.Median => new MedianSketch(),
        Aggregate.TimeOfDay or Aggregate.TimeOfWeek => new TimeCollector(PeriodSlots.Of(aggregate)),
        Aggregate.GeographicPoint => new PlaceCollector(),
        _ => null,
    };
}

/// <summary>One that keeps what tells events apart, to be judged one by one.</summary>
internal abstract class EventCollector : ValueCollector
{
    /// <summary>How many different events there are.</summary>
    public abstract int Count { get; }
}

/// <summary>One that makes a number of what it collected.</summary>
internal abstract class NumberCollector : ValueCollector
{
    /// <summary>The value of the function.</summary>
    public abstract double Value { get; }

    /// <summary>
    /// The value if some of the records had not been. As long as nothing better is known, what they had a part in is as large a share of the whole as
    /// they are of the records.
    /// </summary>
    /// <param name="whole">All records; more of them than of the part.</param>
    public virtual double Without(in Accumulated part, in Accumulated whole) => Value * (whole.Count - part.Count) / whole.Count;
}
