namespace MlActors.Analysis.Results;

/// <summary>A finished (or, when interim, provisional) bucket with all that belongs to it. Times are epoch seconds, scores 0–100.</summary>
/// <param name="AnomalyScore">How unusual the bucket is, all its series together.</param>
/// <param name="AlertScore">How much of that is news: the highest of its series.</param>
public sealed record BucketResult(
    long Timestamp,
    long BucketSpan,
    double AnomalyScore,
    double AlertScore,
    long EventCount,
    bool IsInterim,
    IReadOnlyList<BucketInfluencer> BucketInfluencers,
    IReadOnlyList<RecordResult> Records,
    IReadOnlyList<InfluencerResult> Influencers)
{
    /// <summary>The values of all series, by detector, partition, by and over value; empty unless the settings ask for them.</summary>
    public IReadOnlyList<SeriesValue> Values { get; init; } = [];

    /// <summary>The largest of the changes of level that the bucket makes certain, the largest first.</summary>
    public IReadOnlyList<ModelChange> Changes { get; init; } = [];

    /// <summary>How many smaller ones there are.</summary>
    public int MoreChanges { get; init; }

    /// <summary>The descriptions of the scheduled events that overlap the bucket, in the order of their starts.</summary>
    public IReadOnlyList<string> ScheduledEvents { get; init; } = [];
}

/// <summary>How unusual the bucket is as seen by one influencer field, or by time alone (<c>bucket_time</c>).</summary>
public sealed record BucketInfluencer(string InfluencerFieldName, double AnomalyScore, double RawAnomalyScore, double Probability);

/// <summary>The values of an influencer field that had a part in a record.</summary>
public sealed record Influence(string FieldName, IReadOnlyList<string> FieldValues);

/// <summary>Why a record has its score.</summary>
/// <param name="AnomalyType"><c>spike</c> or <c>dip</c>; <c>null</c> for an unusual time or place.</param>
/// <param name="TypicalValue"><c>null</c> for a place, and so are the bounds.</param>
public sealed record ScoreExplanation(
    string? AnomalyType,
    int SingleBucketImpact,
    int MultiBucketImpact,
    double? TypicalValue,
    double? LowerConfidenceBound,
    double? UpperConfidenceBound);

/// <summary>What a member of a population did that the others do not.</summary>
/// <param name="ByFieldValue">The value of the by field that it concerns; <c>null</c> without one.</param>
public sealed record CauseResult(double Probability, string? ByFieldValue, IReadOnlyList<double> Typical, IReadOnlyList<double> Actual);

/// <summary>One anomaly of one series. Lists have one element for one-dimensional functions.</summary>
/// <param name="Probability">That the series shows a bucket so unusual, from its own past.</param>
/// <param name="RecordScore">How unusual the bucket is.</param>
/// <param name="MultiBucketImpact">From −5, when the bucket alone is unusual, to 5, when only the buckets before and with it are.</param>
/// <param name="AlertScore">How much of it is news: lower when comparable events were seen before, 0 while an event goes on.</param>
public sealed record RecordResult(
    int DetectorIndex,
    string Function,
    string FunctionDescription,
    string? FieldName,
    string? ByFieldName,
    string? ByFieldValue,
    string? OverFieldName,
    string? OverFieldValue,
    string? PartitionFieldName,
    string? PartitionFieldValue,
    double Probability,
    double RecordScore,
    double MultiBucketImpact,
    double AlertScore,
    IReadOnlyList<double> Typical,
    IReadOnlyList<double> Actual,
    IReadOnlyList<Influence> Influencers,
    IReadOnlyList<CauseResult> Causes,
    ScoreExplanation? Explanation)
{
    /// <summary>When values go together as a rule and did not here: the by value of the other series. The record is about the value given that of the other.</summary>
    public string? CorrelatedByFieldValue { get; init; }
}

/// <summary>How unusual the bucket is for one value of an influencer field.</summary>
public sealed record InfluencerResult(string FieldName, string FieldValue, double InfluencerScore, double Probability);
