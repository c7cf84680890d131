using MlActors.Analysis.Buckets;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

/// <summary>What each function makes of a bucket, seen through the records of an unusual one and computed by hand.</summary>
public class FunctionValueTests
{
    private const long Span = 60;
    private const int Usual = 40;
    private const long Unusual = Usual * Span;

    [Theory]
    [InlineData("count", 60.0)]
    [InlineData("high_count", 60.0)]
    [InlineData("mean", 505.0)]
    [InlineData("high_mean", 505.0)]
    [InlineData("sum", 30300.0)]
    [InlineData("high_sum", 30300.0)]
    [InlineData("max", 1000.0)]
    [InlineData("non_zero_count", 60.0)]
    [InlineData("high_non_null_sum", 30300.0)]
    [InlineData("varp", 245025.0)]
    [InlineData("high_varp", 245025.0)]
    [InlineData("median", 505.0)]
    [InlineData("high_median", 505.0)]
    public void The_actual_value_of_a_spike_is_the_hand_computed_one(string function, double expected)
    {
        // 60 records with 10 and 1000 in turn: mean 505, sum 30 · 1010 = 30,300, variance 495².
        var record = Last(function, Enumerable.Range(0, 60).Select(i => new Row(Unusual + i, ("value", i % 2 == 0 ? 10.0 : 1000.0))));
        record.ShouldNotBeNull();
        record.Actual.ShouldBe([expected]);
        record.Explanation!.AnomalyType.ShouldBe("spike");
        record.Function.ShouldBe(function);
        record.FunctionDescription.ShouldBe(function.Replace("high_", ""));
    }

    [Theory]
    [InlineData("mean", -500.0)]
    [InlineData("low_mean", -500.0)]
    [InlineData("sum", -1000.0)]
    [InlineData("low_sum", -1000.0)]
    [InlineData("min", -990.0)]
    [InlineData("low_median", -500.0)]
    public void The_actual_value_of_a_dip_is_the_hand_computed_one(string function, double expected)
    {
        var record = Last(function, [new Row(Unusual, ("value", -990.0)), new Row(Unusual + 59, ("value", -10.0))]);
        record.ShouldNotBeNull();
        record.Actual.ShouldBe([expected]);
        record.Explanation!.AnomalyType.ShouldBe("dip");
    }

    [Theory]
    [InlineData("count", 0.0)]
    [InlineData("low_count", 0.0)]
    [InlineData("sum", 0.0)]
    [InlineData("low_sum", 0.0)]
    public void An_empty_bucket_has_count_and_sum_zero(string function, double expected)
    {
        var record = Last(function, []);
        record.ShouldNotBeNull();
        record.Actual.ShouldBe([expected]);
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("non_zero_count")]
    [InlineData("non_null_sum")]
    [InlineData("varp")]
    [InlineData("median")]
    [InlineData("min")]
    [InlineData("max")]
    public void An_empty_bucket_has_no_mean_minimum_or_maximum(string function) => Last(function, []).ShouldBeNull();

    [Theory]
    [InlineData("low_count")]
    [InlineData("low_mean")]
    [InlineData("low_sum")]
    public void Low_functions_keep_silent_on_spikes(string function) =>
        Last(function, Enumerable.Range(0, 60).Select(i => new Row(Unusual + i, ("value", 1000.0)))).ShouldBeNull();

