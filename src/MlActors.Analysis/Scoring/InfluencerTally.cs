using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MlActors.Analysis.Results;

namespace MlActors.Analysis.Scoring;

/// <summary>Joins the records of a bucket by the influencer values that had a part in them.</summary>
internal sealed class InfluencerTally(ImmutableArray<string> fields)
{
    private readonly Dictionary<(int Field, string Value), int> _places = [];
    private readonly List<(int Field, string Value, double Lone, List<double> Shared)> _values = [];

    public void Add(IReadOnlyList<Influence> influences, in Unusual unusual)
    {
        foreach (var influence in influences)
        {
            var field = fields.IndexOf(influence.FieldName);
            foreach (var value in influence.FieldValues)
            {
                if (!_places.TryGetValue((field, value), out var place))
                {
                    place = _values.Count;
                    _places.Add((field, value), place);
                    _values.Add((field, value, 0, []));
                }
                ref var entry = ref CollectionsMarshal.AsSpan(_values)[place];
                entry.Lone = Math.Min(entry.Lone, unusual.LoneLog);
                entry.Shared.Add(unusual.SharedLog);
            }
        }
    }

    /// <summary>The influencers, at most <paramref name="most"/> by score, ordered by field (as in the settings) and value.</summary>
    /// <param name="joined">How many records at most are joined for one value, its least probable ones.</param>
    /// <param name="byField">For each field that has any, the least probability of its values, log10.</param>
    public IReadOnlyList<InfluencerResult> Results(int most, int joined, out List<(string Field, double Log)> byField)
    {
        byField = [];
        var all = new List<(int Field, string Value, double Log)>(_values.Count);
        foreach (var (field, value, lone, shared) in _values)
        {
            shared.Sort();
            all.Add((field, value, Math.Min(lone, ScoreMap.Fisher(CollectionsMarshal.AsSpan(shared)[..Math.Min(joined, shared.Count)]))));
        }
        all.Sort((a, b) => a.Log != b.Log ? a.Log.CompareTo(b.Log) : ByName(a, b));
        if (all.Count > most) all.RemoveRange(most, all.Count - most);
        all.Sort(ByName);
        var results = new List<InfluencerResult>(all.Count);
        foreach (var (field, value, log) in all)
        {
            results.Add(new InfluencerResult(fields[field], value, ScoreMap.Score(log), ScoreMap.Probability(log)));
            if (byField.Count == 0 || byField[^1].Field != fields[field]) byField.Add((fields[field], log));
            else if (log < byField[^1].Log) byField[^1] = (fields[field], log);
        }
        return results;
    }

    private static int ByName((int Field, string Value, double Log) a, (int Field, string Value, double Log) b) =>
        a.Field != b.Field ? a.Field.CompareTo(b.Field) : string.CompareOrdinal(a.Value, b.Value);
}
