using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

[Collection(nameof(MeasuredAlone))]
public class MemoryTests
{
    private const long Span = 60;
    private static readonly AnalysisSettings Split = Of(Span, Detector("mean", "value", by: "host")) with { ModelMemoryLimit = 80_000 };

    [Fact]
    public void At_the_hard_limit_there_are_no_new_series_and_known_ones_go_on()
    {
        var analysis = JobAnalysis.Create(Split);
        for (var i = 0; i < 3000; i++)
        {
            if (i % 100 == 0) analysis.FoldAll(At(i / 100, "known", 10 + (i / 100 % 3)));
            if (i >= 2000) analysis.FoldAll(At(i / 100, $"host-{i}"));
        }
        var stats = analysis.SizeStats;
        stats.MemoryStatus.ShouldBe(MemoryStatus.HardLimit);
        stats.BucketAllocationFailures.ShouldBeInRange(1, 5);
        stats.ModelBytes.ShouldBeLessThanOrEqualTo(stats.MemoryLimit + 20_000);
        stats.ModelBytesExceeded.ShouldBeGreaterThan(0);
        stats.TotalByFieldCount.ShouldBeInRange(100, 500);

        var spike = Enumerable.Range(30, 60).Select(bucket => At(bucket, "known", 10 + (bucket % 3))).Append(At(90, "known", 1e6));
        analysis.FoldAll([.. spike, new AdvanceTimeInput(91 * Span)])[^1].Records.Single().ByFieldValue.ShouldBe("known");
    }

    [Fact]
    public void Refusals_are_counted_once_a_bucket()
    {
        var analysis = JobAnalysis.Create(Split with { ModelMemoryLimit = 1000 });
        for (var bucket = 0; bucket < 5; bucket++)
            for (var i = 0; i < 10; i++)
                analysis.FoldAll(At(bucket, $"host-{bucket}-{i}"));
        analysis.FoldAll(new AdvanceTimeInput(5 * Span));
        analysis.SizeStats.BucketAllocationFailures.ShouldBe(5);
    }

    [Fact]
    public void Above_the_soft_limit_series_not_seen_for_a_while_make_room()
    {
        var analysis = JobAnalysis.Create(Split with { ModelMemoryLimit = 22_600, ModelPruneWindow = 400 * Span });
        for (var i = 0; i < 120; i++) analysis.FoldAll(At(i / 20, $"old-{i}"));
        analysis.FoldAll(At(6, "x"));
        analysis.SizeStats.MemoryStatus.ShouldBe(MemoryStatus.SoftLimit);
        // A quarter of the window: after 100 buckets those of the first are gone, though the window itself would keep them; then there is room again.
        for (var bucket = 7; bucket < 110; bucket++) analysis.FoldAll(At(bucket, "x"));
        analysis.SizeStats.TotalByFieldCount.ShouldBe(101);
        analysis.SizeStats.MemoryStatus.ShouldBe(MemoryStatus.Ok);
        analysis.SizeStats.PeakModelBytes.ShouldBeGreaterThan(18_080);
    }

    [Fact]
    public void Pruning_drops_exactly_the_series_outside_of_the_window()
    {
        var analysis = JobAnalysis.Create(Split with { ModelMemoryLimit = 1 << 30, ModelPruneWindow = 10 * Span });
        for (var bucket = 0; bucket < 20; bucket++) analysis.FoldAll(At(bucket, $"host-{bucket}"));
        analysis.FoldAll(new AdvanceTimeInput(20 * Span));
        analysis.Prune();
        analysis.SizeStats.TotalByFieldCount.ShouldBe(10);
        var before = analysis.SizeStats.ModelBytes;
        analysis.Prune();
        analysis.SizeStats.ModelBytes.ShouldBe(before);
    }

    [Fact]
    public void The_only_series_of_a_detector_without_splits_is_never_pruned()
    {
        var settings = Of(Span, Detector("mean", "value")) with { ModelPruneWindow = 2 * Span };
        var analysis = JobAnalysis.Create(settings);
        analysis.FoldAll(BatchBuilder.Records(settings, new Row(0, ("value", 5))), new AdvanceTimeInput(100 * Span));
        var before = analysis.SizeStats.ModelBytes;
        analysis.Prune();
        analysis.SizeStats.ModelBytes.ShouldBe(before);
    }

