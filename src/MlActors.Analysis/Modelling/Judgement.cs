using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>What became of a value.</summary>
/// <param name="Expected">Positions on <see cref="Coordinate"/>.</param>
/// <param name="Scale">The unit of distances from what was expected.</param>
/// <param name="Tails">How far standardised distances usually go.</param>
/// <param name="Strength">How unusual the bucket is: all signals joined, about decades of improbability.</param>
/// <param name="Impact">Of the strength, the part of signals over many buckets less the part of this bucket alone, from −1 to 1.</param>
/// <param name="LogProbability">log10 of the probability that this series shows a bucket of this strength.</param>
/// <param name="Alert">The strength as news: damped by comparable events seen before, and 0 while an event goes on.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Judgement(double Value, Forecast Expected, double Scale, TwoTails Tails, double Strength, double Impact, double LogProbability,
    double Alert, Coordinate Coordinate = default)
{
    /// <summary>The change of level that this bucket makes certain, if it does.</summary>
    public LevelChange? Change { get; init; }

    public double Typical => Coordinate.ValueAt(Expected.Mean);

    /// <summary>
    /// log10 of how improbable another value in its place would be, judged by this bucket alone and to the side to which this one lies, in [−300, 0].
    /// </summary>
    public double LogProbabilityOf(double value)
    {
        var isHigh = Value >= Typical;
        var distance = Expected.Distance(Coordinate.Of(value), Scale);
        if (distance == 0 || isHigh != distance > 0) return 0;
        return Math.Max(-300, isHigh ? Tails.Up.LogProbability(distance) : Tails.Down.LogProbability(-distance));
    }

    /// <summary>The band within which nineteen of twenty values to either side lie.</summary>
    /// <param name="neverNegative">Whether values below 0 cannot be.</param>
    public (double Low, double High) Bounds(bool neverNegative)
    {
        var low = Coordinate.ValueAt(Expected.Low - (Tails.Down.Quantile * Scale));
        return (neverNegative ? Math.Max(0, low) : low, Coordinate.ValueAt(Expected.High + (Tails.Up.Quantile * Scale)));
    }
}
