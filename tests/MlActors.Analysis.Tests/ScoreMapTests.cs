using CsCheck;
using MlActors.Analysis.Scoring;

namespace MlActors.Analysis.Tests;

public class ScoreMapTests
{
    private static readonly Gen<double> Logs = Gen.Double[-300, 0];

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(-2, 8.9)]
    [InlineData(-3, 42.2)]
    [InlineData(-4, 75)]
    [InlineData(-5, 92.6)]
    [InlineData(-300, 100)]
    public void Probabilities_have_fixed_scores(double log, double score) => ScoreMap.Score(log).ShouldBe(score, 0.1);

    [Fact]
    public void A_smaller_probability_never_has_a_smaller_score() => Gen.Select(Logs, Logs).Sample((a, b) =>
    {
        if (a < b) ScoreMap.Score(a).ShouldBeGreaterThanOrEqualTo(ScoreMap.Score(b));
        ScoreMap.Score(a).ShouldBeInRange(0, 100);
    });

    [Fact]
    public void One_series_is_as_improbable_as_it_is() => Logs.Sample(log => ScoreMap.AmongMany([log], 1).ShouldBe(log, 1e-9));

    [Fact]
    public void Joined_probabilities_stay_in_range_and_a_larger_crowd_makes_an_extreme_less_special() =>
        Logs.Array[1, 32].Select(Gen.Long[32, 1_000_000]).Sample((logs, count) =>
        {
            Array.Sort(logs);
            var few = ScoreMap.AmongMany(logs, count);
            few.ShouldBeInRange(-300, 0);
            ScoreMap.AmongMany(logs, count * 2).ShouldBeGreaterThanOrEqualTo(few - 1e-9);
            ScoreMap.Fisher(logs).ShouldBeInRange(-300, 0);
        });

    [Fact]
    public void Many_small_deviations_together_are_more_than_one()
    {
        var ten = Enumerable.Repeat(-2.0, 10).ToArray();
        ScoreMap.AmongMany(ten, 20).ShouldBeLessThan(ScoreMap.AmongMany([-2.0], 20) - 5);
        ScoreMap.AmongMany(ten, 10_000).ShouldBe(0, 0.1);
    }

    [Fact]
    public void Among_many_bounds_the_binomial_tail_from_above()
    {
        // P(at least 2 of 5 below 0.01), exactly.
        var exact = 1 - Math.Pow(0.99, 5) - (5 * 0.01 * Math.Pow(0.99, 4));
        Math.Pow(10, ScoreMap.AmongMany([-2, -2], 5)).ShouldBeInRange(exact, exact * 20);
    }

    [Fact]
    public void Fisher_of_one_is_itself_and_of_two_is_the_known_formula()
    {
        Logs.Sample(log => ScoreMap.Fisher([log]).ShouldBe(log, 1e-9));
        // P(u·v ≤ q) = q (1 − ln q).
        foreach (var (a, b) in new[] { (-1.0, -1.5), (-0.1, -0.2), (-20, -30) })
        {
            var q = Math.Pow(10, a + b);
            ScoreMap.Fisher([a, b]).ShouldBe(Math.Log10(q * (1 - Math.Log(q))), 1e-9);
        }
        ScoreMap.Fisher([.. Enumerable.Repeat(-300.0, 32)]).ShouldBe(-300);
        ScoreMap.Fisher([0, 0]).ShouldBe(0);
    }
}
