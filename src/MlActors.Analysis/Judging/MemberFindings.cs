using MlActors.Analysis.Modelling;
using MlActors.Analysis.Results;
using MlActors.Analysis.Scoring;

namespace MlActors.Analysis.Judging;

/// <summary>
/// What is unusual of the members of populations in one bucket. A member has one record, whatever of it is unusual: the most unusual is what the
/// record says, and all of it, the most unusual first, are its causes.
/// </summary>
internal sealed class MemberFindings
{
    /// <summary>Causes named of one record.</summary>
    public const int MostCauses = 10;

    private readonly Dictionary<(string Partition, string Over), List<Unusual>> _members = [];

    public void Add(DetectorJudge judge, in Unusual unusual)
    {
        var key = judge.Table[unusual.Series].Key;
        if (!_members.TryGetValue((key.Partition, key.Over), out var list)) _members.Add((key.Partition, key.Over), list = []);
        list.Add(unusual);
    }

    /// <summary>Hands one record for each member on, and forgets them.</summary>
    public void Report(DetectorJudge judge, Findings findings)
    {
        foreach (var (_, all) in _members)
        {
            all.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : string.CompareOrdinal(judge.Table[a.Series].Key.By, judge.Table[b.Series].Key.By));
            var causes = new List<CauseResult>(Math.Min(all.Count, MostCauses));
            foreach (var unusual in all)
            {
                if (causes.Count == MostCauses) break;
                causes.Add(Cause(judge, unusual));
            }
            findings.Unusual.Add(all[0] with { Detail = new Detail(all[0].Detail?.Actual, all[0].Detail?.Typical, causes) });
        }
        _members.Clear();
    }

    private static CauseResult Cause(DetectorJudge judge, in Unusual unusual) => new(
        ScoreMap.Probability(unusual.Judgement.LogProbability),
        judge.Settings.ByFieldName is null ? null : judge.Table[unusual.Series].Key.By,
        unusual.Detail?.Typical ?? [unusual.Judgement.Typical],
        unusual.Detail?.Actual ?? [unusual.Judgement.Value]);
}
