using MlActors.Analysis.Contexts;
using MlActors.Analysis.Rules;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Tests.Configuration;

namespace MlActors.Jobs.Tests.Contexts;

public class JobContextTests
{
    private static readonly JobConfig Job = Bodies.Put(Bodies.WithDetector("""
        {"function":"count","by_field_name":"host","partition_field_name":"shop","custom_rules":[
            {"scope":{"host":{"filter_id":"hosts"},"shop":{"filter_id":"shops","filter_type":"exclude"}},"actions":["skip_model_update"]},
            {"conditions":[{"applies_to":"actual","operator":"gt","value":3}]}]},
        {"function":"mean","field_name":"value","by_field_name":"host","custom_rules":[{"scope":{"host":{"filter_id":"hosts"}}}]}
        """));

    [Fact]
    public void A_job_names_the_filters_of_its_rules_once() => JobContext.FiltersOf(Job).ShouldBe(["hosts", "shops"]);

    [Fact]
    public void Rules_are_made_for_their_detectors_and_fields()
    {
        var context = JobContext.Of(Job, new StoredContext(1, [new FilterConfig("shops", null, ["a"]), new FilterConfig("hosts", null, ["b"])], []));
        context.Rules.Select(rule => (rule.Detector, rule.SkipResult, rule.SkipModelUpdate)).ShouldBe([(0, false, true), (0, true, false), (1, true, false)]);
        context.Rules[0].Scope.ShouldBe([new RuleScope(SplitField.By, "hosts", true), new RuleScope(SplitField.Partition, "shops", false)]);
        context.Rules[1].Conditions.ShouldBe([new RuleCondition(AppliesTo.Actual, ConditionOperator.Gt, 3)]);
        context.Filters.Select(filter => filter.FilterId).ShouldBe(["hosts", "shops"]);
    }

    [Fact]
    public void A_rule_whose_filter_does_not_exist_is_left_out()
    {
        var context = JobContext.Of(Job, new StoredContext(1, [new FilterConfig("hosts", null, ["b"])], []));
        context.Rules.Select(rule => rule.Detector).ShouldBe([0, 1]);
        context.Rules[0].Scope.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1000, 2000, 1, 2)]
    [InlineData(1999, 2001, 1, 3)]
    [InlineData(-1, 1, -1, 1)]
    public void Events_are_widened_to_whole_seconds(long startMs, long endMs, long start, long end) =>
        JobContext.Of(Job, new StoredContext(1, [], [new CalendarEvent("c", "e", "sale", startMs, endMs, SkipModelUpdate: false)]))
            .Events.ShouldBe([new ScheduledEvent("sale", start, end, SkipModelUpdate: false)]);
}
