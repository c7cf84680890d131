using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Results;

namespace MlActors.Analysis.Scoring;

/// <summary>A value of a series unusual enough to become a record.</summary>
/// <param name="Detector">Position of the detector in the settings.</param>
/// <param name="Series">Index in the detector's table.</param>
/// <param name="Accumulator">Index in the detector's bucket, −1 for an empty bucket.</param>
/// <param name="Score">The record score, 0–100.</param>
/// <param name="Detail">What the record says beyond the judgement, if anything.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Unusual(int Detector, int Series, int Accumulator, Judgement Judgement, double Score, Detail? Detail)
{
    /// <summary>The log10 of a probability that has this score by itself: what it says alone, so that a bucket with one record has its score.</summary>
    public double LoneLog { get; } = ScoreMap.LogOf(Score);

    /// <summary>
    /// The log10 of a probability that it adds to those of others. A score is half a strength, and strengths that are nothing rare would add up to
    /// something improbable where there are many series; so it is no smaller than how seldom the series is that strong.
    /// </summary>
    public double SharedLog => Math.Max(LoneLog, Judgement.LogProbability);
}

/// <summary>What a record says beyond its judgement.</summary>
/// <param name="Actual">In place of the one value, if not <c>null</c>.</param>
/// <param name="Typical">In place of the one expectation, if not <c>null</c>.</param>
/// <param name="Causes">Of a member of a population: what it did that the others do not, the most unusual first.</param>
internal sealed record Detail(double[]? Actual, double[]? Typical, IReadOnlyList<CauseResult> Causes)
{
    /// <summary>Of a function that is several at once, the one that the record is about.</summary>
    public DetectorFunction? JudgedAs { get; init; }

    /// <summary>Where a correlation has ceased to hold, the by value of the series with which there was one.</summary>
    public string? CorrelatedBy { get; init; }
}
