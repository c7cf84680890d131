using CsCheck;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

/// <summary>Series of a by field that go together, and what becomes of it when they do so no longer.</summary>
public class CorrelationTests
{
    private const long Span = 300;
    private const int Buckets = 3000;
    private const int Break = 2500;
    private const double Critical = 75;

    private static readonly string[] Hosts = ["a", "b", "c"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_value_that_is_ordinary_by_itself_is_a_record_where_its_partner_says_otherwise(int seed)
    {
        var (with, without) = (Run(Of(true), Pair(+1), seed), Run(Of(false), Pair(+1), seed));
        without[Break].Records.ShouldBeEmpty();
        with[Break].Records.Select(record => (record.ByFieldValue, record.CorrelatedByFieldValue)).ShouldBe([("a", "b"), ("b", "a")]);
        with[Break].AnomalyScore.ShouldBeGreaterThanOrEqualTo(Critical);
        var record = with[Break].Records[1];
        record.Actual.ShouldBe([98.5]);
        record.Typical[0].ShouldBe(101.5, 0.7);
        record.Explanation!.AnomalyType.ShouldBe("dip");
        record.Explanation.LowerConfidenceBound!.Value.ShouldBeGreaterThan(98.5);
    }

    [Fact]
    public void Series_that_go_against_each_other_are_correlated_too()
    {
        var results = Run(Of(true), Pair(-1), seed: 1);
        results[Break].Records.Select(record => record.CorrelatedByFieldValue).ShouldBe(["b", "a"]);
        results[Break].Records[1].Typical[0].ShouldBe(98.5, 0.7);
    }

    [Fact]
    public void Only_the_side_that_the_function_looks_at_counts()
    {
        Run(Of(true, "low_mean"), Pair(+1), seed: 1)[Break].Records.ShouldHaveSingleItem().ByFieldValue.ShouldBe("b");
        Run(Of(true, "high_mean"), Pair(+1), seed: 1)[Break].Records.ShouldHaveSingleItem().ByFieldValue.ShouldBe("a");
    }

    [Fact]
    public void Partitions_have_nothing_to_do_with_each_other()
    {
        var settings = Settings.Of(Span, Detector("mean", "value", by: "host", partition: "shop") with { CorrelatesBy = true });
        var noise = new Noise(1);
        var rows = Enumerable.Range(0, Buckets).SelectMany(bucket =>
        {
            var common = noise.Gaussian();
            return new[] { ("x", "a"), ("y", "b") }.Select(pair => new Row(bucket * Span, ("shop", pair.Item1), ("host", pair.Item2), ("value", 100 + common + (0.2 * noise.Gaussian()))));
        });
        Fold(settings, rows).SelectMany(result => result.Records).ShouldAllBe(record => record.CorrelatedByFieldValue == null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Independent_series_have_no_partners(int seed) =>
        Run(Of(true), (_, _, noise) => noise.Gaussian(), seed).SelectMany(result => result.Records).ShouldAllBe(record => record.CorrelatedByFieldValue == null);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Series_that_wander_have_no_partners(int seed)
    {
        var level = new double[3];
        var results = Run(Of(true), (_, host, noise) => level[host] = (0.995 * level[host]) + noise.Gaussian(), seed);
        results.SelectMany(result => result.Records).ShouldAllBe(record => record.CorrelatedByFieldValue == null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Series_that_follow_the_same_day_have_no_partners(int seed)
    {
        var results = Run(Of(true), (bucket, _, noise) => (0.1 * Synthetic.Shop(bucket * Span)) + noise.Gaussian(), seed);
        results.SelectMany(result => result.Records).ShouldAllBe(record => record.CorrelatedByFieldValue == null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Partners_that_stay_together_are_quiet(int seed)
    {
        var records = Run(Of(true), Together, seed, 4 * Buckets).SelectMany(result => result.Records).Where(record => record.CorrelatedByFieldValue != null).ToArray();
        records.Length.ShouldBeGreaterThan(0);
        records.Count(record => record.RecordScore >= Critical).ShouldBeLessThan(8);
        records.Count(record => record.Probability < 0.001).ShouldBeLessThan(60);
    }

    [Fact]
    public void A_value_that_is_unusual_by_itself_is_one_still_and_its_partner_is_not_to_blame()
    {
        var results = Run(Of(true), (bucket, host, noise) => Together(bucket, host, noise) + (bucket == Break && host == 1 ? 20 : 0), seed: 1);
        var record = results[Break].Records.ShouldHaveSingleItem();
        record.ByFieldValue.ShouldBe("b");
        record.RecordScore.ShouldBeGreaterThanOrEqualTo(Critical);
    }

    [Fact]
    public void What_has_parted_for_good_is_no_news_after_a_while()
    {
        var results = Run(Of(true), (bucket, host, noise) => bucket < Break ? Together(bucket, host, noise) : noise.Gaussian(), seed: 1, Break + 1500);
        Named(Break, 100).ShouldBeGreaterThan(20);
        Named(Break + 600, 900).ShouldBe(0);

        int Named(int from, int count) => results.Skip(from).Take(count).SelectMany(result => result.Records).Count(record => record.CorrelatedByFieldValue != null);
    }

    [Fact]
    public void Interim_results_say_the_same()
    {
        // With latency the bucket stays open; the one after it tells that it is full.
        var settings = Of(true) with { Latency = Span };
        var analysis = JobAnalysis.Create(settings);
        analysis.FoldAll(Inputs(settings, Rows(Pair(+1), 1, Break + 2)));
        analysis.CalculateInterim().Single(result => result.Timestamp == Break * Span).Records.Select(record => record.CorrelatedByFieldValue).ShouldBe(["b", "a"]);
    }

    [Fact]
    public void Without_the_setting_nothing_is_kept_for_it()
    {
        var (with, without) = (JobAnalysis.Create(Of(true)), JobAnalysis.Create(Of(false)));
        with.FoldAll(Inputs(Of(true), Rows(Together, 1, 100)));
        without.FoldAll(Inputs(Of(false), Rows(Together, 1, 100)));
        (with.SizeStats.ModelBytes - without.SizeStats.ModelBytes).ShouldBeInRange(3 * 200, 3 * 1000);
    }

    /// <summary>Members come, go and are pruned, some in many buckets and some in few; where it is saved and restored leaves no trace.</summary>
    [Fact]
    public void Partners_survive_saving_and_restoring_anywhere() => Gen.Select(Gen.ULong, Gen.Int[0, 60], Gen.Int[0, 60]).Sample(
        (seed, first, second) =>
        {
            var settings = Of(true) with { ModelPruneWindow = 200 * Span, Latency = Span };
            var inputs = Inputs(settings, Coming(seed)).ToArray();
            var whole = JobAnalysis.Create(settings);
            var expected = whole.FoldAll(inputs);
            expected.SelectMany(result => result.Records).ShouldContain(record => record.CorrelatedByFieldValue != null);

            var (analysis, results) = (JobAnalysis.Create(settings), new List<BucketResult>());
            for (var i = 0; i < inputs.Length; i++)
            {
                results.AddRange(analysis.FoldAll(inputs[i]));
                if (i != first && i != second) continue;
                var restored = JobAnalysis.Restore(settings, analysis.SaveState());
                restored.SizeStats.ShouldBe(analysis.SizeStats);
                restored.ShouldHaveStateOf(analysis);
                analysis = restored;
                analysis.CalculateInterim();
            }
            results.ShouldBeSameAs(expected);
            analysis.ShouldHaveStateOf(whole);
            analysis.Prune();
            whole.Prune();
            analysis.ShouldHaveStateOf(whole);
        },
        iter: 10);

    private static AnalysisSettings Of(bool correlates, string function = "mean") => Settings.Of(Span, Detector(function, "value", by: "host") with { CorrelatesBy = correlates });

    // Hosts a and b share most of what moves them; c is alone.
    private static double Together(int bucket, int host, Noise noise) => host == 2 ? noise.Gaussian() : Shared(bucket) + (0.2 * noise.Gaussian());

    private static double Shared(int bucket) => new Noise((ulong)bucket * 7919).Gaussian();

    // In one bucket a is a little high and b a little low (or both, where they go against each other), each within what is usual.
    private static Func<int, int, Noise, double> Pair(int sign) => (bucket, host, noise) => (bucket, host) switch
    {
        (Break, 0) => 1.5,
        (Break, 1) => -1.5 * sign,
        (_, 1) => sign * Together(bucket, host, noise),
        _ => Together(bucket, host, noise),
    };

    private static List<BucketResult> Run(AnalysisSettings settings, Func<int, int, Noise, double> value, int seed, int buckets = Buckets) =>
        Fold(settings, Rows(value, (ulong)seed, buckets));

    private static IEnumerable<Row> Rows(Func<int, int, Noise, double> value, ulong seed, int buckets)
    {
        var noise = new Noise(seed);
        return Enumerable.Range(0, buckets).SelectMany(bucket => Hosts.Select((host, i) => new Row(bucket * Span, ("host", host), ("value", 100 + value(bucket, i, noise)))));
    }

    private static IEnumerable<Row> Coming(ulong seed)
    {
        var noise = new Noise(seed);
        for (var bucket = 0; bucket < 1500; bucket++)
        {
            for (var host = 0; host < 8; host++)
            {
                // Four at a time are there; the others were there before or will be.
                if ((host + (bucket / 500)) % 8 >= 5 || noise.Uniform() < 0.05) continue;
                yield return new Row(bucket * Span, ("host", $"host-{host}"), ("value", 100 + (host < 4 ? Shared(bucket) + (0.2 * noise.Gaussian()) : noise.Gaussian())));
            }
        }
    }

    private static List<BucketResult> Fold(AnalysisSettings settings, IEnumerable<Row> rows) => JobAnalysis.Create(settings).FoldAll(Inputs(settings, rows));

    private static IEnumerable<AnalysisInput> Inputs(AnalysisSettings settings, IEnumerable<Row> rows) => rows.Chunk(100).Select(chunk => BatchBuilder.Records(settings, chunk));
}
