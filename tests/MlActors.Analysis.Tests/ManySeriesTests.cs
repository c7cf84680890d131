using MlActors.Analysis.Judging;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Scoring;

namespace MlActors.Analysis.Tests;

/// <summary>The alert of a bucket with many series.</summary>
public class ManySeriesTests
{
    [Fact]
    public void The_alert_of_one_series_is_that_of_its_bucket() => AlertOf(1, 2).ShouldBe(ScoreMap.StrengthScore(2), 1e-9);

    [Fact]
    public void One_alert_is_worth_less_the_more_series_might_have_had_it()
    {
        var scores = new[] { 1, 10, 100, 1000 }.Select(series => AlertOf(series, 2)).ToList();
        scores.ShouldBeInOrder(SortDirection.Descending);
        scores[1].ShouldBeGreaterThan(65);
        scores[3].ShouldBeLessThan(50);
    }

    [Fact]
    public void A_hundredfold_rarer_alert_of_a_hundred_series_is_worth_as_much_as_one_of_one_series() =>
        AlertOf(100, EventMemory.StrengthAt(-6)).ShouldBe(AlertOf(1, EventMemory.StrengthAt(-4)), 0.1);

    [Fact]
    public void Many_alerts_at_once_are_worth_more_than_one() => AlertOf(100, [.. Enumerable.Repeat(1.6, 10)]).ShouldBeGreaterThan(AlertOf(100, 1.6) + 20);

    private static double AlertOf(int series, params double[] alerts)
    {
        var judge = Judge();
        var findings = new Findings();
        findings.Begin(silent: false);
        for (var i = 0; i < series; i++) findings.Add(judge, 0, -1, new Judgement { Alert = i < alerts.Length ? alerts[i] : 0 });
        return findings.AlertScore(0);
    }

    private static RareJudge Judge() => new(0, new DetectorSettings(0, Functions.DetectorFunction.Find("rare")!, null, "what"), new MemoryBudget(1L << 30));
}
