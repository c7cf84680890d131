using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

/// <summary>What comes after a stretch without values is judged by what is usual at its time, not by what was before.</summary>
public class GapTests
{
    private const long Span = 900;
    private const int Day = 96;

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(Day + 30)]
    public void The_first_value_after_a_gap_is_nothing_unusual(int gap)
    {
        var from = (14 * Day) + 10;
        WorstAfter(gap, from, bucket => bucket < from || bucket >= from + gap, []).ShouldBeLessThan(30);
    }

    [Fact]
    public void Nor_is_the_first_after_an_event_that_is_not_learnt()
    {
        var (from, gap) = ((14 * Day) + 10, 40);
        WorstAfter(gap, from, _ => true, [new ScheduledEvent("works", from * Span, (from + gap) * Span, SkipResult: true, SkipModelUpdate: true)]).ShouldBeLessThan(30);
    }

    private static double WorstAfter(int gap, int from, Func<int, bool> isThere, ScheduledEvent[] events)
    {
        var settings = Of(Span, Detector("mean", "value"));
        var noise = new Noise(3);
        var points = Enumerable.Range(0, from + gap + 20).Select(bucket => (Time: bucket * Span, Value: Synthetic.Shop(bucket * Span) + noise.Gaussian(), Bucket: bucket))
            .Where(point => isThere(point.Bucket)).Select(point => (point.Time, point.Value));
        var results = JobAnalysis.Create(settings).FoldAll(
        [
            new ContextInput(new AnalysisContext([], [], events)),
            .. Synthetic.Inputs(settings, points), new AdvanceTimeInput((from + gap + 20) * Span),
        ]);
        return results.Where(bucket => bucket.Timestamp >= (from + gap) * Span).Max(bucket => bucket.AnomalyScore);
    }
}
