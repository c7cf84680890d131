using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

/// <summary>Values of the by field that come seldom.</summary>
public class RareTests
{
    private const long Span = 300;
    private const int Week = 2016;
    private const double Critical = 75;

    [Fact]
    public void A_new_value_among_stable_ones_is_critical_and_news_once()
    {
        var results = Run(3 * Week, (bucket, _) => [.. Enumerable.Range(0, 20).Select(i => $"usual-{i}"), .. bucket is 2 * Week or (2 * Week) + 50 ? ["odd"] : Array.Empty<string>()]);
        var (first, second) = (results[2 * Week], results[(2 * Week) + 50]);
        first.Records.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            record => record.ByFieldValue.ShouldBe("odd"),
            record => record.RecordScore.ShouldBeGreaterThan(Critical),
            record => record.AlertScore.ShouldBeGreaterThan(Critical),
            record => record.Actual.ShouldBe([1.0]),
            record => record.Typical.ShouldBe([0.0]),
            record => record.Probability.ShouldBeLessThan(1e-4));
        second.Records.Single().RecordScore.ShouldBeInRange(Critical, first.Records[0].RecordScore);
        second.AlertScore.ShouldBeLessThan(first.AlertScore);
        results.Where(r => r.Timestamp > 100 * Span && r != first && r != second).ShouldAllBe(r => r.AnomalyScore < 50);
    }

    [Fact]
    public void Each_value_that_is_new_once_a_week_is_found_and_nothing_else()
    {
        int[] at = [Week, (2 * Week) + 700, (3 * Week) + 11];
        var results = Run(4 * Week, (bucket, noise) =>
            [.. Enumerable.Range(0, 20).Where(i => noise.Uniform() < 0.3 + (0.03 * i)).Select(i => $"usual-{i}"), .. at.Contains(bucket) ? [$"odd-{bucket}"] : Array.Empty<string>()]);
        var critical = results.Where(r => r.Records.Any(record => record.RecordScore >= Critical)).Select(r => r.Timestamp / Span).ToArray();
        critical.ShouldBe(at.Select(bucket => (long)bucket));
        // One of twenty values being new is less of a surprise for the bucket than for the value.
        results.Where(r => at.Contains((int)(r.Timestamp / Span))).ShouldAllBe(r => r.AnomalyScore > 40 && r.AnomalyScore < r.Records[0].RecordScore);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Where_new_values_come_all_the_time_they_are_no_news(int seed)
    {
        // Zipf's law over ever more users: the harmonic weights of 1 … 100,000.
        var results = Run(4 * Week, (_, noise) => [.. Enumerable.Range(0, 20).Select(_ => $"user-{(int)Math.Exp(noise.Uniform() * Math.Log(100_000))}")], (ulong)seed);
        (results.Count(r => r.AnomalyScore >= Critical) * 2000.0 / results.Count).ShouldBeLessThan(1);
    }

    [Fact]
    public void A_young_job_finds_nothing_rare() =>
        Run(30, (bucket, _) => [$"value-{bucket}", "usual"]).ShouldAllBe(r => r.AnomalyScore < 50);

    [Fact]
    public void Partitions_do_not_know_each_others_values()
    {
        var settings = Of(Span, Detector("rare", by: "user", partition: "shop"));
        var rows = Enumerable.Range(0, Week).SelectMany(bucket => new[] { Row(bucket, "a", "x"), Row(bucket, "b", "y") }).Append(Row(Week, "b", "x")).Append(Row(Week, "a", "x"));
        var record = JobAnalysis.Create(settings)
            .FoldAll([.. rows.Chunk(5000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput((Week + 1) * Span)])[^1].Records.ShouldHaveSingleItem();
        (record.PartitionFieldValue, record.ByFieldValue).ShouldBe(("b", "x"));

        static Row Row(int bucket, string shop, string user) => new(bucket * Span, ("shop", shop), ("user", user));
    }

    [Fact]
    public void A_value_that_was_pruned_is_new_again()
    {
        var settings = Of(Span, Detector("rare", by: "user")) with { ModelPruneWindow = 64 * Span };
        var results = Run(Week + 1, (bucket, _) => [.. Enumerable.Range(0, 5).Select(i => $"usual-{i}"), .. bucket is < 100 or Week ? ["old"] : Array.Empty<string>()], settings: settings);
        results[Week].Records.Single().ByFieldValue.ShouldBe("old");
        results[Week].Records[0].Typical.ShouldBe([0.0]);
    }

    private static List<BucketResult> Run(int buckets, Func<int, Noise, IReadOnlyList<string>> values, ulong seed = 7, AnalysisSettings? settings = null)
    {
        settings ??= Of(Span, Detector("rare", by: "user"));
        var noise = new Noise(seed);
        var rows = Enumerable.Range(0, buckets).SelectMany(bucket => values(bucket, noise).Select(value => new Row(bucket * Span, ("user", value))));
        var results = JobAnalysis.Create(settings).FoldAll([.. rows.Chunk(5000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(buckets * Span)]);
        results.Count.ShouldBe(buckets);
        return results;
    }
}
