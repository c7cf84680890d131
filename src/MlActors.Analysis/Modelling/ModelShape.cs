using MlActors.Analysis.Functions;
using MlActors.Analysis.Time;

namespace MlActors.Analysis.Modelling;

/// <summary>What all series of one detector have in common: the constants of their models.</summary>
/// <param name="alone">Whether the detector has only one series.</param>
/// <param name="zone">The time zone whose days and weeks count; <c>null</c> for UTC.</param>
internal sealed class ModelShape(long span, Aggregate aggregate, bool alone = true, string? zone = null)
{
    public const long Day = 86_400;
    public const long Week = 7 * Day;

    private readonly LocalTime _local = new(zone);

    /// <summary>One with the same constants that can be moved by itself.</summary>
    public ModelShape Copy() => (ModelShape)MemberwiseClone();

    /// <summary>Width of a bucket, seconds.</summary>
    public long Span { get; } = span;

    public bool Alone { get; } = alone;

    /// <summary>Whether values are numbers of records, which are never negative and scatter at least a little.</summary>
    public bool IsCount { get; } = aggregate.IsCount();

    /// <summary>Whether a bucket without records has the value 0 rather than none.</summary>
    public bool ZeroWhenEmpty { get; } = aggregate.IsZeroWhenEmpty();

    /// <summary>Slots of the daily profile, half hours at best; 0 when buckets are too wide for a day to have a shape.</summary>
    public int DaySlots { get; } = SlotCount(Day, span, fewest: 4, most: 48);

    /// <summary>Slots of the weekly profile, hours at best; 0 when buckets are too wide.</summary>
    public int WeekSlots { get; } = SlotCount(Week, span, fewest: 7, most: 168);

    /// <summary>Buckets that a change of level lasts at least: half a day, but no fewer than tell it from chance, and no more than are needed for it.</summary>
    public int ShortestChange { get; } = (int)Math.Clamp(Day / 2 / span, 24, 144);

    /// <summary>The smallest deviation taken for real at an expected value, so that a constant series does not make every change infinite.</summary>
    public double Floor(double expected) => IsCount
        ? 0.4 * Math.Sqrt(Math.Max(0, expected) + 0.5)
        : Math.Max(1e-3 * Math.Abs(expected), 1e-9);

    /// <summary>Start of the bucket moved to, epoch seconds.</summary>
    public long Start { get; private set; }

    /// <summary>Where in the day and the week the bucket moved to lies.</summary>
    public TimeSlots Slots { get; private set; }

    /// <summary>The same of the bucket after it.</summary>
    public TimeSlots NextSlots { get; private set; }

    /// <summary>Whether the bucket moved to is the first of its slots.</summary>
    public bool IsFresh { get; private set; }

    /// <summary>Works out, once for all series, where in the day and the week a bucket lies.</summary>
    /// <param name="start">Epoch seconds.</param>
    public void MoveTo(long start)
    {
        IsFresh = SlotsOf(start - Span).Day != SlotsOf(start).Day;
        Start = start;
        (Slots, NextSlots) = (SlotsOf(start), SlotsOf(start + Span));
    }

    /// <summary>Where in the day and the week the middle of a bucket lies.</summary>
    /// <param name="start">Epoch seconds.</param>
    public TimeSlots SlotsOf(long start)
    {
        var middle = _local.Of(start + (Span / 2));
        var (day, week) = (middle - BucketTime.Floor(middle, Day), middle - BucketTime.Floor(middle, Week));
        return new TimeSlots((int)(day / 3600), (int)(day * DaySlots / Day), (int)(week * WeekSlots / Week));
    }

    private static int SlotCount(long period, long span, int fewest, int most)
    {
        var buckets = period / span;
        return buckets < fewest ? 0 : (int)Math.Min(buckets, most);
    }
}

/// <summary>Where in the day and the week a bucket lies.</summary>
/// <param name="Hour">Of the day.</param>
/// <param name="Day">Slot of the daily profile.</param>
/// <param name="Week">Slot of the weekly profile.</param>
internal readonly record struct TimeSlots(int Hour, int Day, int Week);
