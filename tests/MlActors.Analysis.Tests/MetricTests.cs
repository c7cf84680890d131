using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

/// <summary>Mean, minimum and maximum judged at once.</summary>
public class MetricTests
{
    private const long Span = 300;
    private const int Week = 2016;
    private const double Critical = 75;

    [Fact]
    public void A_record_is_about_the_most_unusual_of_the_three()
    {
        var (all, low, high) = (1600, 1700, 1800);
        var results = Run(Week, (bucket, i, noise) =>
            bucket == all ? 200 + noise.Gaussian() : i == 0 && bucket == low ? 0 : i == 0 && bucket == high ? 190 : 100 + noise.Gaussian());
        // A hundred values about 100, one of them 0: the mean is 99, and only the minimum tells.
        Record(low).ShouldSatisfyAllConditions(
            record => record.FunctionDescription.ShouldBe("min"), record => record.Actual.ShouldBe([0.0]), record => record.Typical[0].ShouldBe(97.5, 1));
        Record(high).ShouldSatisfyAllConditions(
            record => record.FunctionDescription.ShouldBe("max"), record => record.Actual.ShouldBe([190.0]), record => record.Typical[0].ShouldBe(102.5, 1));
        Record(all).FunctionDescription.ShouldBe("mean");
        results.Where((r, bucket) => r.AnomalyScore >= Critical && bucket != all && bucket != low && bucket != high).Count().ShouldBeLessThanOrEqualTo(1);

        RecordResult Record(int bucket)
        {
            var record = results[bucket].Records.ShouldHaveSingleItem();
            record.Function.ShouldBe("metric");
            record.RecordScore.ShouldBeGreaterThanOrEqualTo(Critical);
            return record;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Plain_noise_is_quiet_though_three_are_looked_at(int seed)
    {
        var results = Run(4 * Week, (_, _, noise) => 100 + noise.Gaussian(), (ulong)seed, records: 10);
        results.Count(r => r.AnomalyScore >= Critical).ShouldBeLessThan(results.Count / 2000);
        results.Count(r => r.Records.Count > 0 && r.Records[0].Probability < 0.01).ShouldBeLessThan(results.Count / 50);
    }

    [Fact]
    public void The_influencer_is_the_one_whose_value_the_named_part_is()
    {
        var settings = Of(Span, Detector("metric", "value")).WithInfluencers("user");
        var noise = new Noise(4);
        var rows = Enumerable.Range(0, 1001 * 20).Select(i => new Row(
            i / 20 * Span, ("user", $"u{i % 10}"), ("value", i == (1000 * 20) + 7 ? 110 : 100 + noise.Gaussian())));
        var record = JobAnalysis.Create(settings)
            .FoldAll([.. rows.Chunk(5000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(1001 * Span)])[1000].Records.ShouldHaveSingleItem();
        record.FunctionDescription.ShouldBe("max");
        record.Influencers.ShouldHaveSingleItem().FieldValues.ShouldBe(["u7"]);
    }

    private static List<BucketResult> Run(int buckets, Func<int, int, Noise, double> value, ulong seed = 1, int records = 100)
    {
        var settings = Of(Span, Detector("metric", "value"));
        var noise = new Noise(seed);
        var rows = Enumerable.Range(0, buckets).SelectMany(bucket => Enumerable.Range(0, records).Select(i => new Row(bucket * Span, ("value", value(bucket, i, noise)))));
        return JobAnalysis.Create(settings).FoldAll([.. rows.Chunk(8000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(buckets * Span)]);
    }
}
