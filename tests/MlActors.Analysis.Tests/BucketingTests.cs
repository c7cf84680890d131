using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using MlActors.Analysis.Time;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class BucketingTests
{
    private static readonly AnalysisSettings Minutes = Of(60, Detector("count"));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(59, 0)]
    [InlineData(60, 60)]
    [InlineData(-1, -60)]
    [InlineData(-60, -60)]
    [InlineData(-61, -120)]
    public void A_bucket_starts_at_a_multiple_of_the_span_also_before_1970(long time, long start)
    {
        var analysis = JobAnalysis.Create(Minutes);
        analysis.FoldAll(At(time));
        analysis.LastFinalizedBucketEnd.ShouldBe(start);
        analysis.FoldAll(new AdvanceTimeInput(start + 60)).Single().Timestamp.ShouldBe(start);
    }

    [Fact]
    public void Before_any_input_nothing_is_known()
    {
        var analysis = JobAnalysis.Create(Minutes);
        (analysis.LastFinalizedBucketEnd, analysis.LatestRecordTime, analysis.LatestResultTime, analysis.Changed).ShouldBe((null, null, null, false));
        analysis.CalculateInterim().ShouldBeEmpty();
        analysis.Prune();
    }

    [Fact]
    public void The_first_records_give_no_result_and_the_first_partial_bucket_is_analysed()
    {
        var analysis = JobAnalysis.Create(Minutes);
        analysis.FoldAll(At(130, 140)).ShouldBeEmpty();
        (analysis.LastFinalizedBucketEnd, analysis.LatestRecordTime, analysis.LatestResultTime, analysis.Changed).ShouldBe((120, 140, null, true));
        var bucket = analysis.FoldAll(At(180)).ShouldHaveSingleItem();
        (bucket.Timestamp, bucket.EventCount, bucket.BucketSpan, bucket.IsInterim).ShouldBe((120, 2, 60, false));
        (analysis.LastFinalizedBucketEnd, analysis.LatestResultTime).ShouldBe((180, 120));
    }

    [Fact]
    public void Without_latency_any_order_inside_the_newest_bucket_is_fine_and_older_records_are_dropped()
    {
        var analysis = JobAnalysis.Create(Minutes);
        var results = analysis.FoldAll(At(60, 119, 61, 59, 120, 119, 130, 121), new AdvanceTimeInput(240));
        Events(results).ShouldBe([(60, 3), (120, 3), (180, 0)]);
    }

    [Fact]
    public void With_latency_buckets_stay_open_behind_the_newest_record_and_take_older_ones()
    {
        var analysis = JobAnalysis.Create(Minutes with { Latency = 120 });
        analysis.FoldAll(At(600, 480, 479)).ShouldBeEmpty();
        analysis.LastFinalizedBucketEnd.ShouldBe(480);
        analysis.FoldAll(At(659, 541, 660)).Single().ShouldSatisfyAllConditions(b => b.Timestamp.ShouldBe(480), b => b.EventCount.ShouldBe(1));
        Events(analysis.FoldAll(At(539, 540), new AdvanceTimeInput(720))).ShouldBe([(540, 2), (600, 2), (660, 1)]);
    }

    [Fact]
    public void A_latency_that_is_no_multiple_of_the_span_drops_records_by_the_second()
    {
        var analysis = JobAnalysis.Create(Minutes with { Latency = 90 });
        // Border 600 − 90 = 510, inside the bucket of 480, which stays open.
        var results = analysis.FoldAll(At(480, 600, 509, 510), new AdvanceTimeInput(660));
        Events(results).ShouldBe([(480, 2), (540, 0), (600, 1)]);
    }

    [Fact]
    public void Empty_buckets_between_are_finished_in_order()
    {
        var results = JobAnalysis.Create(Minutes).FoldAll(At(0, 240), new AdvanceTimeInput(300));
        Events(results).ShouldBe([(0, 1), (60, 0), (120, 0), (180, 0), (240, 1)]);
    }

    [Fact]
    public void A_gap_of_a_century_costs_a_bounded_number_of_buckets_and_analysis_goes_on_after_it()
    {
        const long century = 3_155_760_000;
        var analysis = JobAnalysis.Create(Of(1, Detector("count")));
        var results = analysis.FoldAll(At(0, century), new AdvanceTimeInput(century + 1));
        results.Count.ShouldBe(EmptyBucketBudget.Most + 2);
        results[^2].Timestamp.ShouldBe(EmptyBucketBudget.Most);
        (results[^1].Timestamp, results[^1].EventCount).ShouldBe((century, 1));
        analysis.LastFinalizedBucketEnd.ShouldBe(century + 1);
    }

    [Fact]
    public void Many_gaps_in_one_batch_cost_buckets_in_proportion_to_its_records()
    {
        const int records = 500;
        var results = JobAnalysis.Create(Of(1, Detector("count"))).FoldAll(At([.. Enumerable.Range(0, records).Select(i => i * 1_000_000L)]));
        results.Count.ShouldBe(records - 1 + EmptyBucketBudget.Most + ((records - 2) * EmptyBucketBudget.Earned));
    }

    [Fact]
    public void An_idle_job_whose_time_is_advanced_step_by_step_gets_every_bucket()
    {
        var analysis = JobAnalysis.Create(Minutes);
        var results = analysis.FoldAll([At(0), .. Enumerable.Range(1, 5000).Select(i => new AdvanceTimeInput(i * 60L))]);
        results.Count.ShouldBe(5000);
    }

    [Fact]
    public void In_how_many_steps_time_is_advanced_over_a_silence_leaves_no_trace()
    {
        var bits = JobAnalysis.Create(Minutes);
        // More often than there are buckets, as a datafeed looks for data that does not come.
        var step = bits.FoldAll([At(0), .. Enumerable.Range(1, 200).Select(i => new AdvanceTimeInput(i * 15L))]);
        var whole = JobAnalysis.Create(Minutes);
        step.ShouldBeSameAs(whole.FoldAll(At(0), new AdvanceTimeInput(3000)));
        bits.ShouldHaveStateOf(whole);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData((1L << 53) + 1)]
    [InlineData(-(1L << 53) - 1)]
    public void Absurd_times_are_dropped_and_do_no_harm(long time)
    {
        var analysis = JobAnalysis.Create(Minutes with { Latency = 60 });
        Events(analysis.FoldAll(At(time, 0, time, 60), new AdvanceTimeInput(120))).ShouldBe([(0, 1), (60, 1)]);
        new DataCounts().Accept(At(time, 0, time, 60), Minutes, 0).OutOfOrder.ShouldBe(2);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Absurd_moves_of_time_are_bounded(long time)
    {
        var analysis = JobAnalysis.Create(Minutes);
        analysis.FoldAll(At(0), new AdvanceTimeInput(time), new SkipTimeInput(time), new ResetBucketsInput(long.MinValue, time)).Count.ShouldBeLessThan(EmptyBucketBudget.Most + EmptyBucketBudget.Earned + 2);
        JobAnalysis.Restore(Minutes, analysis.SaveState()).LastFinalizedBucketEnd.ShouldBe(analysis.LastFinalizedBucketEnd);
    }

    [Fact]
    public void Advancing_finishes_the_buckets_wholly_before_a_time_whatever_the_latency()
    {
        var analysis = JobAnalysis.Create(Minutes with { Latency = 600 });
        analysis.FoldAll(At(60, 130));
        Events(analysis.FoldAll(new AdvanceTimeInput(179))).ShouldBe([(60, 1)]);
        analysis.LastFinalizedBucketEnd.ShouldBe(120);
        Events(analysis.FoldAll(At(119, 125), new AdvanceTimeInput(180))).ShouldBe([(120, 2)]);
        analysis.FoldAll(new AdvanceTimeInput(100)).ShouldBeEmpty();
        analysis.LastFinalizedBucketEnd.ShouldBe(180);
    }

    [Fact]
    public void Advancing_a_new_job_only_sets_its_time()
    {
        var analysis = JobAnalysis.Create(Minutes);
        analysis.FoldAll(new AdvanceTimeInput(130)).ShouldBeEmpty();
        (analysis.LastFinalizedBucketEnd, analysis.Changed).ShouldBe((120, true));
        Events(analysis.FoldAll(At(119, 180), new AdvanceTimeInput(240))).ShouldBe([(120, 0), (180, 1)]);
    }

    [Fact]
    public void Skipping_jumps_to_the_next_border_without_results_and_older_records_are_late()
    {
        var analysis = JobAnalysis.Create(Minutes with { Latency = 120 });
        analysis.FoldAll(At(0, 60));
        analysis.FoldAll(new SkipTimeInput(601)).ShouldBeEmpty();
        analysis.LastFinalizedBucketEnd.ShouldBe(660);
        Events(analysis.FoldAll(At(659, 660, 10), new AdvanceTimeInput(720))).ShouldBe([(660, 1)]);
    }

    [Fact]
    public void Skipping_to_a_border_stays_there_and_a_skip_back_does_nothing()
    {
        var analysis = JobAnalysis.Create(Minutes);
        analysis.FoldAll(At(0), new SkipTimeInput(600), new SkipTimeInput(300));
        analysis.LastFinalizedBucketEnd.ShouldBe(600);
    }

    [Fact]
    public void Skipped_time_does_not_change_the_models()
    {
        var usual = At([.. Enumerable.Range(0, 40).Select(i => i * 60L)]);
        var (skipped, plain) = (JobAnalysis.Create(Minutes), JobAnalysis.Create(Minutes));
        skipped.FoldAll(usual, new AdvanceTimeInput(2400), new SkipTimeInput(60_000));
        plain.FoldAll(usual, new AdvanceTimeInput(2400));
        Typical(skipped, 60_000).ShouldBe(Typical(plain, 2400));

        static double Typical(JobAnalysis analysis, long at) =>
            analysis.FoldAll(At([.. Enumerable.Repeat(at, 500)]), new AdvanceTimeInput(at + 60)).Single().Records.Single().Typical[0];
    }

    [Fact]
    public void Resetting_throws_away_what_open_buckets_of_the_widened_range_hold()
    {
        var analysis = JobAnalysis.Create(Minutes with { Latency = 300 });
        analysis.FoldAll(At(0, 60, 120, 180));
        analysis.FoldAll(new ResetBucketsInput(119, 121)).ShouldBeEmpty();
        Events(analysis.FoldAll(At(60, 61, 125), new AdvanceTimeInput(240))).ShouldBe([(0, 1), (60, 2), (120, 1), (180, 1)]);
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(200, 100)]
    public void Resetting_an_empty_range_does_nothing(long from, long to)
    {
        var analysis = JobAnalysis.Create(Minutes with { Latency = 300 });
        analysis.FoldAll(At(0, 60, 120), new ResetBucketsInput(from, to));
        Events(analysis.FoldAll(new AdvanceTimeInput(180))).ShouldBe([(0, 1), (60, 1), (120, 1)]);
    }

    [Fact]
    public void Interim_results_cover_the_open_buckets_with_records_in_the_range()
    {
        var analysis = JobAnalysis.Create(Minutes with { Latency = 300 });
        analysis.FoldAll(At(0, 120, 121, 180));
        var state = analysis.SaveState();
        Events(analysis.CalculateInterim()).ShouldBe([(0, 1), (120, 2), (180, 1)]);
        Events(analysis.CalculateInterim(from: 120)).ShouldBe([(120, 2), (180, 1)]);
        Events(analysis.CalculateInterim(from: 0, to: 120)).ShouldBe([(0, 1)]);
        analysis.CalculateInterim().ShouldAllBe(b => b.IsInterim);
        analysis.SaveState().ShouldBe(state);
    }

    [Fact]
    public void An_interim_result_reports_spikes_but_no_low_counts_of_a_bucket_still_filling()
    {
        var analysis = JobAnalysis.Create(Minutes);
        analysis.FoldAll(At([.. Enumerable.Range(0, 40 * 60).Select(i => (long)i)]), At(2400));
        analysis.CalculateInterim().Single().Records.ShouldBeEmpty();
        analysis.FoldAll(At([.. Enumerable.Repeat(2401L, 900)]));
        analysis.CalculateInterim().Single().Records.Single().Actual.ShouldBe([901.0]);
    }

    [Fact]
    public void Only_late_records_change_nothing()
    {
        var analysis = JobAnalysis.Create(Minutes);
        analysis.FoldAll(At(600));
        var restored = JobAnalysis.Restore(Minutes, analysis.SaveState());
        restored.FoldAll(At(1, 2, 3));
        restored.Changed.ShouldBeFalse();
        restored.SaveState().ShouldBe(analysis.SaveState());
        restored.FoldAll(At(601));
        restored.Changed.ShouldBeTrue();
    }

    [Fact]
    public void A_cancelled_fold_stops()
    {
        using var source = new CancellationTokenSource();
        var results = new CancelAfter(source, 3);
        Should.Throw<OperationCanceledException>(() => JobAnalysis.Create(Minutes).Fold(At(0, 60_000), results, source.Token));
        results.Count.ShouldBe(3);
        Should.Throw<OperationCanceledException>(() => JobAnalysis.Create(Minutes).Fold(At(0), results, source.Token));
    }

    [Fact]
    public void A_batch_of_other_columns_is_refused() =>
        Should.Throw<ArgumentException>(() => JobAnalysis.Create(Minutes).FoldAll(BatchBuilder.Records(Of(60, Detector("mean", "value")), new Row(0))));

    [Fact]
    public void Settings_that_are_not_analysed_are_refused()
    {
        Should.Throw<ArgumentException>(() => JobAnalysis.Create(Of(60, Detector("lat_long")))).Message.ShouldContain("lat_long");
        Should.Throw<ArgumentException>(() => JobAnalysis.Create(Of(0, Detector("count"))));
        Should.Throw<ArgumentException>(() => JobAnalysis.Create(Of(60)));
        Should.Throw<ArgumentException>(() => JobAnalysis.Create(Of(60, Detector("mean"))));
    }

    private static RecordsInput At(params long[] times) => new(new RecordBatch(Minutes.Schema, times.Length, times, [], default));

    private static IEnumerable<(long, long)> Events(IEnumerable<BucketResult> results) => results.Select(r => (r.Timestamp, r.EventCount));

    private sealed class CancelAfter(CancellationTokenSource source, int count) : System.Collections.ObjectModel.Collection<BucketResult>
    {
        protected override void InsertItem(int index, BucketResult item)
        {
            base.InsertItem(index, item);
            if (Count == count) source.Cancel();
        }
    }
}
