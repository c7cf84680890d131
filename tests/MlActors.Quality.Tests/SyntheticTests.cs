using MlActors.Quality.Synthetic;

namespace MlActors.Quality.Tests;

/// <summary>The floors of every kind of made-up stream, with few seeds; `benchmarks synthetic` prints the figures with more of them.</summary>
public class SyntheticTests
{
    private const int Seeds = 6;

    // Streams of many series have many records.
    private const int SeedsOfSplit = 3;

    public static TheoryData<string> Kinds => [.. SyntheticSuites.All.SelectMany(suite => suite.Kinds).Select(kind => kind.Name)];

    public static TheoryData<string> Forecasts => [.. ForecastKind.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_wrong_is_found_and_little_else(string name)
    {
        var kind = SyntheticSuites.Find(name);
        SyntheticRun.Of(kind, kind.Detector.IsSplit ? SeedsOfSplit : Seeds).Missed.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Forecasts))]
    public void Forecasts_of_a_week_are_near_and_their_bounds_hold(string name) =>
        ForecastRun.Of(ForecastKind.All.Single(kind => kind.Name == name), Seeds).Missed.ShouldBeEmpty();

    [Theory]
    [InlineData("population", 1)]
    [InlineData("rare", 1)]
    [InlineData("categories", 0.5)]
    public void The_highest_record_names_who_is_to_blame(string suite, double least)
    {
        var kinds = SyntheticSuites.All.Single(one => one.Name == suite).Kinds;
        var named = kinds.Select(kind => SyntheticRun.Of(kind, 1).Named).Where(named => named.All > 0).ToList();
        named.ShouldNotBeEmpty();
        named.ShouldAllBe(one => (double)one.Right / one.All >= least);
    }

    [Theory]
    [InlineData("normal")]
    [InlineData("uniform")]
    [InlineData("exponential")]
    [InlineData("log-normal")]
    [InlineData("Student, 3 degrees")]
    [InlineData("Student, 5 degrees")]
    [InlineData("gamma, shape 2")]
    [InlineData("Pareto, shape 3")]
    [InlineData("two modes")]
    [InlineData("few values")]
    [InlineData("Poisson 50")]
    [InlineData("Poisson 5")]
    [InlineData("Poisson 0.5")]
    [InlineData("Poisson 0.05")]
    [InlineData("negative binomial 20, size 4")]
    public void A_probability_below_one_percent_comes_once_in_a_hundred_buckets_within_a_factor_of_two(string name)
    {
        var run = SyntheticRun.Of(SyntheticSuites.Find(name), Seeds);
        run.Probabilities.Below01.ShouldBeInRange(0.005, 0.02);
        run.Probabilities.Below001.ShouldBeLessThan(0.002);
    }

    [Fact]
    public void The_streams_of_two_seeds_have_nothing_in_common()
    {
        double[] one = [.. Values(new Chance(1))], other = [.. Values(new Chance(2))];
        one.Intersect(other).ShouldBeEmpty();

        static IEnumerable<double> Values(Chance chance) => Enumerable.Range(0, 1000).Select(_ => chance.Uniform());
    }
}
