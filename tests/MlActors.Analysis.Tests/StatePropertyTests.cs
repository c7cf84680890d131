using CsCheck;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;

namespace MlActors.Analysis.Tests;

/// <summary>The analysis is a pure fold: where it is saved and restored, and how records are cut into batches, leaves no trace.</summary>
public class StatePropertyTests
{
    [Fact]
    public void Saving_and_restoring_anywhere_gives_the_same_results_and_the_same_bytes() => Scenario.Gen.Select(Gen.Int[0, 40]).Sample(
        (scenario, split) =>
        {
            var whole = JobAnalysis.Create(scenario.Settings);
            var expected = whole.FoldAll(scenario.Inputs);

            var first = JobAnalysis.Create(scenario.Settings);
            var results = first.FoldAll(scenario.Inputs.Take(split));
            var second = JobAnalysis.Restore(scenario.Settings, first.SaveState());
            second.ShouldHaveStateOf(first);
            Same(second, first);
            results.AddRange(second.FoldAll(scenario.Inputs.Skip(split)));

            results.ShouldBeSameAs(expected);
            second.ShouldHaveStateOf(whole);
            Same(second, whole);
        },
        iter: 150);

    [Fact]
    public void Restoring_after_every_input_gives_the_same_results_and_the_same_bytes() => Scenario.Gen.Sample(
        scenario =>
        {
            var whole = JobAnalysis.Create(scenario.Settings);
            var expected = whole.FoldAll(scenario.Inputs);
            var hopping = JobAnalysis.Create(scenario.Settings);
            var results = new List<BucketResult>();
            foreach (var input in scenario.Inputs)
            {
                results.AddRange(hopping.FoldAll(input));
                hopping = JobAnalysis.Restore(scenario.Settings, hopping.SaveState());
            }
            results.ShouldBeSameAs(expected);
            hopping.ShouldHaveStateOf(whole);
        },
        iter: 100);

    [Fact]
    public void Batch_boundaries_do_not_matter() => Scenario.Gen.Select(Gen.Int[1, 50]).Sample(
        (scenario, size) =>
        {
            var (one, other) = (JobAnalysis.Create(scenario.Settings), JobAnalysis.Create(scenario.Settings));
            other.FoldAll(scenario.CutInto(size)).ShouldBeSameAs(one.FoldAll(scenario.Inputs));
            other.ShouldHaveStateOf(one);
        },
        iter: 150);

    [Fact]
    public void Interim_results_change_nothing() => Scenario.Gen.Sample(
        scenario =>
        {
            var (looked, plain) = (JobAnalysis.Create(scenario.Settings), JobAnalysis.Create(scenario.Settings));
            foreach (var input in scenario.Inputs)
            {
                looked.CalculateInterim();
                looked.FoldAll(input).ShouldBeSameAs(plain.FoldAll(input));
            }
            looked.ShouldHaveStateOf(plain);
        },
        iter: 100);

    [Fact]
    public void Pruning_and_going_on_is_the_same_before_and_after_a_restore() => Scenario.Gen.Select(Gen.Int[0, 40]).Sample(
        (scenario, split) =>
        {
            var pruned = JobAnalysis.Create(scenario.Settings);
            pruned.FoldAll(scenario.Inputs.Take(split));
            var restored = JobAnalysis.Restore(scenario.Settings, pruned.SaveState());
            pruned.Prune();
            restored.Prune();
            restored.ShouldHaveStateOf(pruned);
            restored = JobAnalysis.Restore(scenario.Settings, restored.SaveState());
            restored.FoldAll(scenario.Inputs.Skip(split)).ShouldBeSameAs(pruned.FoldAll(scenario.Inputs.Skip(split)));
            restored.ShouldHaveStateOf(pruned);
        },
        iter: 100);

