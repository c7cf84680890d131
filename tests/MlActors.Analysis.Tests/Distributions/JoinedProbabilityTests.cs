using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MlActors.Analysis.Scoring;

namespace MlActors.Analysis.Tests.Distributions;

/// <summary>The ways of joining probabilities against the distributions that they stand for, as MathNet.Numerics computes these.</summary>
public class JoinedProbabilityTests
{
    private static readonly double[] Decades = [0, 1e-9, 1e-4, 0.01, 0.1, 0.3, 0.5, 1, 1.5, 2, 3, 5, 8, 13, 20, 35, 60, 100, 150, 200, 250, 290];

    // What MathNet's iterations can still tell from 0.
    private const double LeastKnown = 1e-280;

    [Fact]
    public void Fishers_method_is_the_tail_of_chi_squared()
    {
        var compared = 0;
        foreach (var k in new[] { 1, 2, 3, 5, 8, 16, 32 })
        {
            foreach (var sum in Decades)
            {
                var logs = Enumerable.Range(1, k).Select(i => -sum * 2 * i / (k * (k + 1.0))).ToArray();
                var x = sum * Math.Log(10);
                // −2 Σ ln p has 2k degrees of freedom; the tail at 2x is Q(k, x).
                var exact = x <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(k, x);
                if (exact < LeastKnown) continue;
                ScoreMap.Fisher(logs).ShouldBe(Math.Log10(exact), 1e-9 + (1e-9 * sum), $"k = {k}, Σ = {sum}");
                if (x > 0 && exact > 1e-12) Math.Pow(10, ScoreMap.Fisher(logs)).ShouldBe(1 - ChiSquared.CDF(2 * k, 2 * x), 1e-9);
                compared++;
            }
        }
        compared.ShouldBeGreaterThan(120);
    }

    [Fact]
    public void One_extreme_of_many_is_the_distribution_of_the_smallest_of_uniform_numbers()
    {
        foreach (var count in new long[] { 1, 2, 3, 10, 100, 10_000, 1_000_000 })
        {
            foreach (var decades in Decades)
            {
                var probability = Math.Pow(10, -decades);
                // The least of n uniform numbers has the beta distribution (1, n).
                var exact = decades == 0 ? 1 : SpecialFunctions.BetaRegularized(1, count, probability);
                if (exact < LeastKnown) continue;
                ScoreMap.AmongMany([-decades], count).ShouldBe(Math.Log10(exact), 1e-6, $"{probability} among {count}");
            }
        }
    }

    [Theory]
    [InlineData(1e-17)]
    [InlineData(1e-15)]
    [InlineData(1e-13)]
    [InlineData(1e-12)]
    public void One_extreme_of_very_many_is_that_of_events_at_a_rate(double probability)
    {
        // More than MathNet can tell: 1 − (1 − p)^n is 1 − e^(−np) up to p itself.
        const long count = 1L << 40;
        ScoreMap.AmongMany([Math.Log10(probability)], count).ShouldBe(Math.Log10(1 - Math.Exp(-count * probability)), 1e-9);
    }

    [Fact]
    public void Several_small_ones_of_many_are_bounded_by_the_binomial_tail_from_both_sides()
    {
        var compared = 0;
        foreach (var count in new[] { 2, 5, 20, 100, 1000, 100_000 })
        {
            foreach (var k in new[] { 2, 3, 5, 10, 20, 32 }.Where(k => k <= count))
            {
                foreach (var decades in Decades.Where(decades => decades > 0))
                {
                    var probability = Math.Pow(10, -decades);
                    // P(at least k of n are as small).
                    var exact = SpecialFunctions.BetaRegularized(k, count - k + 1, probability);
                    if (exact < LeastKnown) continue;
                    var bound = ScoreMap.AmongMany([.. Enumerable.Repeat(-decades, k)], count);
                    bound.ShouldBeGreaterThanOrEqualTo(Math.Log10(exact) - 1e-9, $"{k} of {count} at {probability}");
                    // Where the bound means anything, it is at most √(8 k (1 − k/n)) times too large (Ash 1965), and doubled for having looked twice.
                    if (probability < (double)k / count)
                        bound.ShouldBeLessThanOrEqualTo(Math.Log10(exact) + Math.Log10(2 * Math.Sqrt(8.0 * k)) + 1e-9, $"{k} of {count} at {probability}");
                    compared++;
                }
            }
        }
        compared.ShouldBeGreaterThan(250);
    }
}
