using System.Runtime.InteropServices;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Results;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Scoring;

/// <summary>Makes the result of a bucket from what was unusual in it. Its order never depends on the order in which series were first seen.</summary>
internal sealed class ResultBuilder(AnalysisSettings settings, SeriesTable[] tables, InfluenceFinder influences)
{
    /// <summary>Records kept of a bucket: those with the highest scores.</summary>
    public const int MostRecords = 500;

    /// <summary>Influencers kept of a bucket.</summary>
    public const int MostInfluencers = 500;

    // More than this many do not make a bucket or an influencer any more certain.
    private const int MostJoined = 32;
    private const string TimeInfluencer = "bucket_time";

    private readonly List<double> _smallest = [];

    /// <param name="unusual">Sorted by this method.</param>
    /// <param name="judged">How many series were judged at all.</param>
    /// <param name="alert">The highest alert score of all series.</param>
    public BucketResult Build(long start, OpenBucket? bucket, List<Unusual> unusual, long judged, double alert, bool isInterim)
    {
        var events = (long)Math.Min(bucket?.Events ?? 0, long.MaxValue / 2);
        if (unusual.Count == 0) return new BucketResult(start, settings.BucketSpan, 0, alert, events, isInterim, [], [], []);

        unusual.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : ByKey(a, b));
        if (unusual.Count > MostRecords) unusual.RemoveRange(MostRecords, unusual.Count - MostRecords);
        _smallest.Clear();
        for (var i = 0; i < Math.Min(unusual.Count, MostJoined); i++) _smallest.Add(unusual[i].JointLog);
        var log = ScoreMap.AmongMany(CollectionsMarshal.AsSpan(_smallest), judged);

        unusual.Sort(ByKey);
        var records = new RecordResult[unusual.Count];
        var tally = new InfluencerTally(settings.Influencers);
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = Record(unusual[i], bucket);
            tally.Add(records[i].Influencers, unusual[i].JointLog);
        }
        var influencers = tally.Results(MostInfluencers, MostJoined, out var byField);
        var bucketInfluencers = new List<BucketInfluencer>(1 + byField.Count);
        if (ScoreMap.Score(log) > 0) bucketInfluencers.Add(BucketInfluencer(TimeInfluencer, log));
        foreach (var (field, fieldLog) in byField) bucketInfluencers.Add(BucketInfluencer(field, fieldLog));
        return new BucketResult(start, settings.BucketSpan, ScoreMap.Score(log), alert, events, isInterim, bucketInfluencers, records, influencers);
    }

    private static BucketInfluencer BucketInfluencer(string field, double log) => new(field, ScoreMap.Score(log), -log, ScoreMap.Probability(log));

    private RecordResult Record(in Unusual unusual, OpenBucket? bucket)
    {
        var table = tables[unusual.Detector];
        var detector = table.Detector;
        var series = table[unusual.Series];
        var judgement = unusual.Judgement;
        var (low, high) = judgement.Bounds(table.Shape.IsCount);
        var multi = (1 + judgement.Impact) / 2;
        return new RecordResult(
            detector.Index,
            detector.Function.Name,
            detector.Function.Description,
            detector.FieldName,
            detector.ByFieldName,
            detector.ByFieldName is null ? null : series.Key.By,
            OverFieldName: null,
            OverFieldValue: null,
            detector.PartitionFieldName,
            detector.PartitionFieldName is null ? null : series.Key.Partition,
            ScoreMap.Probability(judgement.LogProbability),
            unusual.Score,
            5 * judgement.Impact,
            ScoreMap.StrengthScore(judgement.Alert),
            [judgement.Expected.Mean],
            [judgement.Value],
            influences.Find(unusual, bucket),
            new ScoreExplanation(
                judgement.Value >= judgement.Expected.Mean ? "spike" : "dip",
                SingleBucketImpact: (int)Math.Round(unusual.Score * (1 - multi)),
                MultiBucketImpact: (int)Math.Round(unusual.Score * multi),
                judgement.Expected.Mean,
                low,
                high));
    }

    private int ByKey(Unusual a, Unusual b) => a.Detector != b.Detector
        ? a.Detector.CompareTo(b.Detector)
        : tables[a.Detector][a.Series].Key.CompareTo(tables[b.Detector][b.Series].Key);
}
