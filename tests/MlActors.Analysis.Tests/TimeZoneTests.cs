using MlActors.Analysis.Input;
using MlActors.Analysis.Tests.Support;
using MlActors.Analysis.Time;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class TimeZoneTests
{
    private const long Span = 900;
    private const int Day = 96;

    // 2026-03-29, the Sunday on which clocks in Berlin go from 2 to 3 in the morning.
    private const long Spring = 1_774_742_400;

    [Theory]
    [InlineData(Spring + 3599, 3600)] // 01:59:59 in winter
    [InlineData(Spring + 3600, 7200)] // 03:00 in summer
    [InlineData(Spring + (210 * 86_400) + 3599, 7200)] // 2026-10-25, 02:59:59 in summer
    [InlineData(Spring + (210 * 86_400) + 3600, 3600)] // 02:00 in winter
    public void Clocks_change_when_they_do(long time, long offset)
    {
        new LocalTime("Europe/Berlin").Of(time).ShouldBe(time + offset);
    }

    [Fact]
    public void Without_a_zone_it_is_UTC_and_an_unknown_zone_is_refused()
    {
        new LocalTime(null).Of(Spring).ShouldBe(Spring);
        Should.Throw<ArgumentException>(() => JobAnalysis.Create(Of(Span, Detector("count")) with { TimeZone = "Europe/Bärlin" })).Message.ShouldContain("Bärlin");
    }

    [Fact]
    public void Times_that_no_calendar_has_are_no_error()
    {
        var berlin = new LocalTime("Europe/Berlin");
        berlin.Of(1L << 50).ShouldBeGreaterThan(1L << 50);
        berlin.Of(-(1L << 50)).ShouldNotBe(0);
    }

    [Fact]
    public void A_day_that_begins_an_hour_earlier_is_nothing_unusual_where_the_clocks_have_changed()
    {
        Worst("Europe/Berlin").ShouldBeLessThan(30);
        Worst(null).ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Forecasts_follow_the_clocks()
    {
        var berlin = Learn("Europe/Berlin").PlanForecast().Points(7 * 86_400).Average(point => Math.Abs(point.Prediction - Usual(point.Timestamp)));
        var utc = Learn(null).PlanForecast().Points(7 * 86_400).Average(point => Math.Abs(point.Prediction - Usual(point.Timestamp)));
        berlin.ShouldBeLessThan(utc / 2);
    }

    // The worst record of the week after the change.
    private static double Worst(string? zone)
    {
        var analysis = Learn(zone);
        return analysis.FoldAll([Values(0, 7)]).Max(bucket => bucket.AnomalyScore);
    }

    private static JobAnalysis Learn(string? zone)
    {
        var settings = Of(Span, Detector("mean", "value")) with { TimeZone = zone };
        var analysis = JobAnalysis.Create(settings);
        analysis.FoldAll([Values(-28, 0), new AdvanceTimeInput(Spring)]);
        return analysis;
    }

    private static RecordsInput Values(int from, int to)
    {
        var noise = new Noise((ulong)(from + 100));
        var times = Enumerable.Range(from * Day, (to - from) * Day).Select(i => Spring + (i * Span)).ToArray();
        var settings = Of(Span, Detector("mean", "value"));
        return new RecordsInput(new RecordBatch(settings.Schema, times.Length, times, [Column.OfNumbers([.. times.Select(time => Usual(time) + (4 * noise.Gaussian()))])], default));
    }

    private static double Usual(long time) => Synthetic.Shop(time + (time < Spring + 3600 ? 3600 : 7200));
}
