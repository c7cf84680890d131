using System.Runtime.InteropServices;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Judging;
using MlActors.Analysis.Results;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Scoring;

/// <summary>Makes the result of a bucket from what was unusual in it. Its order never depends on the order in which series were first seen.</summary>
internal sealed class ResultBuilder(AnalysisSettings settings, DetectorJudge[] judges, InfluenceFinder influences)
{
    /// <summary>Records kept of a bucket: those with the highest scores.</summary>
    public const int MostRecords = 500;

    /// <summary>Influencers kept of a bucket.</summary>
    public const int MostInfluencers = 500;

    /// <summary>Changes of level kept of a bucket: the largest.</summary>
    public const int MostChanges = 16;

    private const string TimeInfluencer = "bucket_time";

    private readonly List<double> _smallest = [];

    /// <param name="findings">Its list is sorted by this method.</param>
    public BucketResult Build(long start, OpenBucket? bucket, Findings findings, Crowd crowd, bool isInterim)
    {
        var unusual = findings.Unusual;
        var events = (long)Math.Min(bucket?.Events ?? 0, long.MaxValue / 2);
        if (unusual.Count == 0)
            return WithLists(new BucketResult(start, settings.BucketSpan, 0, findings.AlertScore(0), events, isInterim, [], [], []), findings);

        unusual.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : ByKey(a, b));
        if (unusual.Count > MostRecords) unusual.RemoveRange(MostRecords, unusual.Count - MostRecords);
        _smallest.Clear();
        for (var i = 0; i < Math.Min(unusual.Count, ScoreMap.MostJoined); i++) _smallest.Add(unusual[i].SharedLog);
        _smallest.Sort();
        var judged = Math.Max(1, findings.Judged);
        var log = Math.Min(ScoreMap.AmongMany([unusual[0].LoneLog], judged), ScoreMap.AmongMany(CollectionsMarshal.AsSpan(_smallest), judged));
        var crowdLog = 0.0;
        if (findings.IsOfMany)
        {
            // The strongest series of each bucket make one series, which is scored like any other.
            var strongest = ScoreMap.StrengthOf(unusual[0].Score);
            crowdLog = crowd.LogProbability(strongest);
            log = Math.Min(log, ScoreMap.LogOf(ScoreMap.RecordScore(strongest, crowdLog)));
        }

        unusual.Sort(ByKey);
        var records = new RecordResult[unusual.Count];
        var tally = new InfluencerTally(settings.Influencers);
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = Record(unusual[i], bucket);
            tally.Add(records[i].Influencers, unusual[i]);
        }
        var influencers = tally.Results(MostInfluencers, ScoreMap.MostJoined, out var byField);
        var bucketInfluencers = new List<BucketInfluencer>(1 + byField.Count);
        if (ScoreMap.Score(log) > 0) bucketInfluencers.Add(BucketInfluencer(TimeInfluencer, log));
        foreach (var (field, fieldLog) in byField) bucketInfluencers.Add(BucketInfluencer(field, fieldLog));
        return WithLists(
            new BucketResult(start, settings.BucketSpan, ScoreMap.Score(log), findings.AlertScore(crowdLog), events, isInterim, bucketInfluencers, records, influencers), findings);
    }

    // Values and changes, which there are in few buckets.
    private static BucketResult WithLists(BucketResult result, Findings findings)
    {
        if (findings.Values.Count > 0) result = result with { Values = ValuesOf(findings) };
        if (findings.Changes.Count == 0) return result;
        findings.Changes.Sort((a, b) => a.Size != b.Size ? b.Size.CompareTo(a.Size) : ByKey(a, b));
        var kept = Math.Min(findings.Changes.Count, MostChanges);
        return result with { Changes = [.. findings.Changes.Take(kept)], MoreChanges = findings.Changes.Count - kept };
    }

    private static BucketInfluencer BucketInfluencer(string field, double log) => new(field, ScoreMap.Score(log), -log, ScoreMap.Probability(log));

    private RecordResult Record(in Unusual unusual, OpenBucket? bucket)
    {
        var judge = judges[unusual.Detector];
        var detector = judge.Settings;
        var key = judge.Table[unusual.Series].Key;
        var judgement = unusual.Judgement;
        var (low, high) = judgement.Bounds(judge.NeverNegative);
        var multi = (1 + judgement.Impact) / 2;
        var isPlace = detector.Function.Aggregate == Aggregate.GeographicPoint;
        return new RecordResult(
            detector.Index,
            detector.Function.Name,
            (unusual.Detail?.JudgedAs ?? detector.Function).Description,
            detector.FieldName,
            detector.ByFieldName,
            detector.ByFieldName is null ? null : key.By,
            detector.OverFieldName,
            detector.OverFieldName is null ? null : key.Over,
            detector.PartitionFieldName,
            detector.PartitionFieldName is null ? null : key.Partition,
            ScoreMap.Probability(judgement.LogProbability),
            unusual.Score,
            5 * judgement.Impact,
            ScoreMap.StrengthScore(judgement.Alert),
            unusual.Detail?.Typical ?? [judgement.Typical],
            unusual.Detail?.Actual ?? [judgement.Value],
            influences.Find(unusual, bucket),
            unusual.Detail?.Causes ?? [],
            new ScoreExplanation(
                detector.Function.Aggregate.IsOfEvents() ? null : judgement.Value >= judgement.Typical ? "spike" : "dip",
                SingleBucketImpact: (int)Math.Round(unusual.Score * (1 - multi)),
                MultiBucketImpact: (int)Math.Round(unusual.Score * multi),
                isPlace ? null : judgement.Typical,
                isPlace ? null : low,
                isPlace ? null : high)) { CorrelatedByFieldValue = unusual.Detail?.CorrelatedBy };
    }

    private static SeriesValue[] ValuesOf(Findings findings)
    {
        if (findings.Values.Count > 1) findings.Values.Sort(ByKey);
        return findings.Values.Count == 0 ? [] : [.. findings.Values];
    }

    private static int ByKey(ModelChange a, ModelChange b)
    {
        if (a.DetectorIndex != b.DetectorIndex) return a.DetectorIndex.CompareTo(b.DetectorIndex);
        var order = new SeriesKey(a.Partition, a.By, a.Over).CompareTo(new SeriesKey(b.Partition, b.By, b.Over));
        return order != 0 ? order : string.CompareOrdinal(a.Function, b.Function);
    }

    private static int ByKey(SeriesValue a, SeriesValue b) => a.DetectorIndex != b.DetectorIndex
        ? a.DetectorIndex.CompareTo(b.DetectorIndex)
        : new SeriesKey(a.Partition, a.By, a.Over).CompareTo(new SeriesKey(b.Partition, b.By, b.Over));

    private int ByKey(Unusual a, Unusual b) => a.Detector != b.Detector
        ? a.Detector.CompareTo(b.Detector)
        : judges[a.Detector].Table[a.Series].Key.CompareTo(judges[b.Detector].Table[b.Series].Key);
}
