using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>What all series of one detector have in common: the constants of their models.</summary>
internal sealed class ModelShape(long span, Aggregate aggregate)
{
    public const long Day = 86_400;
    public const long Week = 7 * Day;

    /// <summary>Width of a bucket, seconds.</summary>
    public long Span { get; } = span;

    /// <summary>Whether values are numbers of records, which are never negative and scatter at least a little.</summary>
    public bool IsCount { get; } = aggregate == Aggregate.Count;

    /// <summary>Whether a bucket without records has the value 0 rather than none.</summary>
    public bool ZeroWhenEmpty { get; } = aggregate is Aggregate.Count or Aggregate.Sum;

    /// <summary>Slots of the daily profile, quarter hours at best; 0 when buckets are too wide for a day to have a shape.</summary>
    public int DaySlots { get; } = Slots(Day, span, fewest: 4, most: 96);

    /// <summary>Slots of the weekly profile, half hours at best; 0 when buckets are too wide.</summary>
    public int WeekSlots { get; } = Slots(Week, span, fewest: 7, most: 336);

    /// <summary>Weight of a bucket in the error by which forecasts compete: about a day of memory, at least 50 and at most 500 buckets.</summary>
    public double ErrorRate { get; } = Math.Clamp((double)span / Day, 0.002, 0.02);

    /// <summary>The smallest deviation taken for real at an expected value, so that a constant series does not make every change infinite.</summary>
    public double Floor(double expected) => IsCount
        ? 0.4 * Math.Sqrt(Math.Max(0, expected) + 0.5)
        : Math.Max(1e-3 * Math.Abs(expected), 1e-9);

    private static int Slots(long period, long span, int fewest, int most)
    {
        var buckets = period / span;
        return buckets < fewest ? 0 : (int)Math.Min(buckets, most);
    }
}
