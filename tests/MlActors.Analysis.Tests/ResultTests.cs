using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Scoring;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class ResultTests
{
    private const long Span = 60;
    private const int Usual = 60;

    [Fact]
    public void The_value_that_caused_a_spike_is_its_influencer_and_the_others_are_not()
    {
        var settings = Of(Span, Detector("high_mean", "value")).WithInfluencers("user");
        var bucket = Unusual(settings, user => user == "eve" ? 5000 : 10);
        bucket.Records.Single().Influencers.Single().ShouldSatisfyAllConditions(i => i.FieldName.ShouldBe("user"), i => i.FieldValues.ShouldBe(["eve"]));
        var influencer = bucket.Influencers.Single();
        (influencer.FieldName, influencer.FieldValue).ShouldBe(("user", "eve"));
        influencer.InfluencerScore.ShouldBe(bucket.Records[0].RecordScore, 1e-9);
        bucket.BucketInfluencers.Select(b => b.InfluencerFieldName).ShouldBe(["bucket_time", "user"]);
        bucket.BucketInfluencers[0].AnomalyScore.ShouldBe(bucket.AnomalyScore);
    }

    [Theory]
    [InlineData("sum", 5000.0)]
    [InlineData("max", 5000.0)]
    [InlineData("min", -5000.0)]
    [InlineData("mean", -5000.0)]
    public void Every_function_finds_the_value_that_caused_it(string function, double value)
    {
        var settings = Of(Span, Detector(function, "value")).WithInfluencers("user");
        var bucket = Unusual(settings, user => user == "eve" ? value : 10);
        bucket.Records.ShouldNotBeEmpty();
        bucket.Influencers.Select(i => i.FieldValue).ShouldBe(["eve"]);
    }

    [Fact]
    public void The_value_that_brought_most_records_is_the_influencer_of_a_count()
    {
        var settings = Of(Span, Detector("high_count")).WithInfluencers("user");
        Unusual(settings, _ => 10, extra: Enumerable.Range(0, 300).Select(i => Row(Usual, "eve", 10))).Influencers.Select(i => i.FieldValue).ShouldBe(["eve"]);
    }

    [Fact]
    public void A_late_heavy_value_among_more_values_than_are_kept_is_found()
    {
        var settings = Of(Span, Detector("high_sum", "value")).WithInfluencers("user");
        var crowd = Enumerable.Range(0, 100).Select(i => Row(Usual, $"u{i}", 1)).Append(Row(Usual, "late", 1e6));
        Unusual(settings, _ => 10, extra: crowd).Influencers.Select(i => i.FieldValue).ShouldBe(["late"]);
    }

    [Fact]
    public void A_field_that_the_series_is_split_by_is_a_natural_influencer()
    {
        var settings = Of(Span, Detector("mean", "value", by: "user", partition: "shop")).WithInfluencers("user", "shop");
        var record = Unusual(settings, user => user == "eve" ? 5000 : 10).Records.Single();
        record.Influencers.Select(i => (i.FieldName, i.FieldValues.Single())).ShouldBe([("user", "eve"), ("shop", "s")]);
    }

    [Fact]
    public void A_dip_in_the_count_is_nobodys_doing()
    {
        var settings = Of(Span, Detector("low_count")).WithInfluencers("user");
        var bucket = Unusual(settings, _ => 10, drop: true);
        bucket.Records.Single().Influencers.ShouldBeEmpty();
        bucket.Influencers.ShouldBeEmpty();
    }

    [Fact]
    public void Records_are_in_the_order_of_detector_and_key_whatever_the_order_of_the_data()
    {
        var settings = Of(Span, Detector("mean", "value", by: "user"), Detector("max", "value", by: "user", index: 1));
        var users = new[] { "zoe", "Adam", "eve", "bob" };
        var keys = new[] { users, [.. users.Reverse()] }.Select(order => Fold(settings, order, Usual, _ => 10, [.. order.Select(user => Row(Usual, user, 9000))])[^1]
            .Records.Select(r => (r.DetectorIndex, r.ByFieldValue)).ToArray()).ToArray();
        keys[0].ShouldBe([(0, "Adam"), (0, "bob"), (0, "eve"), (0, "zoe"), (1, "Adam"), (1, "bob"), (1, "eve"), (1, "zoe")]);
        keys[1].ShouldBe(keys[0]);
    }

    [Fact]
    public void At_most_five_hundred_records_are_kept_those_with_the_highest_scores()
    {
        var settings = Of(Span, Detector("high_mean", "value", by: "user"));
        var users = Enumerable.Range(0, 620).Select(i => $"u{i:000}").ToArray();
        var spikes = users.Select((user, i) => Row(Usual, user, i < 120 ? 200 : 100_000));
        var records = Fold(settings, users, 45, _ => 10, [.. spikes.Select(row => row with { Time = 45 * Span })])[^1].Records;
        records.Count.ShouldBe(ResultBuilder.MostRecords);
        records.ShouldAllBe(record => record.Actual[0] == 100_000);
    }

    [Fact]
    public void One_anomaly_among_many_series_scores_lower_for_the_bucket_than_for_the_record()
    {
        var settings = Of(Span, Detector("high_mean", "value", by: "user"));
        var users = Enumerable.Range(0, 200).Select(i => $"u{i:000}").ToArray();
        var bucket = Fold(settings, users, Usual, _ => 10, [.. users.Select(user => Row(Usual, user, user == "u007" ? 17 : 10))])[^1];
        var record = bucket.Records.Single(r => r.ByFieldValue == "u007");
        bucket.AnomalyScore.ShouldBeLessThan(record.RecordScore);
    }

    [Fact]
    public void A_record_explains_itself()
    {
        var bucket = Unusual(Of(Span, Detector("mean", "value")), _ => 500);
        var record = bucket.Records.Single();
        record.Typical[0].ShouldBe(10.5, 1);
        record.MultiBucketImpact.ShouldBe(-5, 0.01);
        record.Explanation!.TypicalValue.ShouldBe(record.Typical[0]);
        record.Explanation.SingleBucketImpact.ShouldBe((int)Math.Round(record.RecordScore));
        record.Explanation.LowerConfidenceBound!.Value.ShouldBeInRange(5, record.Typical[0]);
        record.Explanation.UpperConfidenceBound!.Value.ShouldBeInRange(record.Typical[0], 15);
        record.Probability.ShouldBeLessThan(1e-3);
        bucket.AnomalyScore.ShouldBe(record.RecordScore, 1e-9);
    }

    [Fact]
    public void A_young_series_is_not_judged()
    {
        var settings = Of(Span, Detector("mean", "value"));
        var results = JobAnalysis.Create(settings).FoldAll(
            BatchBuilder.Records(settings, [.. Enumerable.Range(0, 11).Select(i => new Row(i * Span, ("value", i % 2 == 0 ? 1 : 1e9)))]),
            new AdvanceTimeInput(11 * Span));
        results.ShouldAllBe(bucket => bucket.Records.Count == 0);
    }

    private static Row Row(int bucket, string user, double value) => new(bucket * Span, ("user", user), ("shop", "s"), ("value", value));

    private static BucketResult Unusual(AnalysisSettings settings, Func<string, double> value, IEnumerable<Row>? extra = null, bool drop = false)
    {
        string[] users = ["ann", "bob", "eve"];
        Row[] last = [.. drop ? [] : users.Select(user => Row(Usual, user, value(user))), .. extra ?? []];
        return Fold(settings, users, Usual, _ => 10, last)[^1];
    }

    // Buckets with a record or a few of each user and values of 10 and 11, then the last one.
    private static List<BucketResult> Fold(AnalysisSettings settings, IReadOnlyList<string> users, int buckets, Func<string, double> value, IReadOnlyList<Row> last)
    {
        var analysis = JobAnalysis.Create(settings);
        var inputs = Enumerable.Range(0, buckets)
            .Select(bucket => BatchBuilder.Records(settings, [.. users.SelectMany(user => Enumerable.Repeat(Row(bucket, user, value(user) + (bucket % 2)), 4))]))
            .Append(BatchBuilder.Records(settings, last))
            .Append<AnalysisInput>(new AdvanceTimeInput((last.Count == 0 ? buckets : last[0].Time / Span) * Span + Span));
        return analysis.FoldAll(inputs);
    }
}
