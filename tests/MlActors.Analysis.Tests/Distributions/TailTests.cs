using MathNet.Numerics.Distributions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Tests.Support;

namespace MlActors.Analysis.Tests.Distributions;

/// <summary>Tails: the formula against MathNet.Numerics, and the fit against the distribution that the data were drawn from.</summary>
public class TailTests
{
    private static readonly double[] Multiples = [1.0001, 1.01, 1.1, 1.5, 2, 3, 5, 10, 100, 1e4, 1e8];

    [Fact]
    public void Beyond_its_quantile_a_tail_is_that_of_Pareto()
    {
        foreach (var quantile in new[] { 1e-6, 1, 1e6 })
        {
            var tail = new Tail(quantile, Tail.Share);
            foreach (var multiple in Multiples)
            {
                var survival = Survival(new Pareto(tail.Quantile, tail.Shape), tail.Quantile * multiple);
                tail.LogProbability(tail.Quantile * multiple).ShouldBe(Math.Log10(Tail.Share) + survival, 1e-6);
                tail.Decades(tail.Quantile * multiple).ShouldBe(-survival, 1e-6);
            }
        }
    }

    [Fact]
    public void An_excess_tail_is_generalised_Pareto()
    {
        foreach (var quantile in new[] { 1e-3, 1, 50 })
        {
            var tail = default(ExcessTail);
            tail.Learn(quantile, rate: 0);
            // Without exceedances the mean excess is a third of the quantile; a generalised Pareto distribution of shape ξ and scale σ is one of Pareto,
            // of shape 1/ξ and scale σ/ξ, moved to 0.
            var (shape, scale) = (tail.Shape, tail.Quantile / 3 * (1 - tail.Shape));
            var pareto = new Pareto(scale / shape, 1 / shape);
            foreach (var multiple in Multiples)
                tail.LogProbability(tail.Quantile * multiple).ShouldBe(Math.Log10(ExcessTail.Share) + Survival(pareto, (tail.Quantile * (multiple - 1)) + (scale / shape)), 1e-4);
        }
    }

    [Fact]
    public void The_own_tail_is_that_of_Pareto_beyond_one_in_a_hundred()
    {
        var tail = new OwnTail();
        // Before it has learnt: the 99 % quantile is 0.2, the shape 2.
        var pareto = new Pareto(0.2, 2);
        foreach (var multiple in Multiples.Where(multiple => multiple < 1e4))
            tail.LogProbability(0.2 * multiple, long.MaxValue - 1).ShouldBe(-2 + Survival(pareto, 0.2 * multiple), 1e-6);
        tail.LogProbability(1e9, known: 99).ShouldBe(-4);
    }

    [Theory]
    [InlineData("exponential", 0.4)]
    [InlineData("generalised Pareto 0.1", 0.4)]
    [InlineData("generalised Pareto 0.3", 0.7)]
    [InlineData("half normal", 0.9)]
    [InlineData("uniform", 3)]
    public void An_excess_tail_finds_how_improbable_far_values_are(string family, double decades)
    {
        var noise = new Noise(11);
        var tail = default(ExcessTail);
        for (var i = 0; i < 100_000; i++) tail.Learn(Quantile(family, noise.Uniform()), Math.Clamp(2 / Math.Sqrt(i + 1), 0.005, 0.5));
        foreach (var log in new[] { -2.0, -2.5, -3, -4, -5 })
        {
            // Never too improbable by more than the error; where the data end, as uniform ones do, too probable.
            var found = tail.LogProbability(Quantile(family, 1 - Math.Pow(10, log)));
            found.ShouldBeInRange(log - 0.75, log + decades, $"{family} at {log}");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_tail_finds_the_shape_of_Pareto_data(double shape)
    {
        var noise = new Noise(12);
        var (tail, shapes, quantiles) = (default(Tail), 0.0, 0.0);
        for (var i = 0; i < 200_000; i++)
        {
            tail.Learn(Math.Pow(noise.Uniform(), -1 / shape), Math.Clamp(2 / Math.Sqrt(i + 1), 0.02, 0.5));
            if (i < 100_000) continue;
            shapes += tail.Shape / 100_000;
            quantiles += tail.Quantile / 100_000;
        }
        shapes.ShouldBe(shape, 0.1 * shape);
        quantiles.ShouldBe(Math.Pow(Tail.Share, -1 / shape), 0.1 * Math.Pow(Tail.Share, -1 / shape));
    }

    private static double Survival(Pareto pareto, double x) => -pareto.Shape * Math.Log10(Math.Max(1, x / pareto.Scale)) is var log && log > -14
        ? Math.Log10(1 - pareto.CumulativeDistribution(x)) is var known && log > -8 ? known : log
        : log;

    private static double Quantile(string family, double probability) => family switch
    {
        "exponential" => Exponential.InvCDF(1, probability),
        "generalised Pareto 0.1" => 10 * (Math.Pow(1 - probability, -0.1) - 1),
        "generalised Pareto 0.3" => (Math.Pow(1 - probability, -0.3) - 1) / 0.3,
        "half normal" => Normal.InvCDF(0, 1, (1 + probability) / 2),
        _ => probability,
    };
}
