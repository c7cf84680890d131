using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using Xunit.Abstractions;

namespace MlActors.Analysis.Tests;

/// <summary>Quality on series with a known answer. The floors are recorded here; the figures themselves are printed.</summary>
public class SyntheticSeriesTests(ITestOutputHelper output)
{
    private const long Span = 300;
    private const double Critical = 75;
    private const long Start = 1_700_006_400 / 86400 * 86400;

    [Theory]
    [InlineData(0.05, 1)]
    [InlineData(0.02, 2)]
    [InlineData(0.2, 3)]
    public void Clean_daily_series_give_less_than_one_critical_bucket_in_a_thousand(double noise, int seed)
    {
        var results = Run("mean", Shop(days: 28, noise, (ulong)seed));
        var alarms = results.Count(r => r.AnomalyScore >= Critical);
        output.WriteLine($"{alarms} critical, {results.Count(r => r.AnomalyScore >= 50)} major of {results.Count}; first {results.FirstOrDefault(r => r.AnomalyScore >= 50)?.Timestamp - Start}");
        (alarms * 1000.0 / results.Count).ShouldBeLessThan(1);
    }

    [Theory]
    [InlineData("mean", 3.0, "spike")]
    [InlineData("mean", 0.1, "dip")]
    [InlineData("high_mean", 3.0, "spike")]
    [InlineData("low_sum", 0.1, "dip")]
    [InlineData("max", 3.0, "spike")]
    public void Injected_spikes_and_dips_of_a_week_stand_out(string function, double factor, string type)
    {
        long[] at = [Start + (3 * 86400) + (13 * 3600), Start + (5 * 86400) + (4 * 3600), Start + (6 * 86400) + (20 * 3600)];
        var results = Run(function, Shop(days: 7, noise: 0.05, seed: 7).Select(p => at.Contains(p.Time) ? p with { Value = p.Value * factor } : p));
        foreach (var time in at)
        {
            var bucket = results.Single(r => r.Timestamp == time);
            output.WriteLine($"{bucket.AnomalyScore:f1} p={bucket.Records.FirstOrDefault()?.Probability}");
            // The second and the third of a week are less rare than the first.
            bucket.AnomalyScore.ShouldBeGreaterThan(65);
            bucket.Records.Single().Explanation!.AnomalyType.ShouldBe(type);
        }
        results.Count(r => r.AnomalyScore >= Critical && !at.Contains(r.Timestamp)).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public void One_sided_functions_do_not_report_the_other_side()
    {
        var at = Start + (5 * 86400) + (13 * 3600);
        var points = Shop(days: 7, noise: 0.05, seed: 7).Select(p => p.Time == at ? p with { Value = p.Value * 3 } : p).ToArray();
        Run("low_mean", points).Single(r => r.Timestamp == at).Records.ShouldBeEmpty();
        Run("high_mean", points).Single(r => r.Timestamp == at).Records.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("high_count", 660, true)]
    [InlineData("low_count", 0, false)]
    public void What_one_sided_functions_report_lies_on_their_side_also_after_a_peak(string function, int peak, bool high)
    {
        const long span = 900;
        var settings = Settings.Of(span, Settings.Detector(function));
        var times = Enumerable.Range(0, 288).SelectMany(bucket => Enumerable.Repeat(Start + (bucket * span), bucket == 200 ? peak : 60));
        var results = JobAnalysis.Create(settings).FoldAll(times.Chunk(1000).Select(chunk => new RecordsInput(new RecordBatch(settings.Schema, chunk.Length, chunk, [], default))));
        results[200].Records.ShouldHaveSingleItem().RecordScore.ShouldBeGreaterThan(Critical);
        foreach (var record in results.SelectMany(r => r.Records)) (record.Actual[0] > record.Typical[0]).ShouldBe(high, $"{record.Actual[0]}, typical {record.Typical[0]}");
    }

    [Fact]
    public void An_incident_does_not_become_the_expectation()
    {
        var from = Start + (10 * 86400) + (12 * 3600);
        var points = Shop(days: 12, noise: 0.05, seed: 4).Select(p => p.Time >= from && p.Time < from + 3600 ? p with { Value = 5 * p.Value } : p);
        var results = Run("mean", points);
        results.Where(r => r.Timestamp >= from && r.Timestamp < from + 1200).ShouldAllBe(r => r.AnomalyScore >= Critical);
        results.Where(r => r.Timestamp >= from && r.Timestamp < from + 3600).ShouldAllBe(r => r.AnomalyScore >= 40);
        results.Where(r => r.Timestamp >= from + 3600).Max(r => r.AnomalyScore).ShouldBeLessThan(Critical);
    }

    [Fact]
    public void A_lasting_change_of_level_becomes_normal_within_a_day()
    {
        var from = Start + (10 * 86400);
        var results = Run("mean", Shop(days: 14, noise: 0.05, seed: 5).Select(p => p.Time >= from ? p with { Value = p.Value + 1000 } : p));
        results.Single(r => r.Timestamp == from).AnomalyScore.ShouldBeGreaterThan(Critical);
        results.Where(r => r.Timestamp >= from + 86400).Count(r => r.AnomalyScore >= Critical).ShouldBe(0);
    }

    [Fact]
    public void Poisson_counts_give_few_critical_buckets_and_an_outage_is_one()
    {
        var noise = new Noise(11);
        var settings = Settings.Of(Span, Settings.Detector("count"));
        var outage = Start + (6 * 86400) + (13 * 3600);
        var rows = new List<Row>();
        for (var bucket = Start; bucket < Start + (7 * 86400); bucket += Span)
        {
            if (bucket == outage) continue;
            var (limit, n, product) = (Math.Exp(-Synthetic.Shop(bucket) / 12), 0, noise.Uniform());
            for (; product > limit; product *= noise.Uniform()) n++;
            for (var i = 0; i < n; i++) rows.Add(new Row(bucket + (i * Span / n)));
        }
        var results = JobAnalysis.Create(settings).FoldAll(rows.Chunk(5000).Select(chunk => BatchBuilder.Records(settings, chunk)));
        results.Single(r => r.Timestamp == outage).AnomalyScore.ShouldBeGreaterThan(Critical);
        var alarms = results.Count(r => r.AnomalyScore >= Critical && r.Timestamp != outage);
        output.WriteLine($"{alarms} of {results.Count}");
        (alarms * 1000.0 / results.Count).ShouldBeLessThan(1);
    }

    private static List<BucketResult> Run(string function, IEnumerable<(long, double)> points)
    {
        var settings = Settings.Of(Span, Settings.Detector(function, "value"));
        return JobAnalysis.Create(settings).FoldAll(Synthetic.Inputs(settings, points));
    }

    private static IEnumerable<(long Time, double Value)> Shop(int days, double noise, ulong seed)
    {
        var random = new Noise(seed);
        for (var time = Start; time < Start + (days * 86400L); time += Span)
            yield return (time, Synthetic.Shop(time) * (1 + (noise * random.Gaussian())));
    }
}
