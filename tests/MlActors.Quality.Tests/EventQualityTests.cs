namespace MlActors.Quality.Tests;

public class EventQualityTests
{
    private static readonly RowRange[] Windows = [new(100, 119), new(150, 159)];

    [Fact]
    public void Alerts_at_most_ten_rows_apart_are_one_event()
    {
        At(20, 30, 40).FalseEvents.ShouldBe(1);
        At(20, 31, 42).FalseEvents.ShouldBe(3);
    }

    [Fact]
    public void An_event_that_touches_a_window_is_not_false_and_finds_it()
    {
        var quality = At(95, 100, 125);
        (quality.HitWindows, quality.FalseEvents).ShouldBe((1, 1), "the alerts of rows 95 and 100 are one event; that of row 125 is 25 rows behind");
        At(95).FalseEvents.ShouldBe(1);
    }

    [Fact]
    public void A_window_is_found_once_however_many_events_it_holds()
    {
        var quality = At(100, 118, 155);
        (quality.HitWindows, quality.FalseEvents, quality.Precision, quality.Recall).ShouldBe((2, 0, 1.0, 1.0));
    }

    [Fact]
    public void Rows_before_the_first_judged_one_and_rows_without_a_score_do_not_count()
    {
        var scores = new double[200];
        (scores[9], scores[50]) = (90, double.NaN);
        var quality = EventQuality.Of(scores, Windows, 10, 75);
        (quality.Rows, quality.Windows, quality.HitWindows, quality.FalseEvents).ShouldBe((190, 2, 0, 0));
    }

    [Fact]
    public void Precision_is_found_windows_among_found_windows_and_false_events()
    {
        var quality = At(20, 50, 110);
        quality.Precision.ShouldBe(1 / 3.0, 1e-9);
        quality.Recall.ShouldBe(0.5, 1e-9);
        quality.F1.ShouldBe(0.4, 1e-9);
        quality.FalseEventsPerThousandRows.ShouldBe(10, 1e-9);
    }

    private static EventQuality At(params int[] rows)
    {
        var scores = new double[200];
        foreach (var row in rows) scores[row] = 75;
        return EventQuality.Of(scores, Windows, 0, 75);
    }
}
