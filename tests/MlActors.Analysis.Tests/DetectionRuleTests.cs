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
        var bucket = Run(new DetectionRule(true, false, [new RuleCondition(appliesTo, op, value)]))[Spike];
        bucket.Records.Count.ShouldBe(skipped ? 0 : 1);
        if (skipped) (bucket.AnomalyScore, bucket.AlertScore).ShouldBe((0, 0));
    }

    [Fact]
    public void All_conditions_of_a_rule_must_hold_and_one_rule_is_enough()
    {
        RuleCondition yes = new(Actual, Gt, 100), no = new(Actual, Gt, 1000);
        Run(new DetectionRule(true, false, [yes, no]))[Spike].Records.ShouldHaveSingleItem();
        Run(new DetectionRule(true, false, [no]), new DetectionRule(true, false, [yes]))[Spike].Records.ShouldBeEmpty();
    }

    [Fact]
    public void A_value_that_is_not_learnt_is_as_unusual_when_it_comes_again()
    {
        var learnt = Run();
        var notLearnt = Run(new DetectionRule(false, true, [new RuleCondition(Actual, Gt, 100)]));
        notLearnt[Spike].Records.Single().RecordScore.ShouldBe(learnt[Spike].Records.Single().RecordScore);
        notLearnt[Spike + 1].Records.Single().RecordScore.ShouldBe(notLearnt[Spike].Records.Single().RecordScore);
        learnt[Spike + 1].Records.Single().RecordScore.ShouldBeLessThan(learnt[Spike].Records.Single().RecordScore);
    }

    [Fact]
    public void Rules_may_change_while_there_is_a_model()
    {
        var settings = With();
        var state = JobAnalysis.Create(settings);
        state.FoldAll(Values(settings, 0, Spike));
        var skipping = With(new DetectionRule(true, false, [new RuleCondition(Actual, Gt, 100)]));
        JobAnalysis.Restore(skipping, state.SaveState()).FoldAll([.. Values(skipping, Spike, Spike + 1), new AdvanceTimeInput((Spike + 1) * Span)])
            .ShouldAllBe(bucket => bucket.Records.Count == 0);
    }

    private static AnalysisSettings With(params DetectionRule[] rules) => Of(Span, Detector("mean", "value") with { Rules = [.. rules] });

    // Values of 10 and 11, then two of 500.
    private static List<BucketResult> Run(params DetectionRule[] rules)
    {
        var settings = With(rules);
        return JobAnalysis.Create(settings).FoldAll([.. Values(settings, 0, Spike + 2), new AdvanceTimeInput((Spike + 2) * Span)]);
    }

    private static IEnumerable<AnalysisInput> Values(AnalysisSettings settings, int from, int to) =>
        Synthetic.Inputs(settings, Enumerable.Range(from, to - from).Select(i => (i * Span, i < Spike ? 10.0 + (i % 2) : 500.0)));
}
