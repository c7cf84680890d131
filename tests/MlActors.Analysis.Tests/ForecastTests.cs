using MlActors.Analysis.Forecasting;
using MlActors.Analysis.Input;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class ForecastTests
{
    private const long Span = 900;
    private const int Day = 96;

    // What comes, its noise left out, and the noise.
    public static TheoryData<string, int> Kinds => new()
    {
        { "noise", 7 }, { "daily", 7 }, { "weekly", 7 }, { "trend", 7 }, { "daily and trend", 7 }, { "random walk", 3 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nineteen_of_twenty_values_lie_within_the_bounds(string kind, int days)
    {
        var (within, values) = (0, 0);
        for (var seed = 1UL; seed <= 12; seed++)
        {
            var series = Series(kind, 42 * Day, seed);
            var points = Learn(series[..(35 * Day)]).PlanForecast().Points(days * 86400).ToList();
            points.Count.ShouldBe(days * Day);
            within += points.Where((point, i) => series[(35 * Day) + i].Value is var value && value >= point.Lower && value <= point.Upper).Count();
            values += points.Count;
        }
        ((double)within / values).ShouldBeInRange(0.85, 0.998);
    }

    [Theory]
    [InlineData("daily", 1.25)]
    [InlineData("weekly", 1.4)]
    [InlineData("daily and trend", 1.6)]
    [InlineData("noise", 1.1)]
    public void A_week_ahead_the_error_is_little_more_than_the_noise(string kind, double most)
    {
        var (error, noise) = (0.0, 0.0);
        for (var seed = 1UL; seed <= 8; seed++)
        {
            var series = Series(kind, 42 * Day, seed);
            var points = Learn(series[..(35 * Day)]).PlanForecast().Points(7 * 86400).ToList();
            for (var i = 0; i < points.Count; i++)
            {
                var (value, expected) = series[(35 * Day) + i];
                error += Math.Pow(value - points[i].Prediction, 2);
                noise += Math.Pow(value - expected, 2);
            }
        }
        Math.Sqrt(error / noise).ShouldBeLessThan(most);
    }

    [Fact]
    public void Bounds_become_wider_with_the_distance_as_far_as_the_series_does()
    {
        double Widening(string kind)
        {
            var points = Learn(Series(kind, 30 * Day, 3)).PlanForecast().Points(5 * 86400).ToList();
            return (points[^1].Upper - points[^1].Lower) / (points[0].Upper - points[0].Lower);
        }
        Widening("random walk").ShouldBeGreaterThan(5);
        Widening("noise").ShouldBeLessThan(1.5);
    }

    [Fact]
    public void Counts_are_not_foretold_below_nought()
    {
        var settings = Of(Span, Detector("count"));
        var noise = new Noise(2);
        var rows = Enumerable.Range(0, 20 * Day).SelectMany(bucket => Enumerable.Repeat(new Row(bucket * Span), noise.Poisson(0.7)));
        var analysis = JobAnalysis.Create(settings);
        analysis.FoldAll([.. rows.Chunk(1000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(20 * Day * Span)]);
        var points = analysis.PlanForecast().Points(86400).ToList();
        points.ShouldAllBe(point => point.Lower >= 0 && point.Prediction > 0 && point.Upper > point.Prediction);
    }

    [Fact]
    public void Each_series_is_foretold_by_itself_from_a_copy_that_stays_as_it_was()
    {
        var settings = Of(Span, Detector("mean", "value", by: "host", partition: "region"));
        var analysis = JobAnalysis.Create(settings);
        analysis.FoldAll(Rows(0, 20));
        var plan = analysis.PlanForecast();
        plan.Series.ShouldBe(4);
        plan.Begin.ShouldBe(20 * Day * Span);
        plan.Bytes.ShouldBeInRange(1, analysis.SizeStats.ModelBytes);
        (analysis.ForecastSeries, analysis.ForecastBytes).ShouldBe((plan.Series, plan.Bytes), "what the copies would take is known before they are made");
        var before = plan.Points(2 * 86400).ToList();
        analysis.FoldAll(Rows(20, 22));
        plan.Points(2 * 86400).ShouldBe(before);
        before.Take(4).Select(point => (point.Partition, point.By)).ShouldBe([("r0", "h0"), ("r0", "h1"), ("r1", "h0"), ("r1", "h1")]);
        before.Select(point => point.Timestamp).ShouldBe(Enumerable.Range(20 * Day, 2 * Day).SelectMany(bucket => Enumerable.Repeat(bucket * Span, 4)));
        foreach (var point in before) point.Prediction.ShouldBe((point.Partition, point.By) switch { ("r0", "h0") => 0, ("r0", "h1") => 100, ("r1", "h0") => 1000, _ => 1100 }, 2);

        IEnumerable<AnalysisInput> Rows(int fromDay, int toDay)
        {
            var noise = new Noise((ulong)fromDay + 1);
            var rows = Enumerable.Range(fromDay * Day, (toDay - fromDay) * Day).SelectMany(bucket => Enumerable.Range(0, 4)
                .Select(i => new Row(bucket * Span, ("host", $"h{i % 2}"), ("region", $"r{i / 2}"), ("value", (i % 2 * 100) + (i / 2 * 1000) + noise.Gaussian()))));
            return [.. rows.Chunk(1000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(toDay * Day * Span)];
        }
    }

    [Fact]
    public void There_is_no_future_of_what_was_not_seen_often_enough()
    {
        var analysis = JobAnalysis.Create(Of(Span, Detector("mean", "value")));
        analysis.PlanForecast().Points(86400).ShouldBeEmpty();
        analysis.PlanForecast().Begin.ShouldBeNull();
        Learn(Series("noise", 10, 1)).PlanForecast().Series.ShouldBe(0);
        JobAnalysis.Create(Of(Span, Detector("mean", "value", over: "host"))).PlanForecast().Series.ShouldBe(0);
    }

    [Fact]
    public void Detectors_without_a_future_are_left_out_and_say_why()
    {
        var settings = Of(Span, Detector("mean", "value"), Detector("mean", "value", over: "host", index: 1), Detector("rare", by: "host", index: 2));
        settings.Detectors.Select(Foretelling.Obstacle).ShouldBe(
            [null, "it compares the values of [host] with each other, as a population", "function [rare] has no value in time"]);
        var analysis = JobAnalysis.Create(settings);
        var rows = Enumerable.Range(0, 3 * Day).SelectMany(bucket => Enumerable.Range(0, 6)
            .Select(i => new Row(bucket * Span, ("host", $"h{i}"), ("value", i + (bucket % 7)))));
        analysis.FoldAll([.. rows.Chunk(1000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(3 * Day * Span)]);
        analysis.ForecastSeries.ShouldBe(1);
        analysis.PlanForecast().Points(86400).ShouldAllBe(point => point.Detector.Index == 0);
    }

    private static JobAnalysis Learn((double Value, double Expected)[] series)
    {
        var settings = Of(Span, Detector("mean", "value"));
        var analysis = JobAnalysis.Create(settings);
        analysis.FoldAll(Synthetic.Inputs(settings, series.Select((point, i) => (i * Span, point.Value))));
        analysis.FoldAll([new AdvanceTimeInput(series.Length * Span)]);
        return analysis;
    }

    private static (double Value, double Expected)[] Series(string kind, int count, ulong seed)
    {
        var noise = new Noise(seed);
        var walk = 0.0;
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var daily = Synthetic.Shop(i * Span) / 10;
            var expected = kind switch
            {
                "noise" => 50,
                "daily" => daily,
                "weekly" => i / Day % 7 >= 5 ? 0.4 * daily : daily,
                "trend" => 0.02 * i,
                "daily and trend" => daily + (0.01 * i),
                _ => walk += noise.Gaussian(),
            };
            return (kind == "random walk" ? expected : expected + (2 * noise.Gaussian()), expected);
        })];
    }
}
