using MlActors.Analysis.Buckets;
using MlActors.Analysis.Judging;
using MlActors.Analysis.Results;

namespace MlActors.Analysis.Scoring;

/// <summary>Has every detector judge a bucket and makes one result of it.</summary>
internal sealed class BucketEvaluator(AnalysisSettings settings, DetectorJudge[] judges, InfluenceFinder influences)
{
    private readonly Findings _findings = new(settings.KeepsValues);
    private readonly ResultBuilder _results = new(settings, judges, influences);

    /// <summary>The result of a bucket that is over; models learn it.</summary>
    /// <param name="bucket"><c>null</c> when it had no records.</param>
    public BucketResult Finish(long start, OpenBucket? bucket) => Evaluate(start, bucket, learn: true, stillFilling: false);

    /// <summary>The provisional result of an open bucket; nothing changes.</summary>
    /// <param name="stillFilling">Whether more records are to be expected: low counts and sums then mean nothing yet.</param>
    public BucketResult Preview(OpenBucket bucket, bool stillFilling) => Evaluate(bucket.Start, bucket, learn: false, stillFilling);

    private BucketResult Evaluate(long start, OpenBucket? bucket, bool learn, bool stillFilling)
    {
        _findings.Clear();
        foreach (var judge in judges)
        {
            var slice = bucket?.Detectors[judge.Detector];
            judge.Judge(slice, start, learn, stillFilling, _findings);
            if (learn && slice is not null) judge.Frequent?.Learn(slice, judge.Table, start);
        }
        return _results.Build(start, bucket, _findings, isInterim: !learn);
    }
}
