using CsCheck;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Judging;
using MlActors.Analysis.Modelling;

namespace MlActors.Analysis.Tests.Distributions;

/// <summary>Statistics and constants against MathNet.Numerics.</summary>
public class StatisticsTests
{
    private static readonly Gen<double[]> Values = Gen.Double[-1e6, 1e6].Array[1, 60];

    [Fact]
    public void Constants_of_the_normal_distribution_are_right()
    {
        Gaussian.Nineteen.ShouldBe(Normal.InvCDF(0, 1, 0.975), 1e-6);
        // E|x| = σ √(2/π): the mean of the half-normal, here from its distribution function, ∫ (1 − F).
        var mean = Integrate.OnClosedInterval(x => 2 * (1 - Normal.CDF(0, 1, x)), 0, 12);
        Gaussian.DeviationOfMeanError.ShouldBe(1 / mean, 1e-6);
    }

    [Fact]
    public void The_information_of_a_text_is_the_logarithm_of_the_number_of_its_orders() => Gen.Int[0, 255].Select(Gen.Int[1, 400]).Array[1, 40].Sample(runs =>
    {
        var text = string.Concat(runs.Select(run => new string((char)run.Item1, run.Item2)));
        var counts = text.GroupBy(unit => unit).Select(group => (double)group.Count()).ToArray();
        var bits = (8 * counts.Length) + ((SpecialFunctions.GammaLn(text.Length + 1.0) - counts.Sum(count => SpecialFunctions.GammaLn(count + 1))) / Constants.Ln2);
        TextInformation.BitsOf(text).ShouldBe(bits, 1e-9 * bits);
    });

    [Fact]
    public void Mean_sum_and_variance_of_records_are_those_of_the_values() => Values.Select(Gen.Double[-1e9, 1e9]).Sample((values, offset) =>
    {
        var accumulated = default(Accumulated);
        foreach (var value in values) accumulated.Add(value + offset, 1);
        var moved = values.Select(value => value + offset).ToArray();
        accumulated.Value(Aggregate.Mean).ShouldBe(moved.Mean(), 1e-3);
        accumulated.Value(Aggregate.Min).ShouldBe(moved.Minimum());
        accumulated.Value(Aggregate.Max).ShouldBe(moved.Maximum());
        var variance = moved.PopulationVariance();
        accumulated.Value(Aggregate.Variance).ShouldBe(variance, 1e-6 + (1e-6 * variance));
    });

    [Fact]
    public void What_is_left_without_some_records_has_the_statistics_of_the_others() => Values.Select(Values).Sample((kept, taken) =>
    {
        var (whole, part) = (default(Accumulated), default(Accumulated));
        foreach (var value in kept.Concat(taken)) whole.Add(value, 1);
        foreach (var value in taken) part.Add(value, 1);
        var rest = whole.Without(part);
        rest.Value(Aggregate.Mean).ShouldBe(kept.Mean(), 1e-3);
        rest.Value(Aggregate.Variance).ShouldBe(kept.PopulationVariance(), 1e-6 * (1e12 + kept.PopulationVariance()));
    });

    [Fact]
    public void The_middle_of_values_is_their_median_and_the_median_of_the_distances() => Values.Sample(values =>
    {
        var median = values.Median();
        var middle = Middle.Of([.. values]);
        middle.Centre.ShouldBe(median, 1e-9);
        middle.Spread.ShouldBe(values.Select(value => Math.Abs(value - median)).Median(), 1e-9);
        middle.Skew.ShouldBeInRange(-1, 1);
    });
}
