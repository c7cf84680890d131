namespace MlActors.Quality.Nab;

/// <summary>
/// The scoring of the Numenta Anomaly Benchmark v1.1, written from its published description (Lavin &amp; Ahmad 2015).
/// One threshold holds for all files; scores that are NaN are never alerts.
/// </summary>
public sealed class NabScorer
{
    private readonly IReadOnlyList<NabFile> _files;
    private readonly RowWorth[][] _worth;
    private readonly int[] _firstWindow;

    public NabScorer(IReadOnlyList<NabFile> files)
    {
        _files = files;
        _worth = [.. files.Select(RowWorth.Of)];
        _firstWindow = new int[files.Count];
        for (var f = 0; f < files.Count; f++) (_firstWindow[f], Windows) = (Windows, Windows + files[f].Windows.Count);
    }

    public int Windows { get; }

    /// <summary>The tally at every distinct score, from no alert at all to an alert on every row.</summary>
    /// <param name="scores">For each file one score for each row.</param>
    public IEnumerable<NabTally> Sweep(IReadOnlyList<double[]> scores)
    {
        var (keys, worth) = Candidates(scores);
        var rewards = new double[Windows];
        var tally = new NabTally(double.PositiveInfinity, 0, 0, 0, 0);
        yield return tally;
        for (var i = 0; i < keys.Length;)
        {
            tally = tally with { Threshold = -keys[i] };
            for (var key = keys[i]; i < keys.Length && keys[i] == key; i++) tally = With(tally, worth[i], rewards);
            yield return tally;
        }
    }

    /// <summary>The tally at a given threshold.</summary>
    public NabTally At(IReadOnlyList<double[]> scores, double threshold)
    {
        var rewards = new double[Windows];
        var tally = new NabTally(threshold, 0, 0, 0, 0);
        for (var f = 0; f < _files.Count; f++)
            for (var row = _files[f].Probation; row < _files[f].Rows; row++)
                if (scores[f][row] >= threshold)
                    tally = With(tally, InCorpus(f, row), rewards);
        return tally;
    }

    /// <summary>For each profile the threshold that its score is best at, the highest one of several; never worse than no alert.</summary>
    public IReadOnlyList<NabTally> Best(IReadOnlyList<double[]> scores, IReadOnlyList<NabProfile> profiles)
    {
        var best = new NabTally[profiles.Count];
        var values = new double[profiles.Count];
        Array.Fill(values, double.NegativeInfinity);
        foreach (var tally in Sweep(scores))
            for (var p = 0; p < best.Length; p++)
                if (profiles[p].Score(tally, Windows) is var value && value > values[p])
                    (best[p], values[p]) = (tally, value);
        return best;
    }

    // Rewards fall from the start of a window to its end, so the earliest alert of a window is the one that is worth most.
    private static NabTally With(in NabTally tally, RowWorth worth, double[] rewards)
    {
        if (worth.Window < 0) return tally with { Penalty = tally.Penalty + worth.Amount, FalsePoints = tally.FalsePoints + 1 };
        var before = rewards[worth.Window];
        if (worth.Amount <= before) return tally;
        rewards[worth.Window] = worth.Amount;
        return tally with { Reward = tally.Reward + worth.Amount - before, HitWindows = tally.HitWindows + (before == 0 ? 1 : 0) };
    }

    // All rows that may become alerts, highest score first: the keys are the negated scores.
    private (double[] Keys, RowWorth[] Worth) Candidates(IReadOnlyList<double[]> scores)
    {
        var (keys, worth) = (new List<double>(), new List<RowWorth>());
        for (var f = 0; f < _files.Count; f++)
        {
            if (scores[f].Length != _files[f].Rows) throw new ArgumentException($"{_files[f].Name} has {_files[f].Rows} rows, not {scores[f].Length}", nameof(scores));
            for (var row = _files[f].Probation; row < _files[f].Rows; row++)
            {
                if (double.IsNaN(scores[f][row])) continue;
                keys.Add(-scores[f][row]);
                worth.Add(InCorpus(f, row));
            }
        }
        var (sorted, sortedWorth) = (keys.ToArray(), worth.ToArray());
        Array.Sort(sorted, sortedWorth);
        return (sorted, sortedWorth);
    }

    private RowWorth InCorpus(int file, int row) =>
        _worth[file][row] is { Window: >= 0 } worth ? worth with { Window = worth.Window + _firstWindow[file] } : _worth[file][row];
}
