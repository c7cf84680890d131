using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class ScheduledEventTests
{
    private const long Span = 60;
    private const int Spike = 200;
    private static readonly AnalysisSettings Used = Of(Span, Detector("mean", "value"));

    [Fact]
    public void Buckets_of_an_event_score_nothing_and_carry_its_description()
    {
        var results = Run(Event(Spike, Spike + 2));
        foreach (var bucket in results.Where(bucket => bucket.Timestamp is >= Spike * Span and < (Spike + 2) * Span))
        {
            (bucket.AnomalyScore, bucket.AlertScore, bucket.Records.Count, bucket.BucketInfluencers.Count).ShouldBe((0, 0, 0, 0));
            bucket.ScheduledEvents.ShouldBe(["sale"]);
            bucket.EventCount.ShouldBe(1);
        }
        results.Count(bucket => bucket.ScheduledEvents.Count > 0).ShouldBe(2);
        Run()[Spike].Records.ShouldHaveSingleItem("without the event it is unusual");
    }

    [Fact]
    public void Nothing_is_learnt_from_an_event()
    {
        // After an event of two values the third of them is judged as the first one would have been.
        var first = Run()[Spike].Records.Single();
        var third = Run(Event(Spike, Spike + 2))[Spike + 2].Records.Single();
        (third.RecordScore, third.Probability, third.MultiBucketImpact).ShouldBe((first.RecordScore, first.Probability, first.MultiBucketImpact));
        Run(Event(Spike, Spike + 2, skipModelUpdate: false))[Spike + 2].Records.ShouldNotContain(record => record.RecordScore >= third.RecordScore);
    }

    [Fact]
    public void An_event_may_be_told_to_keep_results()
    {
        var shown = Run(Event(Spike, Spike + 2, skipResult: false));
        shown[Spike].Records.Single().RecordScore.ShouldBe(Run()[Spike].Records.Single().RecordScore);
        shown[Spike].ScheduledEvents.ShouldBe(["sale"]);
        shown[Spike + 1].Records.Single().RecordScore.ShouldBe(shown[Spike].Records.Single().RecordScore, "it was not learnt");
    }

    [Fact]
    public void What_is_remembered_over_many_buckets_is_the_same_as_if_the_event_had_not_been()
    {
        // Two buckets of an event between, and none: afterwards the states differ by times alone, so the same value is judged alike.
        var (with, without) = (Run(Event(Spike, Spike + 3)), Run(Event(Spike, Spike + 3, shift: 1000)));
        with[Spike + 3].AnomalyScore.ShouldBe(without[Spike].AnomalyScore);
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(59, 60, true)]
    [InlineData(-30, 0, false)]
    [InlineData(-30, 1, true)]
    [InlineData(60, 90, false)]
    [InlineData(-1000, 1000, true)]
    public void An_event_concerns_every_bucket_that_it_overlaps(long from, long to, bool concerned)
    {
        var results = Run(new ScheduledEvent("sale", (Spike * Span) + from, (Spike * Span) + to));
        results[Spike].ScheduledEvents.Count.ShouldBe(concerned ? 1 : 0);
        results[Spike].Records.Count.ShouldBe(concerned ? 0 : 1);
    }

    [Fact]
    public void Events_that_overlap_are_all_named_and_act_together()
    {
        var results = Run(
            Event(Spike, Spike + 1, skipModelUpdate: false, name: "c"), Event(0, 5, name: "z"), Event(Spike - 100, Spike + 1, skipResult: false, name: "a"), Event(Spike - 3, Spike - 1, name: "b"));
        results[Spike].ScheduledEvents.ShouldBe(["a", "c"]);
        results[Spike].Records.ShouldBeEmpty();
        results[Spike - 2].ScheduledEvents.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Interim_results_obey_an_event()
    {
        var analysis = JobAnalysis.Create(Used);
        analysis.FoldAll(Values(0, Spike + 1));
        analysis.CalculateInterim().Single().Records.ShouldHaveSingleItem();
        analysis.FoldAll(Given(Event(Spike, Spike + 1)));
        var interim = analysis.CalculateInterim().Single();
        interim.Records.ShouldBeEmpty();
        interim.IsInterim.ShouldBeTrue();
        interim.ScheduledEvents.ShouldBe(["sale"]);
    }

    [Fact]
    public void A_series_seen_during_a_long_event_is_not_dropped_and_a_new_one_is_not_begun()
    {
        var settings = Of(Span, Detector("count", by: "host")) with { ModelPruneWindow = 20 * Span };
        var analysis = JobAnalysis.Create(settings);
        var rows = Enumerable.Range(0, 200).SelectMany(i => new[] { new Row(i * Span, ("host", "old")), new Row(i * Span, ("host", i < 100 ? "old" : "new")) });
        analysis.FoldAll(Given(Event(100, 180)), BatchBuilder.Records(settings, [.. rows.Where(row => row.Time < 179 * Span)]));
        analysis.Prune();
        analysis.SizeStats.TotalByFieldCount.ShouldBe(2);
        var results = analysis.FoldAll(new AdvanceTimeInput(181 * Span));
        results[^1].Records.Select(record => record.ByFieldValue).ShouldNotContain("new");
    }

    [Fact]
    public void A_context_counts_as_memory_before_and_after_a_restore()
    {
        var analysis = JobAnalysis.Create(Used);
        var before = analysis.SizeStats.ModelBytes;
        analysis.FoldAll(new ContextInput(new AnalysisContext([], [new FilterItems("f", [.. Enumerable.Range(0, 1000).Select(i => $"item {i}")])], [])));
        var with = analysis.SizeStats.ModelBytes;
        with.ShouldBeGreaterThan(before + 10_000);
        JobAnalysis.Restore(Used, analysis.SaveState()).SizeStats.ShouldBe(analysis.SizeStats);
        analysis.FoldAll(new ContextInput(AnalysisContext.Empty));
        analysis.SizeStats.ModelBytes.ShouldBe(before);
    }

    private static ScheduledEvent Event(int from, int to, bool skipResult = true, bool skipModelUpdate = true, string name = "sale", int shift = 0) =>
        new(name, (from + shift) * Span, (to + shift) * Span, skipResult, skipModelUpdate);

    private static ContextInput Given(params ScheduledEvent[] events) => new(new AnalysisContext([], [], events));

    // Values of 10 and 11, then four of 500.
    private static List<BucketResult> Run(params ScheduledEvent[] events) =>
        JobAnalysis.Create(Used).FoldAll([Given(events), .. Values(0, Spike + 4), new AdvanceTimeInput((Spike + 4) * Span)]);

    private static IEnumerable<AnalysisInput> Values(int from, int to) =>
        Synthetic.Inputs(Used, Enumerable.Range(from, to - from).Select(i => (i * Span, i < Spike ? 10.0 + (i % 2) : 500.0)));
}
