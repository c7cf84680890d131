using MlActors.Analysis.Input;

namespace MlActors.Analysis.Functions;

/// <summary>What tells the aggregates apart, besides how they are computed.</summary>
public static class Aggregates
{
    private const long Day = 86_400;

    /// <summary>Whether a bucket without records has the value 0 rather than none.</summary>
    public static bool IsZeroWhenEmpty(this Aggregate aggregate) => aggregate is Aggregate.Count or Aggregate.Sum or Aggregate.DistinctCount or Aggregate.InfoContent;

    /// <summary>Whether values are whole numbers of things, which are never negative and scatter at least a little.</summary>
    public static bool IsCount(this Aggregate aggregate) => aggregate is Aggregate.Count or Aggregate.NonZeroCount or Aggregate.DistinctCount or Aggregate.FrequentRare;

    /// <summary>Whether it cannot be below 0.</summary>
    public static bool IsNeverNegative(this Aggregate aggregate) => aggregate.IsCount() || aggregate is Aggregate.Variance or Aggregate.InfoContent;

    /// <summary>Whether it is taken of the texts of a field rather than of its numbers.</summary>
    public static bool IsOfText(this Aggregate aggregate) => aggregate is Aggregate.DistinctCount or Aggregate.InfoContent;

    /// <summary>Whether every event is looked at by itself, where or when it is, and the most unusual one speaks for the bucket.</summary>
    public static bool IsOfEvents(this Aggregate aggregate) => aggregate is Aggregate.GeographicPoint or Aggregate.TimeOfDay or Aggregate.TimeOfWeek;

    /// <summary>Whether buckets have one number whose future can be told; not where members of a population are compared.</summary>
    public static bool CanBeForecast(this Aggregate aggregate) =>
        aggregate is not (Aggregate.Metric or Aggregate.Rare or Aggregate.FrequentRare) && !aggregate.IsOfEvents();

    /// <summary>How its field is read.</summary>
    public static FieldKind FieldKind(this Aggregate aggregate) =>
        aggregate == Aggregate.GeographicPoint ? Input.FieldKind.Point : aggregate.IsOfText() ? Input.FieldKind.Text : Input.FieldKind.Number;

    /// <summary>The period in which it looks at times, seconds; 0 when it does not.</summary>
    public static long Period(this Aggregate aggregate) => aggregate switch
    {
        Aggregate.TimeOfDay => Day,
        Aggregate.TimeOfWeek => 7 * Day,
        _ => 0,
    };
}
