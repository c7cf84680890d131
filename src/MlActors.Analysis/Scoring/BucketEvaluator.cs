using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Judging;
using MlActors.Analysis.Results;
using MlActors.Analysis.Rules;

namespace MlActors.Analysis.Scoring;

/// <summary>Has every detector judge a bucket and makes one result of it.</summary>
internal sealed class BucketEvaluator(AnalysisSettings settings, DetectorJudge[] judges, InfluenceFinder influences)
{
    private readonly Findings _findings = new() { KeepsValues = settings.KeepsValues };
    private readonly ResultBuilder _results = new(settings, judges, influences);
    private readonly Crowd _crowd = new();
    private EventSchedule _schedule = new([]);

    /// <inheritdoc cref="JobAnalysis.KeepsValues"/>
    public bool KeepsValues { get => _findings.KeepsValues; set => _findings.KeepsValues = value; }

    /// <summary>The result of a bucket that is over; models learn it, unless an event says that they must not.</summary>
    /// <param name="bucket"><c>null</c> when it had no records.</param>
    public BucketResult Finish(long start, OpenBucket? bucket) => Evaluate(start, bucket, over: true, stillFilling: false);

    /// <summary>The provisional result of an open bucket; nothing changes.</summary>
    /// <param name="stillFilling">Whether more records are to be expected: low counts and sums then mean nothing yet.</param>
    public BucketResult Preview(OpenBucket bucket, bool stillFilling) => Evaluate(bucket.Start, bucket, over: false, stillFilling);

    /// <summary>From now on this context holds.</summary>
    public void Use(AnalysisContext context)
    {
        _schedule = new EventSchedule(context.Events);
        var rules = DetectorRules.Of(context, judges.Length);
        foreach (var judge in judges) judge.Rules = rules[judge.Detector];
    }

    public void Write(ByteWriter writer) => _crowd.Write(writer);

    public void Read(ref ByteReader reader) => _crowd.Read(ref reader);

    private BucketResult Evaluate(long start, OpenBucket? bucket, bool over, bool stillFilling)
    {
        var (events, effect) = _schedule.In(start, start + settings.BucketSpan);
        _findings.Begin(silent: effect.SkipResult);
        foreach (var judge in judges)
        {
            var slice = bucket?.Detectors[judge.Detector];
            judge.Judge(slice, start, learn: over && !effect.SkipModelUpdate, stillFilling, _findings);
            if (!over || slice is null) continue;
            if (effect.SkipModelUpdate) judge.NoteSeen(slice, start);
            else judge.Frequent?.Learn(slice, judge.Table, start);
        }
        var result = _results.Build(start, bucket, _findings, _crowd, isInterim: !over);
        if (over && !effect.SkipModelUpdate && !effect.SkipResult && _findings.IsOfMany) _crowd.Learn(_findings.Strongest);
        return events.Count == 0 ? result : result with { ScheduledEvents = events };
    }
}
