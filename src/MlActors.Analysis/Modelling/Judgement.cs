using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>What became of a value.</summary>
/// <param name="Scale">The unit of distances from what was expected.</param>
/// <param name="Tails">How far standardised distances usually go.</param>
/// <param name="Strength">How unusual the bucket is: all signals joined, about decades of improbability.</param>
/// <param name="Impact">Of the strength, the part of signals over many buckets less the part of this bucket alone, from −1 to 1.</param>
/// <param name="LogProbability">log10 of the probability that this series shows a bucket of this strength.</param>
/// <param name="Alert">The strength as news: damped by comparable events seen before, and 0 while an event goes on.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Judgement(double Value, Forecast Expected, double Scale, TwoTails Tails, double Strength, double Impact, double LogProbability,
    double Alert)
{
    /// <summary>log10 of how improbable another value in its place would be, judged by this bucket alone, in [−300, 0].</summary>
    public double LogProbabilityOf(double value, Side side)
    {
        var distance = Expected.Distance(value, Scale);
        return Math.Max(-300, side switch
        {
            Side.High => distance > 0 ? Tails.Up.LogProbability(distance) : 0,
            Side.Low => distance < 0 ? Tails.Down.LogProbability(-distance) : 0,
            _ => distance > 0 ? Tails.Up.LogProbability(distance) : Tails.Down.LogProbability(-distance),
        });
    }

    /// <summary>The band within which nineteen of twenty values to either side lie.</summary>
    /// <param name="neverNegative">Whether values below 0 cannot be.</param>
    public (double Low, double High) Bounds(bool neverNegative)
    {
        var low = Expected.Low - (Tails.Down.Quantile * Scale);
        return (neverNegative ? Math.Max(0, low) : low, Expected.High + (Tails.Up.Quantile * Scale));
    }
}
