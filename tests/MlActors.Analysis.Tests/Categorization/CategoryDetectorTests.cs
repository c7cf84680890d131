using MlActors.Analysis.Categorization;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests.Categorization;

/// <summary>Detectors and influencers that name the category of a record.</summary>
public class CategoryDetectorTests
{
    private const long Span = 60;

    private static readonly AnalysisSettings ByCategory = Of(Span, Detector("count", by: "mlcategory")) with
    {
        Categorization = new CategorizationSettings { FieldName = "message" }, Influencers = ["mlcategory"],
    };

    private static readonly AnalysisSettings ByShop = Of(Span, Detector("count", by: "mlcategory", partition: "shop", useNull: true)) with
    {
        Categorization = new CategorizationSettings { FieldName = "message", PartitionFieldName = "shop", StopOnWarn = true },
    };

    [Fact]
    public void A_burst_of_one_message_is_found_under_its_category_and_blamed_on_it()
    {
        var inputs = Enumerable.Range(0, 60).Select(bucket => BatchBuilder.Records(ByCategory,
            [.. Enumerable.Range(0, 10).Select(i => Line(bucket, $"order {i} shipped")), .. Enumerable.Range(0, bucket == 50 ? 80 : 5).Select(i => Line(bucket, $"session {i} expired"))]));
        var analysis = JobAnalysis.Create(ByCategory);
        var worst = analysis.FoldAll([.. inputs, new AdvanceTimeInput(60 * Span)]).SelectMany(bucket => bucket.Records.Select(record => (bucket, record)))
            .MaxBy(pair => pair.record.RecordScore);
        worst.bucket.Timestamp.ShouldBe(50 * Span);
        worst.record.ByFieldValue.ShouldBe("2");
        worst.record.Actual.ShouldBe([80]);
        worst.bucket.Influencers.ShouldContain(influencer => influencer.FieldName == "mlcategory" && influencer.FieldValue == "2");
        analysis.TakeCategoryNews(counts: false).Categories.Select(category => (category.CategoryId, category.Terms)).ShouldBe([(1, "order shipped"), (2, "session expired")]);
    }

    [Fact]
    public void What_records_hold_under_the_name_of_the_category_is_not_read()
    {
        ByCategory.Schema.Fields.ShouldBe([new BatchField("message", FieldKind.Text)]);
        Of(Span, Detector("count", by: "mlcategory")).Schema.Fields.ShouldBe([new BatchField("mlcategory", FieldKind.Text)]);
    }

    [Fact]
    public void Late_records_have_no_part_in_the_categories()
    {
        var analysis = JobAnalysis.Create(ByCategory);
        analysis.FoldAll(BatchBuilder.Records(ByCategory, Line(10, "order shipped"), Line(2, "session expired"), Line(10, "disk is full")));
        analysis.TakeCategoryNews(counts: false).Categories.Select(category => category.Terms).ShouldBe(["order shipped", "disk is full"]);
    }

    [Fact]
    public void A_stopped_partition_is_not_seen_by_the_detector_even_with_use_null()
    {
        var analysis = JobAnalysis.Create(ByShop);
        RecordsInput Bucket(int bucket) => BatchBuilder.Records(ByShop,
            [.. Enumerable.Range(0, 60).SelectMany(i => new[] { Line(bucket, "all is well", "dull"), Line(bucket, i % 2 == 0 ? "order shipped" : "session expired", "good") })]);
        var before = JobAnalysis.Create(ByShop);
        before.FoldAll(Bucket(0));
        analysis.FoldAll(Bucket(0), Bucket(1), new AdvanceTimeInput(2 * Span));
        analysis.SizeStats.Categorization.ShouldSatisfyAllConditions(
            stats => stats.Status.ShouldBe(CategorizationStatus.Warn),
            stats => stats.CategorizedDocuments.ShouldBe(100 + 120));
        // The series of the dull partition were there before it was stopped; none without a category came to them.
        analysis.SizeStats.TotalByFieldCount.ShouldBe(before.SizeStats.TotalByFieldCount);
        analysis.FoldAll(Bucket(2), new AdvanceTimeInput(3 * Span)).Single().EventCount.ShouldBe(120);
    }

