using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

/// <summary>Members of a population that show what few others do.</summary>
public class RareMemberTests
{
    private const long Span = 3600;
    private const int Day = 24;
    private const double Critical = 75;

    private static readonly string[] Common = ["bash", "ssh", "vim", "git", "make", "less", "grep", "cat"];

    [Fact]
    public void A_value_that_only_one_member_has_is_rare_and_the_member_is_the_record()
    {
        const int at = (6 * Day) + 5;
        var results = Run(8 * Day, Detector("rare", by: "process", over: "user"), (bucket, user, _) => bucket == at && user == 11 ? ["bash", "xmrig"] : []);
        var record = results[at].Records.Where(r => r.RecordScore >= Critical).ShouldHaveSingleItem();
        (record.OverFieldValue, record.ByFieldValue).ShouldBe(("user-11", "xmrig"));
        results.Where((_, bucket) => bucket > Day && bucket != at).ShouldAllBe(r => r.AnomalyScore < Critical);
    }

    [Fact]
    public void A_value_that_is_usual_for_a_member_is_no_news_though_no_other_has_it()
    {
        var results = Run(8 * Day, Detector("rare", by: "process", over: "user"), (_, user, _) => user == 11 ? ["special"] : []);
        results[(4 * Day)..].ShouldAllBe(r => r.AnomalyScore < Critical && r.AlertScore < Critical);
    }

    [Fact]
    public void Members_that_do_much_of_what_is_rare_are_found_by_freq_rare()
    {
        const int at = (6 * Day) + 5;
        // Everybody does something of their own now and then: one such thing is nothing, forty of them are.
        var results = Run(8 * Day, Detector("freq_rare", by: "process", over: "user"), (bucket, user, noise) =>
            bucket == at && user == 11 ? [.. Enumerable.Range(0, 40).Select(i => $"tool-{i}")]
            : noise.Uniform() < 0.02 ? [$"own-{user}-{bucket}"] : []);
        var record = results[at].Records.Where(r => r.RecordScore >= Critical).ShouldHaveSingleItem();
        record.OverFieldValue.ShouldBe("user-11");
        record.Actual[0].ShouldBeGreaterThan(20);
        results.Where((_, bucket) => bucket > Day && bucket != at).ShouldAllBe(r => r.AnomalyScore < Critical);
    }

    [Fact]
    public void What_was_learnt_of_a_partition_goes_with_its_last_series()
    {
        var settings = Of(Span, Detector("rare", by: "process", partition: "host"), Detector("rare", by: "process", over: "user", partition: "host")) with { ModelPruneWindow = 2 * Span };
        var analysis = JobAnalysis.Create(settings);
        var before = analysis.SizeStats.ModelBytes;
        analysis.FoldAll(BatchBuilder.Records(settings, [new Row(0, ("host", "a"), ("process", "bash"), ("user", "u"))]));
        analysis.FoldAll(new AdvanceTimeInput(Span));
        analysis.SizeStats.ModelBytes.ShouldBeGreaterThan(before);
        analysis.FoldAll(new AdvanceTimeInput(10 * Span));
        analysis.Prune();
        analysis.SizeStats.TotalPartitionFieldCount.ShouldBe(0);
        analysis.SizeStats.ModelBytes.ShouldBe(before);
    }

    // Fifty users with three of the common processes each in an hour, and what else is said.
    private static List<BucketResult> Run(int buckets, DetectorSettings detector, Func<int, int, Noise, string[]> others)
    {
        var settings = Of(Span, detector);
        var noise = new Noise(5);
        var rows = Enumerable.Range(0, buckets).SelectMany(bucket => Enumerable.Range(0, 50).SelectMany(user =>
            Enumerable.Range(0, 3).Select(_ => Common[(int)(noise.Uniform() * Common.Length)]).Concat(others(bucket, user, noise))
                .Select(process => new Row(bucket * Span, ("user", $"user-{user}"), ("process", process)))));
        return [.. JobAnalysis.Create(settings).FoldAll([.. rows.Chunk(5000).Select(chunk => BatchBuilder.Records(settings, chunk)), new AdvanceTimeInput(buckets * Span)])];
    }
}
