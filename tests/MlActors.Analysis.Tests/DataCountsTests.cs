using System.Text.Json;
using CsCheck;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class DataCountsTests
{
    private static readonly AnalysisSettings Used = Of(60, Detector("mean", "value", by: "host"), Detector("sum", "value", index: 1));

    [Fact]
    public void Everything_about_one_batch_is_counted()
    {
        var batch = BatchBuilder.Batch(Used, Full(100), Full(110), new Row(90, ("host", "a")), Full(240), Full(239), Full(300)) with
        {
            Input = new InputCounts { InputBytes = 500, InputFields = 20, InvalidDates = 2, MissingFields = 1 },
        };
        var counts = new DataCounts().Accept(new RecordsInput(batch), Used, nowMs: 777);
        counts.ShouldBe(new DataCounts
        {
            ProcessedRecords = 5,
            ProcessedFields = (5 * 2) - 1,
            InputBytes = 500,
            InputFields = 20,
            InvalidDates = 2,
            MissingFields = 1,
            OutOfOrder = 1,
            Buckets = 4,
            EmptyBuckets = 2,
            EarliestRecord = 90,
            LatestRecord = 300,
            LatestBucket = 240,
            LatestEmptyBucket = 180,
            LastDataTime = 777,
            LogTime = 777,
            OpenBucketRecords = 1,
            MeanBucketRecords = 2,
        });
        counts.InputRecords.ShouldBe(8);
    }

    [Fact]
    public void Records_of_one_bucket_are_no_bucket_yet()
    {
        var counts = Accept(new DataCounts(), At(61, 100, 60));
        (counts.Buckets, counts.LatestBucket, counts.EarliestRecord, counts.LatestRecord, counts.OpenBucketRecords).ShouldBe((0, null, 60, 100, 3));
    }

    [Fact]
    public void Buckets_with_far_fewer_records_than_usual_are_sparse_once_there_is_a_usual()
    {
        var times = Enumerable.Range(0, 10).SelectMany(bucket => Enumerable.Repeat(bucket * 60L, bucket == 3 ? 1 : 24)).ToList();
        times.AddRange([600, 600, 660, 660, 660, 720]);
        var counts = Accept(new DataCounts(), At([.. times]));
        // Bucket 180 comes before there is a usual. Mean about 21.7: two records are fewer than an eighth; so are three of the bucket after.
        counts.SparseBuckets.ShouldBe(1);
        counts.LatestSparseBucket.ShouldBe(600);
        counts.EmptyBuckets.ShouldBe(0);
    }

    [Fact]
    public void A_gap_of_a_million_years_is_counted_at_once()
    {
        const long later = 31_557_600_000_000 / 60 * 60;
        var counts = Accept(new DataCounts(), At(0, later));
        (counts.Buckets, counts.EmptyBuckets, counts.LatestEmptyBucket).ShouldBe((later / 60, (later / 60) - 1, later - 60));
    }

    [Fact]
    public void Advancing_counts_the_buckets_passed_and_moves_the_late_border()
    {
        var counts = Accept(new DataCounts(), At(10), new AdvanceTimeInput(190));
        (counts.Buckets, counts.EmptyBuckets, counts.LatestEmptyBucket, counts.MovedTo).ShouldBe((3, 2, 120, 180));
        counts = Accept(counts, At(179, 180), new AdvanceTimeInput(10));
        (counts.OutOfOrder, counts.ProcessedRecords, counts.Buckets).ShouldBe((1, 2, 3));
        Accept(new DataCounts(), new AdvanceTimeInput(190), At(310)).EmptyBuckets.ShouldBe(2);
    }

    [Fact]
    public void Skipped_buckets_are_not_counted()
    {
        var counts = Accept(new DataCounts(), At(10), new SkipTimeInput(601), At(659, 660, 720));
        (counts.Buckets, counts.EmptyBuckets, counts.OutOfOrder, counts.ProcessedRecords, counts.MovedTo).ShouldBe((1, 0, 1, 3, 660));
    }

    [Fact]
    public void Resetting_the_newest_bucket_forgets_its_records()
    {
        var counts = Accept(new DataCounts(), At(0, 60, 61), new ResetBucketsInput(0, 60));
        counts.OpenBucketRecords.ShouldBe(2);
        Accept(counts, new ResetBucketsInput(119, 120)).OpenBucketRecords.ShouldBe(0);
    }

    [Fact]
    public void The_counts_of_an_upload_are_differences_with_the_times_of_its_end()
    {
        var before = Accept(new DataCounts(), At(0, 60, 180));
        var after = Accept(before, At(240, 100, 300));
        var since = after.Since(before);
        (since.ProcessedRecords, since.OutOfOrder, since.Buckets, since.EmptyBuckets).ShouldBe((2, 1, 2, 0));
        (since.InputRecords, since.LatestRecord, since.EarliestRecord, since.LatestEmptyBucket).ShouldBe((3, 300, 0, 120));
    }

    [Fact]
    public void Counting_goes_on_from_the_stored_json_as_if_it_had_not_stopped() => Scenario.Gen.Sample(
        scenario =>
        {
            var (kept, stored) = (new DataCounts(), new DataCounts());
            foreach (var input in scenario.Inputs)
            {
                kept = kept.Accept(input, scenario.Settings, 5);
                stored = JsonSerializer.Deserialize<DataCounts>(JsonSerializer.SerializeToUtf8Bytes(stored))!.Accept(input, scenario.Settings, 5);
            }
            stored.ShouldBe(kept);
        },
        iter: 100);

    [Fact]
    public void Cutting_batches_otherwise_counts_the_same() => Scenario.Gen.Select(Gen.Int[1, 40]).Sample(
        (scenario, size) =>
        {
            // A batch without records says that there was data; cut up it is no batch at all.
            var (one, other) = (Accept(scenario.Inputs.Where(input => input is not RecordsInput { Batch.Count: 0 })), Accept(scenario.CutInto(size)));
            (one with { ProcessedFields = 0 }).ShouldBe(other with { ProcessedFields = 0 });

            DataCounts Accept(IEnumerable<AnalysisInput> inputs) => inputs.Aggregate(new DataCounts(), (counts, input) => counts.Accept(input, scenario.Settings, 0));
        },
        iter: 100);

    [Fact]
    public void Counting_and_analysis_agree_on_every_record_that_is_late() => Scenario.Gen.Sample(
        scenario =>
        {
            var settings = scenario.Settings with { SummaryCountField = null };
            var analysis = JobAnalysis.Create(settings);
            var counts = new DataCounts();
            var finished = 0L;
            foreach (var input in (scenario with { Settings = settings }).CutInto(1))
            {
                var (before, eventsBefore) = (counts, finished + Open());
                counts = counts.Accept(input, settings, 0);
                finished += analysis.FoldAll(input).Sum(bucket => bucket.EventCount);
                if (input is RecordsInput) (finished + Open() - eventsBefore).ShouldBe(counts.ProcessedRecords - before.ProcessedRecords);
            }
            analysis.LatestRecordTime.ShouldBe(counts.LatestRecord);

            long Open() => analysis.CalculateInterim().Sum(bucket => bucket.EventCount);
        },
        iter: 100);

    [Fact]
    public void Every_processed_record_is_in_exactly_one_finished_bucket() => Scenario.Keeping.Sample(
        scenario =>
        {
            var settings = scenario.Settings with { SummaryCountField = null };
            var inputs = (scenario with { Settings = settings }).Inputs.Append(new AdvanceTimeInput(10_000)).ToArray();
            var results = JobAnalysis.Create(settings).FoldAll(inputs);
            results.Sum(bucket => bucket.EventCount).ShouldBe(inputs.Aggregate(new DataCounts(), (counts, input) => counts.Accept(input, settings, 0)).ProcessedRecords);
        },
        iter: 100);

    [Fact]
    public void After_a_revert_counting_takes_the_snapshots_times() => Scenario.Gen.Select(Gen.Int[0, 40]).Sample(
        (scenario, split) =>
        {
            if (scenario.Settings.Latency > 0) return; // With latency an unfinished first bucket makes counting the stricter one.
            var settings = scenario.Settings with { SummaryCountField = null };
            var inputs = (scenario with { Settings = settings }).CutInto(1).ToArray();
            var analysis = JobAnalysis.Create(settings);
            var snapshot = analysis;
            for (var i = 0; i < inputs.Length; i++)
            {
                if (i == split) snapshot = JobAnalysis.Restore(settings, analysis.SaveState());
                analysis.FoldAll(inputs[i]);
            }
            var counts = new DataCounts { LatestRecord = snapshot.LatestRecordTime, MovedTo = snapshot.LastFinalizedBucketEnd };
            foreach (var input in inputs)
            {
                var before = snapshot.CalculateInterim().Sum(bucket => bucket.EventCount);
                var late = counts.OutOfOrder;
                counts = counts.Accept(input, settings, 0);
                var events = snapshot.FoldAll(input).Sum(bucket => bucket.EventCount) + snapshot.CalculateInterim().Sum(bucket => bucket.EventCount) - before;
                if (input is RecordsInput) events.ShouldBe(1 - (counts.OutOfOrder - late));
            }
        },
        iter: 100);

    private static Row Full(long time) => new(time, ("value", 1), ("host", "a"));

    private static RecordsInput At(params long[] times) => BatchBuilder.Records(Used, [.. times.Select(Full)]);

    private static DataCounts Accept(DataCounts counts, params AnalysisInput[] inputs) => inputs.Aggregate(counts, (before, input) => before.Accept(input, Used, 0));
}
