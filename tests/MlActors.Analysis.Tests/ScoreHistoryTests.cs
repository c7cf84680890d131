using CsCheck;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Scoring;

namespace MlActors.Analysis.Tests;

/// <summary>What scores are worth in perspective.</summary>
public class ScoreHistoryTests
{
    private const int Day = 288;

    [Fact]
    public void What_comes_every_day_is_worth_less_and_what_came_once_keeps_its_score()
    {
        var history = new ScoreHistory(30 * Day);
        var scale = Run(history, 30 * Day, bucket => bucket % Day == 100 ? 80 : bucket == 12 * Day ? 98 : 0);
        scale[80].ShouldBeLessThan(50);
        scale[98].ShouldBe(98);
        scale[0].ShouldBe(0);
    }

    [Fact]
    public void A_long_event_counts_once()
    {
        Run(new ScoreHistory(30 * Day), 10 * Day, bucket => bucket is > 1000 and < 1100 ? 85 : 0).ShouldBe([.. Enumerable.Range(0, 101)]);
        Run(new ScoreHistory(30 * Day), 10 * Day, bucket => bucket is 1000 or 1500 ? 85 : 0)[85].ShouldBeInRange(60, 84);
    }

    [Fact]
    public void What_has_not_come_for_long_gets_its_worth_back()
    {
        var history = new ScoreHistory(2 * Day);
        var during = Run(history, 10 * Day, bucket => bucket % Day == 100 ? 80 : 0)[80];
        Run(history, 30 * Day, bucket => bucket is Day or (20 * Day) ? 40 : 0)[80].ShouldBeGreaterThan(during + 10);
    }

    [Fact]
    public void It_is_news_only_when_it_has_changed_and_once_after_a_restore()
    {
        var history = new ScoreHistory(30 * Day);
        for (var bucket = 0; bucket < 5 * Day; bucket++) history.Take(bucket % Day == 7 ? 90 : 1);
        var told = history.TakeNews().ShouldNotBeNull();
        history.TakeNews().ShouldBeNull();
        for (var bucket = 0; bucket < 500; bucket++) history.Take(1);
        history.TakeNews().ShouldBeNull();

        Restored(history, 30 * Day).TakeNews().ShouldBe(told);
        Restored(history, 0).TakeNews().ShouldBe([.. Enumerable.Range(0, 101)]);
    }

    [Fact]
    public void Without_a_window_scores_stay_what_they_were()
    {
        var history = new ScoreHistory(0);
        for (var bucket = 0; bucket < 5 * Day; bucket++) history.Take(bucket % 50 == 7 ? 90 : 1);
        history.TakeNews().ShouldBeNull();
    }

    [Fact]
    public void The_scale_never_falls_and_nothing_is_worth_more_than_it_was() => Gen.Double[0, 100].Array[200, 2000].Sample(scores =>
    {
        var history = new ScoreHistory(500);
        foreach (var score in scores)
        {
            history.Take(score);
            for (var quiet = 0; quiet < 40; quiet++) history.Take(0);
            if (history.TakeNews() is not { } scale) continue;
            for (var i = 0; i < scale.Length; i++)
            {
                scale[i].ShouldBeInRange(0, i);
                if (i > 0) scale[i].ShouldBeGreaterThanOrEqualTo(scale[i - 1]);
            }
        }
    }, iter: 20);

    private static double[] Run(ScoreHistory history, int buckets, Func<int, double> score)
    {
        double[] scale = [.. Enumerable.Range(0, 101)];
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            history.Take(score(bucket));
            scale = history.TakeNews() ?? scale;
        }
        return scale;
    }

    private static ScoreHistory Restored(ScoreHistory history, double halfLife)
    {
        using var writer = new ByteWriter(2000);
        history.Write(writer);
        var reader = new ByteReader(writer.Written);
        var restored = new ScoreHistory(halfLife);
        restored.Read(ref reader);
        return restored;
    }
}
