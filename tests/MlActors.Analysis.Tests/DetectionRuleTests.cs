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

    private static readonly AnalysisSettings Used = Of(Span, Detector("mean", "value"));

    private static DetectionRule When(bool skipResult, bool skipModelUpdate, params RuleCondition[] conditions) => new(0, skipResult, skipModelUpdate) { Conditions = [.. conditions] };

    // Values of 10 and 11, then two of 500.
    private static List<BucketResult> Run(params DetectionRule[] rules) =>
        JobAnalysis.Create(Used).FoldAll([new ContextInput(new AnalysisContext(rules, [], [])), .. Values(0, Spike + 2), new AdvanceTimeInput((Spike + 2) * Span)]);

    private static IEnumerable<AnalysisInput> Values(int from, int to) =>
        Synthetic.Inputs(Used, Enumerable.Range(from, to - from).Select(i => (i * Span, i < Spike ? 10.0 + (i % 2) : 500.0)));
}
