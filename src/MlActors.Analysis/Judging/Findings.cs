using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Results;
using MlActors.Analysis.Scoring;

namespace MlActors.Analysis.Judging;

/// <summary>What was found in one bucket, of all detectors.</summary>
internal sealed class Findings
{
    /// <summary>Records with less are nobody's business.</summary>
    public const double LeastScore = 1;

    private const int Few = 64;

    /// <summary>What is worth a record.</summary>
    public List<Unusual> Unusual { get; } = [];

    /// <summary>Whether the values of all series are kept as well.</summary>
    public bool KeepsValues { get; set; }

    /// <summary>The value of every series, if they are kept.</summary>
    public List<SeriesValue> Values { get; } = [];

    /// <summary>Changes of level that the bucket makes certain.</summary>
    public List<ModelChange> Changes { get; } = [];

    /// <summary>How many series, or populations, were judged that might have been unusual.</summary>
    public long Judged { get; private set; }

    // Strengths of the alerts of single series, those that could matter beside others.
    private readonly List<double> _alerts = [];

    /// <summary>Whether what is unusual is so among others.</summary>
    public bool IsOfMany => Judged > 1;

    /// <summary>The strength of the highest record score, 0 without records.</summary>
    public double Strongest
    {
        get
        {
            var score = 0.0;
            foreach (var unusual in Unusual) score = Math.Max(score, unusual.Score);
            return ScoreMap.StrengthOf(score);
        }
    }

    /// <summary>
    /// The alert score of the bucket: that of its alerts together, corrected for the number of series, each of which might have had one; or what the
    /// strongest series says among those that were the strongest before, up to its own alert.
    /// </summary>
    /// <param name="log">The log10 of the probability of that.</param>
    public double AlertScore(double log)
    {
        if (_alerts.Count == 0) return 0;
        _alerts.Sort((a, b) => b.CompareTo(a));
        if (!IsOfMany) return ScoreMap.StrengthScore(_alerts[0]);
        Span<double> logs = stackalloc double[Math.Min(_alerts.Count, ScoreMap.MostJoined)];
        for (var i = 0; i < logs.Length; i++) logs[i] = EventMemory.LogRate(_alerts[i]);
        var together = EventMemory.StrengthAt(ScoreMap.AmongMany(logs, Judged));
        // Doubled for having looked at both.
        var alone = EventMemory.StrengthAt(Math.Min(0, log + Math.Log10(2)));
        return ScoreMap.StrengthScore(Math.Max(together, Math.Min(_alerts[0], alone)));
    }

    /// <summary>Whether nothing of the bucket may become a record or count for its scores.</summary>
    public bool Silent { get; private set; }

    /// <summary>Begins another bucket.</summary>
    public void Begin(bool silent)
    {
        Silent = silent;
        // A bucket in which all was unusual is not remembered for ever.
        if (Unusual.Capacity > Few && Unusual.Count < Unusual.Capacity / 8) Unusual.Capacity = Math.Max(Few, 2 * Unusual.Count);
        Unusual.Clear();
        Values.Clear();
        Changes.Clear();
        _alerts.Clear();
        Judged = 0;
    }

    /// <summary>Takes what became of one series.</summary>
    /// <param name="accumulator">Index in the detector's bucket, −1 for an empty bucket.</param>
    /// <param name="report">Whether it may become a record.</param>
    /// <param name="counts">Whether it might have been unusual, and so makes what is unusual in others less special.</param>
    public void Add(DetectorJudge judge, int series, int accumulator, in Judgement judgement, bool report = true, Detail? detail = null, bool counts = true)
    {
        if (counts) Judged++;
        if (Assess(judge, series, judgement, report, detail) is var score and >= LeastScore)
            Unusual.Add(new Unusual(judge.Detector, series, accumulator, judgement, score, detail));
    }

    /// <summary>Takes a change of the level of one series.</summary>
    /// <param name="function">What of it has changed.</param>
    public void AddChange(DetectorJudge judge, int series, DetectorFunction function, LevelChange change)
    {
        var key = judge.Table[series].Key;
        Changes.Add(new ModelChange(judge.Detector, function.Name, key.Partition, key.By, key.Over, change.Since, change.Before, change.After, change.Size));
    }

    /// <summary>Takes what became of one member of a population; its probability is one of the population, whatever the number of its members.</summary>
    /// <param name="members">Where it is kept if it is unusual, until all of its member's series were judged.</param>
    public void AddMember(DetectorJudge judge, int series, int accumulator, in Judgement judgement, bool report, MemberFindings members, Detail? detail = null)
    {
        if (Assess(judge, series, judgement, report, detail) is var score and >= LeastScore)
            members.Add(judge, new Unusual(judge.Detector, series, accumulator, judgement, score, detail));
    }

    /// <summary>One more was judged: a population as a whole.</summary>
    public void CountOne() => Judged++;

    private double Assess(DetectorJudge judge, int series, in Judgement judgement, bool report, Detail? detail)
    {
        var (score, alert) = report && !Silent && judge.Frequent?.IsFrequent(judge.Table[series].Key) != true
            ? (ScoreMap.RecordScore(judgement.Strength, judgement.LogProbability), ScoreMap.StrengthScore(judgement.Alert))
            : (0, 0);
        if (alert > 0) _alerts.Add(judgement.Alert);
        if (KeepsValues)
        {
            var (low, high) = judgement.Bounds(judge.NeverNegative);
            Keep(judge, series, judgement.Value, judgement.Typical, low, high, ScoreMap.Probability(judgement.LogProbability), score, alert, detail);
        }
        return score;
    }

    /// <summary>Takes the value of a series that is not judged yet.</summary>
    public void AddUnjudged(DetectorJudge judge, int series, double value, Detail? detail = null)
    {
        if (KeepsValues) Keep(judge, series, value, double.NaN, double.NaN, double.NaN, double.NaN, 0, 0, detail is null ? null : detail with { Typical = null });
    }

    private void Keep(
        DetectorJudge judge, int series, double value, double typical, double low, double high, double probability, double score, double alert, Detail? detail)
    {
        var key = judge.Table[series].Key;
        Values.Add(new SeriesValue(judge.Detector, key.Partition, key.By, key.Over, value, typical, low, high, probability, score, alert)
        {
            ActualLongitude = detail?.Actual is [_, var actual] ? actual : double.NaN,
            TypicalLongitude = detail?.Typical is [_, var expected] ? expected : double.NaN,
        });
    }
}