    [Fact]
    public void At_the_limit_of_memory_known_messages_go_on_and_refusals_are_counted_and_seen()
    {
        var settings = ByCategory with { ModelMemoryLimit = 55_000 };
        var analysis = JobAnalysis.Create(settings);
        var rows = Enumerable.Range(0, 40).Select(i => Line(0, $"{(char)('a' + (i % 26))}{(char)('a' + (i / 5))}x crashed")).ToArray();
        analysis.FoldAll(BatchBuilder.Records(settings, rows), new AdvanceTimeInput(Span));
        var stats = analysis.SizeStats;
        stats.Categorization.TotalCategories.ShouldBeInRange(2, 20);
        stats.Categorization.FailedCategories.ShouldBe(40 - stats.Categorization.CategorizedDocuments);
        stats.MemoryStatus.ShouldBe(MemoryStatus.HardLimit);
        stats.BucketAllocationFailures.ShouldBe(1);
        analysis.FoldAll(BatchBuilder.Records(settings, rows[0] with { Time = Span }));
        analysis.SizeStats.Categorization.CategorizedDocuments.ShouldBe(stats.Categorization.CategorizedDocuments + 1);
    }

    [Fact]
    public void Categories_are_part_of_the_model_bytes_and_the_same_after_a_restore()
    {
        var analysis = JobAnalysis.Create(ByCategory);
        var before = analysis.SizeStats.ModelBytes;
        analysis.FoldAll(BatchBuilder.Records(ByCategory, Line(0, "order 5 shipped"), Line(0, "disk is full")));
        analysis.SizeStats.ModelBytes.ShouldBeGreaterThan(before + 1000);
        var restored = JobAnalysis.Restore(ByCategory, analysis.SaveState());
        restored.SizeStats.ShouldBe(analysis.SizeStats);
        restored.FoldAll(BatchBuilder.Records(ByCategory, Line(0, "disk is full"), Line(0, "order 6 shipped"), Line(0, "fan broken")));
        restored.TakeCategoryNews(counts: true).Categories.Select(category => (category.CategoryId, category.Matches)).ShouldBe([(1, 2L), (2, 2L), (3, 1L)]);
    }

    [Fact]
    public void A_state_is_refused_when_another_field_is_categorized_and_taken_with_other_filters()
    {
        var state = JobAnalysis.Create(ByCategory).SaveState();
        Should.Throw<ModelStateException>(() => JobAnalysis.Restore(ByCategory with { Categorization = new CategorizationSettings { FieldName = "text" } }, state))
            .Message.ShouldContain("categorization_field_name");
        JobAnalysis.Restore(ByCategory with { Categorization = new CategorizationSettings { FieldName = "message", Filters = ["x+"] } }, state);
    }

    [Fact]
    public void Folding_texts_allocates_nothing_for_a_record()
    {
        var analysis = JobAnalysis.Create(ByCategory);
        var input = BatchBuilder.Records(ByCategory, [.. Enumerable.Range(0, 4000).Select(i => Line(0, $"order {i % 50} of shop {i % 7} {(i % 3 == 0 ? "shipped" : "lost")}"))]);
        var results = new List<BucketResult>();
        for (var i = 0; i < 2; i++) analysis.Fold(input, results, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) analysis.Fold(input, results, CancellationToken.None);
        // Of 80,000 records; the runtime counts in pieces of 8 KB.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(20_000);
    }

    private static Row Line(int bucket, string message, string? shop = null) =>
        shop is null ? new Row(bucket * Span, ("message", message)) : new Row(bucket * Span, ("message", message), ("shop", shop));
}
