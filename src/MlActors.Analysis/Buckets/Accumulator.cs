using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Buckets;

/// <summary>What a set of records adds up to: enough for every function of numbers.</summary>
internal struct Accumulated
{
    public double Count;
    public double Sum;
    public double Weighted;
    public double Min;
    public double Max;

    /// <summary>The first value: squares are of distances from it, so that nothing is lost when values are large and lie close together.</summary>
    public double First;

    /// <summary>Σ count · (value − first)².</summary>
    public double Squares;

    /// <summary>Adds a record with a value that stands for <paramref name="count"/> records.</summary>
    public void Add(double value, double count)
    {
        if (Count == 0) (Min, Max, First) = (value, value, value);
        Count += count;
        Sum += value;
        Weighted += value * count;
        Squares += (value - First) * (value - First) * count;
        if (value < Min) Min = value;
        if (value > Max) Max = value;
    }

    /// <summary>The value of a detector function. A mean weights each record by its count; a sum does not, its values being sums already.</summary>
    public readonly double Value(Aggregate aggregate) => Math.Clamp(aggregate switch
    {
        Aggregate.Count or Aggregate.NonZeroCount => Count,
        // Members of a population are compared by the mean alone.
        Aggregate.Mean or Aggregate.Metric => Weighted / Count,
        Aggregate.Sum or Aggregate.NonNullSum => Sum,
        Aggregate.Variance => Variance,
        Aggregate.Min => Min,
        Aggregate.Max => Max,
        _ => throw new NotSupportedException($"no values for {aggregate}"),
    }, -MetricValues.Largest * 1e6, MetricValues.Largest * 1e6);

    /// <summary>What is left when some of the records are taken away. Minimum and maximum stay as they are.</summary>
    public readonly Accumulated Without(in Accumulated part)
    {
        // The part's squares, seen from this first value: Σ(v − f)² = Σ(v − g)² + 2(g − f)Σ(v − g) + n(g − f)².
        var shift = part.First - First;
        var squares = part.Squares + (2 * shift * (part.Weighted - (part.Count * part.First))) + (part.Count * shift * shift);
        return this with { Count = Count - part.Count, Sum = Sum - part.Sum, Weighted = Weighted - part.Weighted, Squares = Math.Max(0, Squares - squares) };
    }

    // The population variance.
    private readonly double Variance
    {
        get
        {
            var mean = (Weighted / Count) - First;
            return Math.Max(0, (Squares / Count) - (mean * mean));
        }
    }
}

/// <summary>Which numbers in the data count as values.</summary>
internal static class MetricValues
{
    /// <summary>Values further from 0 than this, infinite ones and NaN are taken for missing, so that no sum ever overflows.</summary>
    public const double Largest = 1e30;

    /// <summary>Largest number of records one record may stand for.</summary>
    public const double LargestCount = 1e12;

    public static bool IsValue(double number) => Math.Abs(number) <= Largest;

    /// <summary>Summary counts are whole numbers above 0; a record with another is ignored.</summary>
    public static bool IsCount(double number) => number is > 0 and <= LargestCount && Math.Floor(number) == number;
}

/// <summary>What one series has collected in one open bucket.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Accumulator
{
    public const long Bytes = 88;

    /// <summary>Index in the detector's table.</summary>
    public int Series;

    public Accumulated Values;
}
