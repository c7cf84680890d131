using CsCheck;
using MlActors.Quality.Nab;

namespace MlActors.Quality.Tests;

public class NabScorerTests
{
    private const int Rows = 200;
    private static readonly RowRange Window = new(100, 119);
    private static readonly NabFile File = Of(Window);

    [Fact]
    public void No_alert_is_worth_nothing_in_every_profile()
    {
        foreach (var profile in NabProfile.All) Score(profile, File).ShouldBe(0, 1e-9);
    }

    [Fact]
    public void One_alert_at_the_start_of_every_window_is_worth_a_hundred_in_every_profile()
    {
        foreach (var profile in NabProfile.All) Score(profile, Of(new RowRange(50, 60), Window), 50, 100).ShouldBe(100, 1e-9);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(110, 0.8598)] // sigma(-0.5) / sigma(-1), with sigma(y) = 2 / (1 + e^(5y)) - 1
    [InlineData(119, 0.1261)] // sigma(-0.05) / sigma(-1)
    public void An_alert_in_a_window_is_worth_the_more_the_earlier_it_comes(int row, double reward)
    {
        var tally = At(File, row);
        (tally.HitWindows, tally.FalsePoints).ShouldBe((1, 0));
        tally.Reward.ShouldBe(reward, 1e-4);
    }

    [Fact]
    public void Only_the_earliest_alert_of_a_window_counts() => At(File, 105, 106, 119).ShouldBe(At(File, 105));

    [Theory]
    [InlineData(99, 1)] // No window lies before it.
    [InlineData(120, 0.1308)] // -sigma(1 / 19): widths are counted from the first row to the last.
    [InlineData(138, 0.9866)] // -sigma(1)
    [InlineData(177, 1)] // More than three widths behind.
    public void An_alert_outside_costs_the_less_the_closer_it_follows_a_window(int row, double penalty)
    {
        var tally = At(File, row);
        (tally.HitWindows, tally.FalsePoints).ShouldBe((0, 1));
        tally.Penalty.ShouldBe(penalty, 1e-4);
    }

    [Fact]
    public void Each_profile_has_its_own_prices()
    {
        var files = Of(Window, new RowRange(150, 159));
        int[] alerts = [60, 100]; // a false alert far from any window, one of two windows at its start
        Score(NabProfile.Standard, files, alerts).ShouldBe(100 * (1 - 1 - 0.11 + 2) / 4, 1e-9);
        Score(NabProfile.LowFalsePositives, files, alerts).ShouldBe(100 * (1 - 1 - 0.22 + 2) / 4, 1e-9);
        Score(NabProfile.LowFalseNegatives, files, alerts).ShouldBe(100 * (1 - 2 - 0.11 + 4) / 6, 1e-9);
    }

    [Theory]
    [InlineData(200, 30)]
    [InlineData(1127, 169)]
    [InlineData(5000, 750)]
    [InlineData(22695, 750)]
    public void Nothing_is_scored_in_the_probation_of_15_percent_and_at_most_750_rows(int rows, int probation)
    {
        var file = Of(rows);
        file.Probation.ShouldBe(probation);
        At(file, probation - 1).FalsePoints.ShouldBe(0);
        At(file, probation).FalsePoints.ShouldBe(1);
    }

    [Fact]
    public void A_row_without_a_score_is_never_an_alert()
    {
        var scores = Alerts(File);
        Array.Fill(scores, double.NaN);
        new NabScorer([File]).Sweep([scores]).Count().ShouldBe(1);
    }

    [Fact]
    public void The_best_threshold_is_one_for_all_files()
    {
        // A detector that shouts in one file and whispers in the other: no threshold suits both.
        var (loud, quiet) = (Alerts(File, 100), Alerts(File, 100));
        for (var row = 60; row < 90; row++) loud[row] = 0.5;
        quiet[100] = 0.1;
        var best = new NabScorer([File, File]).Best([loud, quiet], [NabProfile.Standard])[0];
        (best.Threshold, best.HitWindows, best.FalsePoints).ShouldBe((1.0, 1, 0));
    }

    [Fact]
    public void The_sweep_agrees_with_counting_anew_at_every_threshold() =>
        Gen.Int[0, 9].Array[Rows].Array[2].Sample(numbers =>
        {
            var scorer = new NabScorer([File, Of(new RowRange(40, 41), new RowRange(60, 90))]);
            double[][] scores = [.. numbers.Select(file => file.Select(number => number == 0 ? double.NaN : number).ToArray())];
            foreach (var tally in scorer.Sweep(scores))
            {
                var anew = scorer.At(scores, tally.Threshold);
                (tally.HitWindows, tally.FalsePoints).ShouldBe((anew.HitWindows, anew.FalsePoints));
                tally.Reward.ShouldBe(anew.Reward, 1e-9);
                tally.Penalty.ShouldBe(anew.Penalty, 1e-9);
            }
        }, iter: 50);

    [Fact]
    public void Two_fold_takes_the_threshold_of_the_other_half()
    {
        // The first file is found from 2 on and the second from 1 on: neither threshold does any good to the other half.
        var (first, second) = (Alerts(File, 100), Alerts(File, 100));
        (first[100], first[60], second[100]) = (2, 1, 1);
        var run = NabRun.Of([File, File with { Name = "made/b.csv" }], file => file.Name == File.Name ? first : second);
        NabProfile.Standard.Score(run.Best(NabProfile.Standard)[0], 2).ShouldBe(100 * (2 - 0.11 + 2) / 4, 1e-9);
        run.TwoFold(NabProfile.Standard).ShouldBe(100 * (1 - 0.11 - 1 + 2) / 4, 1e-9);
    }

    private static NabFile Of(params RowRange[] windows) => Of(Rows, windows);

    private static NabFile Of(int rows, params RowRange[] windows) =>
        new("made/a.csv", [.. Enumerable.Range(0, rows).Select(row => row * 60L)], new double[rows], windows);

    private static double[] Alerts(NabFile file, params int[] rows)
    {
        var scores = new double[file.Rows];
        foreach (var row in rows) scores[row] = 1;
        return scores;
    }

    private static NabTally At(NabFile file, params int[] rows) => new NabScorer([file]).At([Alerts(file, rows)], 1);

    private static double Score(NabProfile profile, NabFile file, params int[] rows) => profile.Score(At(file, rows), file.Windows.Count);
}