    [Fact]
    public void A_record_stands_for_its_summary_count_and_weights_the_mean_with_it()
    {
        // (3 · 1000 + 1 · 200) / 4 = 800; records with counts that are no positive whole numbers are ignored.
        Row[] rows =
        [
            Counted(3, 1000), Counted(1, 200), Counted(0, 9e9), Counted(-2, 9e9), Counted(1.5, 9e9), Counted(double.NaN, 9e9),
            new Row(Unusual, ("value", 9e9)),
        ];
        var mean = Last("mean", rows, "n", out var bucket);
        mean!.Actual.ShouldBe([800.0]);
        bucket.EventCount.ShouldBe(4);
        Last("count", [Counted(300, 1)], "n", out bucket)!.Actual.ShouldBe([300.0]);
        bucket.EventCount.ShouldBe(300);
        Last("sum", [Counted(3, 5000), Counted(7, 6000)], "n", out _)!.Actual.ShouldBe([11000.0]);

        static Row Counted(double n, double value) => new(Unusual, ("value", value), ("n", n));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.MaxValue)]
    [InlineData(-1.1e30)]
    public void Values_that_are_no_usable_numbers_count_as_missing_and_poison_nothing(double value)
    {
        Row[] rows = [new Row(Unusual, ("value", value)), new Row(Unusual, ("value", 700.0))];
        foreach (var function in new[] { "mean", "sum", "max" }) Last(function, rows)!.Actual.ShouldBe([700.0]);
        Last("mean", [new Row(Unusual, ("value", value))]).ShouldBeNull();
    }

    [Fact]
    public void The_largest_usable_values_give_finite_results()
    {
        var settings = Of(Span, Detector("sum", "value"), Detector("mean", "value", index: 1));
        var rows = Enumerable.Range(0, 3000).Select(i => new Row(i * 7, ("value", i % 11 == 0 ? 1e30 : -1e30))).ToArray();
        var analysis = JobAnalysis.Create(settings);
        foreach (var record in analysis.FoldAll(BatchBuilder.Records(settings, rows)).SelectMany(r => r.Records))
            double.IsFinite(record.Typical[0] + record.Actual[0] + record.RecordScore + record.Probability).ShouldBeTrue();
        JobAnalysis.Restore(settings, analysis.SaveState()).SaveState().ShouldBe(analysis.SaveState());
    }

    [Fact]
    public void Series_are_told_apart_by_partition_and_by_values()
    {
        var settings = Of(Span, Detector("mean", "value", by: "host", partition: "shop"));
        var analysis = JobAnalysis.Create(settings);
        var rows = new List<Row>();
        foreach (var (shop, host, value) in new[] { ("A", "x", 10.0), ("A", "y", 20.0), ("B", "x", 30.0) })
            for (var i = 0; i < Usual; i++)
                rows.Add(new Row(i * Span, ("shop", shop), ("host", host), ("value", value + (i % 3))));
        rows.Sort((a, b) => a.Time.CompareTo(b.Time));
        rows.Add(new Row(Unusual, ("shop", "A"), ("host", "x"), ("value", 30.0)));
        rows.Add(new Row(Unusual, ("shop", "A"), ("host", "y"), ("value", 21.0)));
        rows.Add(new Row(Unusual, ("shop", "B"), ("host", "x"), ("value", 31.0)));
        var record = analysis.FoldAll(BatchBuilder.Records(settings, rows), new AdvanceTimeInput(Unusual + Span))[^1].Records.ShouldHaveSingleItem();
        (record.PartitionFieldName, record.PartitionFieldValue, record.ByFieldName, record.ByFieldValue).ShouldBe(("shop", "A", "host", "x"));
        record.FieldName.ShouldBe("value");
        record.Typical[0].ShouldBe(11, 1.5);
        analysis.SizeStats.TotalByFieldCount.ShouldBe(3);
        analysis.SizeStats.TotalPartitionFieldCount.ShouldBe(2);
    }

    [Fact]
    public void Records_without_the_by_value_are_left_out_unless_nulls_are_used()
    {
        Row[] spike = [.. Enumerable.Range(0, 90).Select(i => new Row(Unusual, ("other", "z")))];
        Count(useNull: false).ShouldBeEmpty();
        var record = Count(useNull: true).ShouldHaveSingleItem();
        record.ByFieldValue.ShouldBe("");
        record.Actual.ShouldBe([90.0]);

        IReadOnlyList<RecordResult> Count(bool useNull)
        {
            var settings = Of(Span, Detector("high_count", by: "host", useNull: useNull)).WithInfluencers("other");
            var rows = Enumerable.Range(0, Usual).SelectMany(i => new[] { new Row(i * Span, ("host", "x")), new Row(i * Span) });
            var inputs = BatchBuilder.Records(settings, [.. rows, .. spike]);
            return JobAnalysis.Create(settings).FoldAll(inputs, new AdvanceTimeInput(Unusual + Span))[^1].Records;
        }
    }

    [Fact]
    public void Different_values_are_counted_once_each_and_an_empty_bucket_has_none()
    {
        var settings = Of(Span, Detector("distinct_count", "user"));
        Row[] usual = [.. Enumerable.Range(0, Usual * 6).Select(i => new Row(i * 10, ("user", $"u{i % 3}")))];
        Distinct([.. Enumerable.Range(0, 100).Select(i => new Row(Unusual, ("user", $"v{i % 50}")))]).ShouldBe([50.0]);
        Distinct([]).ShouldBe([0.0]);

        IReadOnlyList<double> Distinct(Row[] unusual) => JobAnalysis.Create(settings)
            .FoldAll(BatchBuilder.Records(settings, [.. usual, .. unusual]), new AdvanceTimeInput(Unusual + Span))[^1].Records.Single().Actual;
    }

    [Fact]
    public void A_variance_of_large_values_that_lie_close_together_is_exact()
    {
        var values = new Accumulated();
        for (var i = 0; i < 1000; i++) values.Add(1e9 + (i % 2), 3);
        values.Value(Aggregate.Variance).ShouldBe(0.25, 1e-9);
        var (whole, part) = (values, new Accumulated());
        for (var i = 0; i < 100; i++) part.Add(1e9 + 50, 1);
        for (var i = 0; i < 100; i++) whole.Add(1e9 + 50, 1);
        whole.Without(part).Value(Aggregate.Variance).ShouldBe(0.25, 1e-3);
    }

    private static RecordResult? Last(string function, IEnumerable<Row> unusual) => Last(function, unusual, null, out _);

    // Forty buckets of three records with values about 100, then one of the given records.
    private static RecordResult? Last(string function, IEnumerable<Row> unusual, string? summaryCount, out BucketResult bucket)
    {
        var field = function.Contains("count") ? null : "value";
        var settings = Of(Span, Detector(function, field)) with { SummaryCountField = summaryCount };
        var usual = Enumerable.Range(0, Usual * 3).Select(i => new Row(i * 20, ("value", 99.0 + (i % 3)), ("n", 1)));
        var results = JobAnalysis.Create(settings).FoldAll(BatchBuilder.Records(settings, [.. usual, .. unusual]), new AdvanceTimeInput(Unusual + Span));
        results.Count.ShouldBe(Usual + 1);
        results.Take(Usual).ShouldAllBe(r => r.Records.Count == 0);
        bucket = results[^1];
        bucket.Timestamp.ShouldBe(Unusual);
        return bucket.Records.SingleOrDefault();
    }
}
