using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>What all series of one detector have in common: the constants of their models.</summary>
/// <param name="alone">Whether the detector has only one series.</param>
internal sealed class ModelShape(long span, Aggregate aggregate, bool alone = true)
{
    public const long Day = 86_400;
    public const long Week = 7 * Day;

    /// <summary>Width of a bucket, seconds.</summary>
    public long Span { get; } = span;

    public bool Alone { get; } = alone;

    /// <summary>Whether values are numbers of records, which are never negative and scatter at least a little.</summary>
    public bool IsCount { get; } = aggregate.IsCount();

    /// <summary>Whether a bucket without records has the value 0 rather than none.</summary>
    public bool ZeroWhenEmpty { get; } = aggregate.IsZeroWhenEmpty();

    /// <summary>Slots of the daily profile, half hours at best; 0 when buckets are too wide for a day to have a shape.</summary>
    public int DaySlots { get; } = Slots(Day, span, fewest: 4, most: 48);

    /// <summary>Slots of the weekly profile, hours at best; 0 when buckets are too wide.</summary>
    public int WeekSlots { get; } = Slots(Week, span, fewest: 7, most: 168);

    /// <summary>The smallest deviation taken for real at an expected value, so that a constant series does not make every change infinite.</summary>
    public double Floor(double expected) => IsCount
        ? 0.4 * Math.Sqrt(Math.Max(0, expected) + 0.5)
        : Math.Max(1e-3 * Math.Abs(expected), 1e-9);

    /// <summary>Start of the bucket moved to, epoch seconds.</summary>
    public long Start { get; private set; }

    /// <summary>Hour of the day of the bucket moved to.</summary>
    public int Hour { get; private set; }

    /// <summary>Slot of the daily profile of the bucket moved to.</summary>
    public int DaySlot { get; private set; }

    /// <summary>Slot of the weekly profile of the bucket moved to.</summary>
    public int WeekSlot { get; private set; }

    /// <summary>Works out, once for all series, where in the day and the week the middle of a bucket lies.</summary>
    /// <param name="start">Epoch seconds.</param>
    public void MoveTo(long start)
    {
        Start = start;
        var middle = start + (Span / 2);
        var (day, week) = (middle - BucketTime.Floor(middle, Day), middle - BucketTime.Floor(middle, Week));
        Hour = (int)(day / 3600);
        DaySlot = (int)(day * DaySlots / Day);
        WeekSlot = (int)(week * WeekSlots / Week);
    }

    private static int Slots(long period, long span, int fewest, int most)
    {
        var buckets = period / span;
        return buckets < fewest ? 0 : (int)Math.Min(buckets, most);
    }
}