    [Fact]
    public void Counted_bytes_are_about_what_the_process_holds()
    {
        const int series = 20_000;
        var settings = Split with { ModelMemoryLimit = 1L << 40 };
        var inputs = Enumerable.Range(0, 30).Select(bucket => BatchBuilder.Records(settings, [.. Enumerable.Range(0, 40).Select(i => new Row(bucket * Span, ("value", i), ("host", $"h{i}")))])).ToList();
        inputs.AddRange(Enumerable.Range(0, series / 2000).Select(part => BatchBuilder.Records(settings, [.. Enumerable.Range(0, 2000).Select(i => new Row(30 * Span, ("value", i), ("host", $"{part}-host-with-a-name-{i}")))])));
        var encoded = inputs.ConvertAll(InputCodec.Encode);
        inputs.Clear();

        var analysis = JobAnalysis.Create(settings);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var bytes in encoded) analysis.FoldAll(InputCodec.Decode(bytes, settings.Schema));
        analysis.FoldAll(new AdvanceTimeInput(40 * Span));
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(analysis);
        var counted = analysis.SizeStats.ModelBytes;
        ((double)counted / held).ShouldBeInRange(0.4, 1.5, $"counted {counted}, held {held}");
    }

    [Fact]
    public void Influencer_values_of_an_open_bucket_are_bounded()
    {
        var settings = Of(Span, Detector("count")).WithInfluencers("user");
        var analysis = JobAnalysis.Create(settings);
        for (var part = 0; part < 50; part++)
            analysis.FoldAll(BatchBuilder.Records(settings, [.. Enumerable.Range(0, 200).Select(i => new Row(i % 60, ("user", $"user-{part}-{i}")))]));
        analysis.SizeStats.ModelBytes.ShouldBeLessThan(5000);
        analysis.SaveState().Length.ShouldBeLessThan(5000);
    }

    [Fact]
    public void Folding_allocates_nothing_for_a_record()
    {
        var settings = Of(Span, Detector("count"), Detector("mean", "value", by: "host", partition: "shop", index: 1), Detector("distinct_count", "region", by: "host", index: 2),
            Detector("median", "value", by: "host", index: 3),
            Detector("info_content", "region", by: "host", index: 4), Detector("metric", "value", index: 5),
            Detector("time_of_day", by: "host", index: 6), Detector("time_of_week", over: "host", index: 7), Detector("lat_long", "place", by: "host", index: 8))
            .WithInfluencers("region");
        var analysis = JobAnalysis.Create(settings);
        var results = new List<BucketResult>(100);
        var rows = Enumerable.Range(0, 8000).Select(i => new Row(i / 200, ("value", i % 97), ("host", $"h{i % 20}"), ("shop", $"s{i % 3}"), ("region", $"r{i % 30}"), ("place", $"{i % 90},{i % 170}"))).ToArray();
        var input = BatchBuilder.Records(settings, rows);
        analysis.Fold(input, results, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) analysis.Fold(input, results, CancellationToken.None);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
        results.ShouldBeEmpty();
    }

    [Fact]
    public void Finishing_usual_buckets_allocates_little_more_than_their_results()
    {
        var settings = Of(Span, Detector("mean", "value"));
        var analysis = JobAnalysis.Create(settings);
        var results = new List<BucketResult>(10_000);
        foreach (var input in Synthetic.Inputs(settings, Enumerable.Range(0, 2000).Select(i => (i * Span, 100.0 + (i % 2))))) analysis.Fold(input, results, CancellationToken.None);
        var next = Synthetic.Inputs(settings, Enumerable.Range(2000, 1000).Select(i => (i * Span, 100.0 + (i % 2)))).Single();
        var before = GC.GetAllocatedBytesForCurrentThread();
        analysis.Fold(next, results, CancellationToken.None);
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 1000).ShouldBeLessThan(220);
    }

    private static RecordsInput At(int bucket, string host, double value = 5) => BatchBuilder.Records(Split, new Row(bucket * Span, ("value", value), ("host", host)));
}
