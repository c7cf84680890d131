using MlActors.Analysis.Modelling;
using MlActors.Analysis.Scoring;

namespace MlActors.Analysis.Judging;

/// <summary>What was found in one bucket, of all detectors.</summary>
internal sealed class Findings
{
    // Records with less are nobody's business.
    private const double LeastScore = 1;

    /// <summary>What is worth a record.</summary>
    public List<Unusual> Unusual { get; } = [];

    /// <summary>How many series were judged at all.</summary>
    public long Judged { get; private set; }

    /// <summary>The highest alert score of all series.</summary>
    public double AlertScore { get; private set; }

    public void Clear()
    {
        Unusual.Clear();
        (Judged, AlertScore) = (0, 0);
    }

    /// <summary>Takes what became of one series.</summary>
    /// <param name="accumulator">Index in the detector's bucket, −1 for an empty bucket.</param>
    /// <param name="report">Whether it may become a record.</param>
    public void Add(DetectorJudge judge, int series, int accumulator, in Judgement judgement, bool report = true, Detail? detail = null)
    {
        Judged++;
        if (!report) return;
        AlertScore = Math.Max(AlertScore, ScoreMap.StrengthScore(judgement.Alert));
        var score = ScoreMap.RecordScore(judgement.Strength, judgement.LogProbability);
        if (score >= LeastScore) Unusual.Add(new Unusual(judge.Detector, series, accumulator, judgement, score, detail));
    }
}
