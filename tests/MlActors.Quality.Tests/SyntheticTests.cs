using MlActors.Quality.Synthetic;

namespace MlActors.Quality.Tests;

/// <summary>Floors on made-up series; `benchmarks synthetic` prints the figures.</summary>
public class SyntheticTests
{
    private const int Seeds = 6;

    // Their largest values of a month are several times those of a week, for ever: some of them are news.
    private static readonly string[] HeavyTails = ["exponential", "log-normal", "Student, 3 degrees", "Student, 5 degrees", "gamma, shape 2", "Pareto, shape 3"];

    public static TheoryData<string> Clean => [.. SyntheticKind.Noise.Concat(SyntheticKind.Patterns).Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Clean))]
    public void Where_nothing_is_wrong_there_is_less_than_one_critical_event_in_two_thousand_buckets(string name)
    {
        var run = SyntheticRun.Of(SyntheticKind.Noise.Concat(SyntheticKind.Patterns).Single(kind => kind.Name == name), Seeds);
        (2 * run.Records.FalseEventsPerThousandRows).ShouldBeLessThan(HeavyTails.Contains(name) ? 2 : 1, "record scores");
        (2 * run.Alerts.FalseEventsPerThousandRows).ShouldBeLessThan(HeavyTails.Contains(name) || name is "random walk" or "autoregressive, 0.98" ? 2.5 : 1, "alerts");
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
    [InlineData("Poisson 50")]
    [InlineData("Poisson 5")]
    [InlineData("Poisson 0.5")]
    [InlineData("Poisson 0.05")]
    [InlineData("negative binomial 20, size 4")]
    public void A_probability_below_one_percent_comes_once_in_a_hundred_buckets_within_a_factor_of_two(string name)
    {
        var run = SyntheticRun.Of(SyntheticKind.Noise.Single(kind => kind.Name == name), Seeds);
        run.Probabilities.Below01.ShouldBeInRange(0.005, 0.02);
        run.Probabilities.Below001.ShouldBeLessThan(0.002);
    }

    [Fact]
    public void Of_few_values_that_are_all_common_probabilities_are_a_little_too_large()
    {
        // Such series hardly ever show the least strength that is taken for one in a hundred, so that their share is below a half of it; never above.
        var run = SyntheticRun.Of(SyntheticKind.Noise.Single(kind => kind.Name == "few values"), Seeds);
        run.Probabilities.Below01.ShouldBeInRange(0.0035, 0.01);
        run.Probabilities.Below001.ShouldBeLessThan(0.002);
    }

    [Theory]
    [InlineData("spike on noise", 1, 1, 0.95)]
    [InlineData("dip on noise", 1, 1, 0.95)]
    [InlineData("spike of 3 times, daily", 1, 1, 0.95)]
    [InlineData("spike on a trend", 0.95, 0.95, 0.85)]
    [InlineData("outage of an hour, daily", 0.75, 0.95, 0.95)]
    [InlineData("day at night, daily", 0.6, 0.9, 0.95)]
    [InlineData("four times the noise for 6 hours", 0.2, 0.85, 0.9)]
    [InlineData("working day at a week-end", 0.1, 0.55, 0.5)]
    [InlineData("burst of counts, Poisson 0.05", 0.6, 0.95, 0.9)]
    [InlineData("outage of counts, daily", 0.4, 0.65, 0.75)]
    [InlineData("spike between gaps", 0.6, 0.6, 0.95)]
    public void Incidents_are_found(string name, double recallOfScores, double recallOfAlerts, double precisionOfAlerts)
    {
        var run = SyntheticRun.Of(SyntheticKind.Incidents.Single(kind => kind.Name == name), Seeds);
        run.Records.Recall.ShouldBeGreaterThanOrEqualTo(recallOfScores, "record scores");
        run.Alerts.Recall.ShouldBeGreaterThanOrEqualTo(recallOfAlerts, "alerts");
        run.Alerts.Precision.ShouldBeGreaterThanOrEqualTo(precisionOfAlerts, "alerts");
    }
}
