namespace MlActors.Analysis.Functions;

/// <summary>What tells the aggregates apart, besides how they are computed.</summary>
public static class Aggregates
{
    /// <summary>Whether a bucket without records has the value 0 rather than none.</summary>
    public static bool IsZeroWhenEmpty(this Aggregate aggregate) => aggregate is Aggregate.Count or Aggregate.Sum or Aggregate.DistinctCount or Aggregate.InfoContent;

    /// <summary>Whether values are whole numbers of things, which are never negative and scatter at least a little.</summary>
    public static bool IsCount(this Aggregate aggregate) => aggregate is Aggregate.Count or Aggregate.NonZeroCount or Aggregate.DistinctCount or Aggregate.FrequentRare;

    /// <summary>Whether it cannot be below 0.</summary>
    public static bool IsNeverNegative(this Aggregate aggregate) => aggregate.IsCount() || aggregate is Aggregate.Variance or Aggregate.InfoContent;

    /// <summary>Whether it is taken of the texts of a field rather than of its numbers.</summary>
    public static bool IsOfText(this Aggregate aggregate) => aggregate is Aggregate.DistinctCount or Aggregate.InfoContent;
}