    [Fact]
    public void Results_hold_to_their_contract() => Scenario.Gen.Sample(
        scenario =>
        {
            var last = long.MinValue;
            foreach (var bucket in JobAnalysis.Create(scenario.Settings).FoldAll(scenario.Inputs))
            {
                bucket.Timestamp.ShouldBeGreaterThan(last);
                (bucket.Timestamp % scenario.Settings.BucketSpan).ShouldBe(0);
                last = bucket.Timestamp;
                bucket.AnomalyScore.ShouldBeInRange(0, 100);
                foreach (var record in bucket.Records)
                {
                    record.Probability.ShouldBeInRange(1e-300, 0.05);
                    record.RecordScore.ShouldBeInRange(0, 100);
                    record.Actual.Count.ShouldBe(record.Function == "lat_long" ? 2 : 1);
                    record.Typical.Count.ShouldBe(record.Actual.Count);
                    record.Actual.Concat(record.Typical).ShouldAllBe(value => double.IsFinite(value));
                    record.Explanation!.TypicalValue.ShouldBe(record.Function == "lat_long" ? null : record.Typical[0]);
                    if (record.Explanation.TypicalValue is not { } typical) continue;
                    record.Explanation.LowerConfidenceBound!.Value.ShouldBeLessThanOrEqualTo(typical);
                    record.Explanation.UpperConfidenceBound!.Value.ShouldBeGreaterThanOrEqualTo(typical);
                }
                foreach (var influencer in bucket.Influencers)
                {
                    influencer.InfluencerScore.ShouldBeInRange(0, 100);
                    bucket.Records.SelectMany(r => r.Influencers).Any(i => i.FieldName == influencer.FieldName && i.FieldValues.Contains(influencer.FieldValue)).ShouldBeTrue();
                }
            }
        },
        iter: 100);

    [Fact]
    public void The_random_scenarios_reach_what_they_are_to_test()
    {
        var (records, named, dips, refused, pruned, scheduled, categories, byCategory, failed, places) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        Scenario.Gen.Sample(
            scenario =>
            {
                var analysis = JobAnalysis.Create(scenario.Settings);
                var buckets = analysis.FoldAll(scenario.Inputs);
                var all = buckets.SelectMany(bucket => bucket.Records).ToArray();
                Interlocked.Add(ref scheduled, buckets.Count(bucket => bucket.ScheduledEvents.Count > 0));
                Interlocked.Add(ref records, all.Length);
                Interlocked.Add(ref named, all.Count(record => record.Influencers.Any(i => i.FieldName == "region")));
                Interlocked.Add(ref dips, all.Count(record => record.Explanation!.AnomalyType == "dip"));
                if (analysis.SizeStats.BucketAllocationFailures > 0) Interlocked.Increment(ref refused);
                Interlocked.Add(ref byCategory, all.Count(record => record.ByFieldName == "mlcategory"));
                Interlocked.Add(ref places, all.Count(record => record.Function == "lat_long"));
                if (analysis.SizeStats.Categorization.TotalCategories > 1) Interlocked.Increment(ref categories);
                if (analysis.SizeStats.Categorization.FailedCategories > 1) Interlocked.Increment(ref failed);
                var bytes = analysis.SizeStats.ModelBytes;
                analysis.Prune();
                if (analysis.SizeStats.ModelBytes < bytes) Interlocked.Increment(ref pruned);
            },
            iter: 1000);
        var counts = new { records, named, dips, refused, pruned, scheduled, categories, byCategory, failed, places };
        foreach (var count in new[] { records, named, dips, refused, pruned, scheduled, categories, failed, places }) count.ShouldBeGreaterThan(10, $"{counts}");
        byCategory.ShouldBeGreaterThan(0, $"{counts}");
    }

    private static void Same(JobAnalysis a, JobAnalysis b)
    {
        a.SizeStats.ShouldBe(b.SizeStats);
        (a.LastFinalizedBucketEnd, a.LatestRecordTime, a.LatestResultTime).ShouldBe((b.LastFinalizedBucketEnd, b.LatestRecordTime, b.LatestResultTime));
    }
}
