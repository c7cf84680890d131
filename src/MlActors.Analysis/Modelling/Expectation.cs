using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Modelling;

/// <summary>What a model expects of a bucket before it sees its value; complete in itself, so it stays the same when the model learns.</summary>
/// <param name="Value">The typical value; NaN when the model has learnt nothing yet.</param>
/// <param name="Scale">The typical distance from it, above 0; the unit in which deviations are judged.</param>
/// <param name="Ready">Whether enough was learnt to call something unusual.</param>
/// <param name="Up">How far deviations upwards usually go.</param>
/// <param name="Down">How far deviations downwards usually go.</param>
/// <param name="NeverNegative">Whether values below 0 cannot be.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Expectation(double Value, double Scale, bool Ready, Tail Up, Tail Down, bool NeverNegative)
{
    /// <summary>Smallest log10 of a probability that is reported.</summary>
    public const double LeastLogProbability = -300;

    /// <summary>log10 of the probability of a value at least as unusual to the given side, in [−300, 0].</summary>
    public double LogProbability(double value, Side side)
    {
        var deviation = (value - Value) / Scale;
        var log = side switch
        {
            Side.High => Up.LogProbability(deviation),
            Side.Low => Down.LogProbability(-deviation),
            _ => Math.Log10(2) + (deviation >= 0 ? Up.LogProbability(deviation) : Down.LogProbability(-deviation)),
        };
        return Math.Clamp(log, LeastLogProbability, 0);
    }

    /// <summary>The band within which nine of ten values lie.</summary>
    public (double Low, double High) Bounds()
    {
        var low = Value - (Down.Quantile * Scale);
        return (NeverNegative ? Math.Max(0, low) : low, Value + (Up.Quantile * Scale));
    }
}
