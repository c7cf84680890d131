using MlActors.Quality.Nab;

namespace MlActors.Quality.Tests;

public class EngineDetectorTests
{
    private const int Rows = 3000;
    private const int Spike = 2500;

    private static readonly NabFile File = Of(_ => 300);

    [Fact]
    public void The_engine_gives_each_row_a_score_and_a_spike_the_highest()
    {
        var scores = EngineDetector.Run(File);
        scores.ShouldAllBe(score => score >= 0 && score <= 100);
        Array.IndexOf(scores, scores[File.Probation..].Max()).ShouldBe(Spike);
    }

    [Fact]
    public void A_score_depends_on_nothing_that_comes_later()
    {
        // Rows come five times as often later on, which the bucket span must not know of.
        const int change = 1000;
        const int cut = 1200;
        var file = Of(row => row < change ? 300 : 60);
        EngineDetector.Run(file with { Times = file.Times[..cut], Values = file.Values[..cut] }).ShouldBe(EngineDetector.Run(file)[..cut]);
    }

    private static NabFile Of(Func<int, long> step)
    {
        var times = new long[Rows];
        times[0] = 1_400_000_100; // on the border of a bucket
        for (var row = 1; row < Rows; row++) times[row] = times[row - 1] + step(row);
        return new NabFile("made/a.csv", times, [.. times.Select((time, row) => row == Spike ? 500 : 100 + (10 * Math.Sin(time * Math.Tau / 86_400)) + (row * 7919 % 13))], []);
    }
}
