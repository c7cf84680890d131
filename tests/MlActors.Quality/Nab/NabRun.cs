namespace MlActors.Quality.Nab;

/// <summary>What a detector gave every row of the benchmark.</summary>
public sealed class NabRun
{
    private readonly IReadOnlyList<double[]> _scores;

    private NabRun(IReadOnlyList<NabFile> files, IReadOnlyList<double[]> scores)
    {
        (Files, _scores, Scorer) = (files, scores, new NabScorer(files));
    }

    public IReadOnlyList<NabFile> Files { get; }

    public NabScorer Scorer { get; }

    /// <summary>Runs a detector over all files, on all processors; each file is one call.</summary>
    /// <param name="detector">One score for each row, NaN where it has none.</param>
    public static NabRun Of(IReadOnlyList<NabFile> files, Func<NabFile, double[]> detector) => new(files, [.. files.AsParallel().AsOrdered().Select(detector)]);

    /// <summary>The part of the run on some of its files.</summary>
    public NabRun Part(Func<NabFile, int, bool> isIn)
    {
        var chosen = Enumerable.Range(0, Files.Count).Where(f => isIn(Files[f], f)).ToArray();
        return new NabRun([.. chosen.Select(f => Files[f])], [.. chosen.Select(f => _scores[f])]);
    }

    public IReadOnlyList<NabTally> Best(params IReadOnlyList<NabProfile> profiles) => Scorer.Best(_scores, profiles);

    public NabTally At(double threshold) => Scorer.At(_scores, threshold);

    public EventQuality EventsAt(double threshold) =>
        Files.Select((file, f) => EventQuality.Of(_scores[f], file.Windows, file.Probation, threshold)).Aggregate((a, b) => a + b);

    /// <summary>
    /// The score when a threshold is not chosen on the labels it is judged by: files of even place get the best threshold of those of odd place, and
    /// the other way round.
    /// </summary>
    public double TwoFold(NabProfile profile)
    {
        var (even, odd) = (Part((_, f) => f % 2 == 0), Part((_, f) => f % 2 == 1));
        var tally = even.At(odd.Best(profile)[0].Threshold) + odd.At(even.Best(profile)[0].Threshold);
        return profile.Score(tally, Scorer.Windows);
    }
}
