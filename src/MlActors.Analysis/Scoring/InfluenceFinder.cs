using MlActors.Analysis.Buckets;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Judging;
using MlActors.Analysis.Results;

namespace MlActors.Analysis.Scoring;

/// <summary>
/// Finds the influencer values that had a part in a record. The part of a value is 1 − ln p(without its records) / ln p of the bucket alone, at least
/// <see cref="LeastPart"/> to be named. Fields that the series is split by have its own value as their one influencer.
/// </summary>
internal sealed class InfluenceFinder
{
    public const double LeastPart = 0.25;

    private readonly AnalysisSettings _settings;
    private readonly DetectorJudge[] _judges;
    private readonly int[][] _tracked;
    private readonly List<(double Part, string Value)> _parts = [];

    /// <param name="tracked">For each detector and influencer, the position of its values in the detector's buckets, −1 when the series is split by it.</param>
    public InfluenceFinder(AnalysisSettings settings, DetectorJudge[] judges, int[][] tracked)
    {
        (_settings, _judges, _tracked) = (settings, judges, tracked);
    }

    public IReadOnlyList<Influence> Find(in Unusual record, OpenBucket? bucket)
    {
        if (_settings.Influencers.IsEmpty) return [];
        var found = new List<Influence>(_settings.Influencers.Length);
        var detector = _settings.Detectors[record.Detector];
        var key = _judges[record.Detector].Table[record.Series].Key;
        for (var i = 0; i < _settings.Influencers.Length; i++)
        {
            var field = _settings.Influencers[i];
            var position = _tracked[record.Detector][i];
            if (position < 0)
            {
                var own = field == detector.ByFieldName ? key.By : field == detector.OverFieldName ? key.Over : key.Partition;
                if (own.Length > 0) found.Add(new Influence(field, [own]));
            }
            else if (record.Accumulator >= 0)
            {
                var values = FindValues(record, bucket!.Detectors[record.Detector], position);
                if (values.Length > 0) found.Add(new Influence(field, values));
            }
        }
        return found;
    }

    private string[] FindValues(in Unusual record, DetectorBucket bucket, int position)
    {
        _parts.Clear();
        var first = bucket.FirstInfluence(record.Accumulator, position);
        for (var i = first; i >= 0; i = bucket.Influence(i).Next)
        {
            var part = Part(record, bucket, first, i);
            if (part >= LeastPart) _parts.Add((part, bucket.Influence(i).Value));
        }
        _parts.Sort(static (a, b) => a.Part != b.Part ? b.Part.CompareTo(a.Part) : string.CompareOrdinal(a.Value, b.Value));
        var values = new string[_parts.Count];
        for (var i = 0; i < values.Length; i++) values[i] = _parts[i].Value;
        return values;
    }

    private double Part(in Unusual record, DetectorBucket bucket, int first, int entry)
    {
        var function = record.Detail?.JudgedAs ?? _settings.Detectors[record.Detector].Function;
        // That a value came at all is due to all of its records alike.
        if (function.Aggregate is Aggregate.Rare or Aggregate.FrequentRare) return bucket.Influence(entry).Values.Count / bucket.At(record.Accumulator).Values.Count;
        if (function.Aggregate.IsOfEvents()) return PartOfEvent(record, bucket, first, entry);
        if (!TryWithout(function.Aggregate, bucket, record.Accumulator, first, entry, out var without)) return 1;
        var whole = record.Judgement.LogProbabilityOf(record.Judgement.Value);
        return whole >= 0 ? 0 : 1 - Math.Min(1, record.Judgement.LogProbabilityOf(without) / whole);
    }

    // Which records an event had is not kept. The values that may have been among them, by the range of what theirs show, share it by their records.
    private static double PartOfEvent(in Unusual record, DetectorBucket bucket, int first, int entry)
    {
        var (own, all) = (0.0, 0.0);
        for (var i = first; i >= 0; i = bucket.Influence(i).Next)
        {
            var values = bucket.Influence(i).Values;
            if (record.Judgement.Value < values.Min || record.Judgement.Value > values.Max) continue;
            all += values.Count;
            if (i == entry) own = values.Count;
        }
        return all > 0 ? own / all : 0;
    }

    // The series' value if the records of one influencer value had not been; false when nothing would be left.
    private static bool TryWithout(Aggregate aggregate, DetectorBucket bucket, int accumulator, int first, int entry, out double value)
    {
        var rest = bucket.At(accumulator).Values.Without(bucket.Influence(entry).Values);
        value = 0;
        if (aggregate is Aggregate.Min or Aggregate.Max) return TryExtremeOfOthers(aggregate, bucket, first, entry, out value);
        if (rest.Count <= 0) return aggregate.IsZeroWhenEmpty();
        value = bucket.CollectorAt(accumulator) is NumberCollector collector
            ? collector.Without(bucket.Influence(entry).Values, bucket.At(accumulator).Values)
            : rest.Value(aggregate);
        return true;
    }

    private static bool TryExtremeOfOthers(Aggregate aggregate, DetectorBucket bucket, int first, int entry, out double value)
    {
        var any = false;
        value = 0;
        for (var i = first; i >= 0; i = bucket.Influence(i).Next)
        {
            if (i == entry) continue;
            var other = bucket.Influence(i).Values.Value(aggregate);
            value = !any ? other : aggregate == Aggregate.Min ? Math.Min(value, other) : Math.Max(value, other);
            any = true;
        }
        return any;
    }
}
