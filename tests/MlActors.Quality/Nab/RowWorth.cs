namespace MlActors.Quality.Nab;

/// <summary>What an alert on one row is worth.</summary>
/// <param name="Window">The window of the file that the row is in, −1 outside.</param>
/// <param name="Amount">In a window the reward, outside the penalty; both in (0, 1].</param>
internal readonly record struct RowWorth(int Window, double Amount)
{
    private static readonly double MostReward = Sigmoid(-1);

    /// <summary>One for each row, those of the probation too.</summary>
    public static RowWorth[] Of(NabFile file)
    {
        var worth = new RowWorth[file.Rows];
        var (next, before) = (0, default(RowRange?));
        for (var row = 0; row < worth.Length; row++)
        {
            if (next < file.Windows.Count && file.Windows[next] is var window && window.Contains(row))
            {
                worth[row] = new RowWorth(next, Sigmoid(-(double)(window.Last - row + 1) / window.Rows) / MostReward);
                if (row == window.Last) (next, before) = (next + 1, window);
            }
            else
            {
                worth[row] = new RowWorth(-1, before is { } past ? -Sigmoid((row - past.Last) / (past.Rows - 1.0)) : 1);
            }
        }
        return worth;
    }

    // Lavin & Ahmad, "Evaluating Real-time Anomaly Detection Algorithms - the Numenta Anomaly Benchmark" (2015), scaled to (-1, 1);
    // y is the distance from the end of the window in widths of the window.
    private static double Sigmoid(double y) => y > 3 ? -1 : (2 / (1 + Math.Exp(5 * y))) - 1;
}
