using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class LevelChangeTests
{
    private const long Span = 900;
    private const int Day = 96;
    private const int Shift = 15 * Day;
    private static readonly AnalysisSettings Alone = Of(Span, Detector("mean", "value"));

    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    public void A_step_is_one_change_with_its_time_and_both_levels(double step)
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            var noise = new Noise(seed);
            var change = Learn(Alone, 25 * Day, i => 100 + (3 * noise.Gaussian()) + (i >= Shift ? step : 0)).SelectMany(bucket => bucket.Changes).Single();
            change.Since.ShouldBeInRange((Shift - 3) * Span, Shift * Span);
            change.Before.ShouldBe(100, 2);
            change.After.ShouldBe(100 + step, 2);
            change.Size.ShouldBeGreaterThan(5);
            (change.DetectorIndex, change.Function, change.Partition, change.By, change.Over).ShouldBe((0, "mean", "", "", ""));
        }
    }

    [Fact]
    public void A_step_of_a_daily_series_moves_its_profile()
    {
        var noise = new Noise(1);
        var buckets = Learn(Alone, 25 * Day, i => Daily(i) + (3 * noise.Gaussian()) + (i >= Shift ? 60 : 0));
        var change = buckets.SelectMany(bucket => bucket.Changes).Single();
        (change.After - change.Before).ShouldBe(60, 10);
        buckets.Single(bucket => bucket.Changes.Count > 0).Timestamp.ShouldBeInRange(change.Since + (12 * 3600) - Span, change.Since + (24 * 3600));
    }

    public static TheoryData<string> Steady => ["noise", "daily", "trend", "outage", "spikes", "constant", "counts"];

    [Theory]
    [MemberData(nameof(Steady))]
    public void Nothing_else_is_a_change(string kind)
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            var noise = new Noise(seed);
            Learn(Alone, 30 * Day, i => kind switch
            {
                "noise" => 100 + (3 * noise.Gaussian()),
                "daily" => Daily(i) + (3 * noise.Gaussian()),
                "trend" => 100 + (0.02 * i) + (2 * noise.Gaussian()),
                // Six hours without anything.
                "outage" => i is >= Shift and < Shift + (Day / 4) ? 0 : Daily(i) + (3 * noise.Gaussian()),
                "spikes" => 100 + (3 * noise.Gaussian()) + (noise.Uniform() < 0.01 ? 100 : 0),
                "counts" => noise.Poisson(Daily(i) / 10),
                _ => 7,
            }).SelectMany(bucket => bucket.Changes).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Of_many_at_once_the_largest_are_kept_and_the_others_counted()
    {
        const int series = 40;
        var settings = Of(Span, Detector("mean", "value", by: "host"));
        var noise = new Noise(1);
        var inputs = Enumerable.Range(0, 18 * Day).Select(i => BatchBuilder.Records(settings, [.. Enumerable.Range(0, series).Select(host =>
            new Row(i * Span, ("value", 100 + (3 * noise.Gaussian()) + (i >= Shift ? 30 + host : 0)), ("host", $"h{host:d2}")))]));
        var buckets = JobAnalysis.Create(settings).FoldAll([.. inputs]).Where(bucket => bucket.Changes.Count > 0).ToList();
        // How many of them are found is for the suites of quality to say.
        buckets.Sum(bucket => bucket.Changes.Count + bucket.MoreChanges).ShouldBeInRange(series - 2, series);
        buckets.ShouldContain(bucket => bucket.MoreChanges > 0);
        buckets.ShouldAllBe(bucket => bucket.Changes.Count <= 16 && (bucket.MoreChanges == 0 || bucket.Changes.Count == 16));
        buckets.ShouldAllBe(bucket => bucket.Changes.Zip(bucket.Changes.Skip(1)).All(pair => pair.First.Size >= pair.Second.Size));
    }

    [Fact]
    public void Interim_results_have_no_changes()
    {
        var noise = new Noise(1);
        var analysis = JobAnalysis.Create(Alone);
        foreach (var input in Synthetic.Inputs(Alone, Enumerable.Range(0, 20 * Day).Select(i => (i * Span, 100 + (3 * noise.Gaussian()) + (i >= Shift ? 30 : 0)))).SelectMany(Single))
        {
            analysis.CalculateInterim().SelectMany(bucket => bucket.Changes).ShouldBeEmpty();
            analysis.FoldAll(input);
        }
    }

    // A series with all that there can be: a day, a period, a change, a gap.
    [Fact]
    public void Saved_and_restored_anywhere_it_goes_on_to_the_same_bytes()
    {
        var noise = new Noise(1);
        var points = Enumerable.Range(0, 25 * Day).Where(i => i is < 9 * Day or > 9 * Day + 30)
            .Select(i => (i * Span, Daily(i) + (i % 18 < 2 ? 60 : 0) + (3 * noise.Gaussian()) + (i >= Shift ? 60 : 0))).ToList();
        var inputs = Synthetic.Inputs(Alone, points).SelectMany(Single).ToList();
        var whole = JobAnalysis.Create(Alone);
        var expected = whole.FoldAll([.. inputs]);
        expected.SelectMany(bucket => bucket.Changes).ShouldNotBeEmpty();
        // Every so often all along; while a change is on its way, after each bucket.
        var hopping = JobAnalysis.Create(Alone);
        var results = new List<BucketResult>();
        var (step, bytes) = (0, new HashSet<long>());
        foreach (var input in inputs)
        {
            results.AddRange(hopping.FoldAll(input));
            if (step++ % 23 != 0 && step is < Shift - 40 or > Shift + 100) continue;
            var restored = JobAnalysis.Restore(Alone, hopping.SaveState());
            restored.SizeStats.ShouldBe(hopping.SizeStats);
            bytes.Add(restored.SizeStats.ModelBytes);
            hopping = restored;
        }
        bytes.Count.ShouldBeGreaterThan(3, "profiles, a search and a found period came and went");
        results.ShouldBeSameAs(expected);
        hopping.ShouldHaveStateOf(whole);
    }

    private static double Daily(int i) => 100 + (50 * Math.Sin(2 * Math.PI * i / Day));

    // Records one by one: a batch of a thousand would be folded between two looks.
    private static IEnumerable<AnalysisInput> Single(RecordsInput input) =>
        Enumerable.Range(0, input.Batch.Count).Select(i => new RecordsInput(new RecordBatch(
            input.Batch.Schema, 1, [input.Batch.Times[i]], [Column.OfNumbers([input.Batch.Columns[0].Numbers![i]])], default)));

    private static List<BucketResult> Learn(AnalysisSettings settings, int buckets, Func<int, double> value) =>
        JobAnalysis.Create(settings).FoldAll([.. Synthetic.Inputs(settings, Enumerable.Range(0, buckets).Select(i => (i * Span, value(i))))]);
}
