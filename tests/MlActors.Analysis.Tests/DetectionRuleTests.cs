using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Rules;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Rules.AppliesTo;
using static MlActors.Analysis.Rules.ConditionOperator;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class DetectionRuleTests
{
    private const long Span = 60;
    private const int Spike = 200;

    [Theory]
    [InlineData(Actual, Gt, 499, true)]
    [InlineData(Actual, Gt, 500, false)]
    [InlineData(Actual, Gte, 500, true)]
    [InlineData(Actual, Lt, 500, false)]
    [InlineData(Actual, Lte, 500, true)]
    [InlineData(Typical, Lt, 20, true)]
    [InlineData(Typical, Gt, 20, false)]
    [InlineData(DiffFromTypical, Gt, 400, true)]
    [InlineData(DiffFromTypical, Lt, 400, false)]
    [InlineData(AppliesTo.Time, Gte, Spike * Span, true)]
    [InlineData(AppliesTo.Time, Gt, Spike * Span, false)]
    public void A_result_is_skipped_where_the_condition_holds(AppliesTo appliesTo, ConditionOperator op, double value, bool skipped)
    {
        var bucket = Run(When(true, false, new RuleCondition(appliesTo, op, value)))[Spike];
        bucket.Records.Count.ShouldBe(skipped ? 0 : 1);
        if (skipped) (bucket.AnomalyScore, bucket.AlertScore).ShouldBe((0, 0));
    }

    [Fact]
    public void All_conditions_of_a_rule_must_hold_and_one_rule_is_enough()
    {
        RuleCondition yes = new(Actual, Gt, 100), no = new(Actual, Gt, 1000);
        Run(When(true, false, yes, no))[Spike].Records.ShouldHaveSingleItem();
        Run(When(true, false, no), When(true, false, yes))[Spike].Records.ShouldBeEmpty();
    }

    [Fact]
    public void A_value_that_is_not_learnt_is_as_unusual_when_it_comes_again()
    {
        var learnt = Run();
        var notLearnt = Run(When(false, true, new RuleCondition(Actual, Gt, 100)));
        notLearnt[Spike].Records.Single().RecordScore.ShouldBe(learnt[Spike].Records.Single().RecordScore);
        notLearnt[Spike + 1].Records.Single().RecordScore.ShouldBe(notLearnt[Spike].Records.Single().RecordScore);
        learnt[Spike + 1].Records.Single().RecordScore.ShouldBeLessThan(learnt[Spike].Records.Single().RecordScore);
    }

    [Fact]
    public void Rules_change_at_the_next_bucket_that_is_finished()
    {
        var analysis = JobAnalysis.Create(Used);
        var quiet = new ContextInput(new AnalysisContext([When(true, false, new RuleCondition(Actual, Gt, 100))], [], []));
        var results = analysis.FoldAll([.. Values(0, Spike + 1), quiet, .. Values(Spike + 1, Spike + 2), new ContextInput(AnalysisContext.Empty), new AdvanceTimeInput((Spike + 2) * Span)]);
        results[Spike].Records.ShouldBeEmpty("the bucket was open when the rule came");
        results[Spike + 1].Records.ShouldHaveSingleItem("the rule was gone when this bucket ended");
    }

    [Fact]
    public void A_rule_is_for_the_series_of_its_scope_alone()
    {
        var settings = Of(Span, Detector("mean", "value", by: "host", partition: "shop"));
        var filters = new[] { new FilterItems("hosts", ["a"]), new FilterItems("shops", ["north"]) };
        Spiking(new RuleScope(SplitField.By, "hosts", true)).ShouldBe(["b north", "b south"]);
        Spiking(new RuleScope(SplitField.By, "hosts", false)).ShouldBe(["a north", "a south"]);
        Spiking(new RuleScope(SplitField.By, "hosts", true), new RuleScope(SplitField.Partition, "shops", true)).ShouldBe(["a south", "b north", "b south"]);

        string[] Spiking(params RuleScope[] scope)
        {
            var context = new AnalysisContext([new DetectionRule(0, true, false) { Scope = [.. scope] }], filters, []);
            var rows = Enumerable.Range(0, Spike + 1).SelectMany(i => new[] { "a", "b" }.SelectMany(host => new[] { "north", "south" }.Select(shop =>
                new Row(i * Span, ("host", host), ("shop", shop), ("value", i < Spike ? 10.0 + (i % 2) : 500.0)))));
            var results = JobAnalysis.Create(settings).FoldAll(new ContextInput(context), BatchBuilder.Records(settings, [.. rows]), new AdvanceTimeInput((Spike + 1) * Span));
            return [.. results[Spike].Records.Select(record => $"{record.ByFieldValue} {record.PartitionFieldValue}").Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public void A_rule_hides_what_is_rare_or_keeps_it_from_being_learnt()
    {
        var settings = Of(Span, Detector("rare", by: "host"));
        Found(null).ShouldBe([true, true]);
        Found(new DetectionRule(0, true, false) { Scope = [new RuleScope(SplitField.By, "known", true)] }).ShouldBe([false, false]);
        Found(new DetectionRule(0, true, false) { Conditions = [new RuleCondition(AppliesTo.Time, Lt, (Spike + 1) * Span)] }).ShouldBe([false, true]);
        var (learnt, unlearnt) = (Scores(null), Scores(new DetectionRule(0, false, true) { Scope = [new RuleScope(SplitField.By, "known", true)] }));
        unlearnt[0].ShouldBe(learnt[0]);
        unlearnt[1].ShouldBeGreaterThan(learnt[1]);

        bool[] Found(DetectionRule? rule) => [.. Scores(rule).Select(score => score > 0)];

        double[] Scores(DetectionRule? rule)
        {
            var context = new AnalysisContext(rule is null ? [] : [rule], [new FilterItems("known", ["new*"])], []);
            var rows = Enumerable.Range(0, Spike + 2).SelectMany(i => i < Spike ? new[] { new Row(i * Span, ("host", $"h{i % 3}")) } : [new Row(i * Span, ("host", "newcomer"))]);
            var results = JobAnalysis.Create(settings).FoldAll(new ContextInput(context), BatchBuilder.Records(settings, [.. rows]), new AdvanceTimeInput((Spike + 2) * Span));
            return [results[Spike].AnomalyScore, results[Spike + 1].AnomalyScore];
        }
    }

    [Theory]
    [InlineData("high_mean", "value", null)]
    [InlineData("rare", null, "process")]
    [InlineData("freq_rare", null, "process")]
    public void A_rule_is_for_the_members_of_its_scope(string function, string? field, string? by)
    {
        Found(null).ShouldBe(["m-1", "m-2"]);
        Found(new DetectionRule(0, true, false) { Scope = [new RuleScope(SplitField.Over, "known", true)] }).ShouldBe(["m-2"]);
        Found(new DetectionRule(0, true, false) { Scope = [new RuleScope(SplitField.Over, "known", false)] }).ShouldBe(["m-1"]);

        string[] Found(DetectionRule? rule) =>
            [.. Members(function, field, by, rule)[Spike].Records.Select(record => record.OverFieldValue!).Distinct().Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData("high_mean", "value", null)]
    [InlineData("freq_rare", null, "process")]
    public void What_is_not_learnt_of_a_member_leaves_it_unusual_for_the_others(string function, string? field, string? by)
    {
        var (learnt, unlearnt) = (Score(null), Score(new DetectionRule(0, false, true) { Scope = [new RuleScope(SplitField.Over, "odd", true)] }));
        unlearnt.ShouldBeGreaterThan(learnt);

        double Score(DetectionRule? rule) =>
            Members(function, field, by, rule, odd: 2)[Spike].Records.Where(record => record.OverFieldValue == "m-1").Sum(record => record.RecordScore);
    }

    [Fact]
    public void A_population_learns_nothing_from_a_bucket_of_which_nothing_may_be_learnt()
    {
        // A single member is compared with what was usual far more than with itself.
        var settings = Of(Span, Detector("mean", "value", over: "member"));
        Typical([When(false, true, new RuleCondition(AppliesTo.Time, Gte, Spike * Span))]).ShouldBeLessThan(60);
        Typical([]).ShouldBeGreaterThan(200);

        double Typical(DetectionRule[] rules)
        {
            const int buckets = Spike + 50;
            var rows = Enumerable.Range(0, buckets).Select(i => new Row(i * Span, ("member", "m"), ("value", i < Spike ? 10.0 + (i % 2) : 500.0)));
            var results = JobAnalysis.Create(settings with { KeepsValues = true })
                .FoldAll(new ContextInput(new AnalysisContext(rules, [], [])), BatchBuilder.Records(settings, [.. rows]), new AdvanceTimeInput(buckets * Span));
            return results[buckets - 1].Values.Single().Typical;
        }
    }

    // Thirty members. In the bucket of the spike two of them are unlike the others; so are as many others in every bucket as are said to be odd.
    private static List<BucketResult> Members(string function, string? field, string? by, DetectionRule? rule, int odd = 0)
    {
        const long Hour = 3600;
        var settings = Of(Hour, Detector(function, field, by: by, over: "member"));
        var context = new AnalysisContext(rule is null ? [] : [rule], [new FilterItems("known", ["m-1"]), new FilterItems("odd", ["odd-*"])], []);
        var noise = new Noise(3);
        var rows = Enumerable.Range(0, Spike + 1).SelectMany(bucket => Enumerable.Range(0, 30).SelectMany(member => Rows(bucket, member)));
        return JobAnalysis.Create(settings).FoldAll(
            [new ContextInput(context), .. rows.Chunk(5000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput((Spike + 1) * Hour)]);

        IEnumerable<Row> Rows(int bucket, int member)
        {
            var isOdd = member >= 30 - odd;
            var unlike = isOdd || (bucket == Spike && member is 1 or 2);
            yield return Row("common", (unlike ? 500 : 10) + noise.Uniform());
            var own = by is null ? 0 : unlike ? 40 : function == "freq_rare" && noise.Uniform() < 0.05 ? 1 : 0;
            for (var i = 0; i < own; i++) yield return Row($"own-{member}-{bucket}-{i}", 0);

            Row Row(string process, double value) =>
                new(bucket * Hour, ("member", isOdd ? $"odd-{member}" : $"m-{member}"), ("process", process), ("value", value));
        }
    }

    private static readonly AnalysisSettings Used = Of(Span, Detector("mean", "value"));

    private static DetectionRule When(bool skipResult, bool skipModelUpdate, params RuleCondition[] conditions) => new(0, skipResult, skipModelUpdate) { Conditions = [.. conditions] };

    // Values of 10 and 11, then two of 500.
    private static List<BucketResult> Run(params DetectionRule[] rules) =>
        JobAnalysis.Create(Used).FoldAll([new ContextInput(new AnalysisContext(rules, [], [])), .. Values(0, Spike + 2), new AdvanceTimeInput((Spike + 2) * Span)]);

    private static IEnumerable<AnalysisInput> Values(int from, int to) =>
        Synthetic.Inputs(Used, Enumerable.Range(from, to - from).Select(i => (i * Span, i < Spike ? 10.0 + (i % 2) : 500.0)));
}
