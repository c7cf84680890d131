using MlActors.Analysis;
using MlActors.Gateway.Errors;
using MlActors.Jobs.Results;

namespace MlActors.Gateway.Results;

/// <summary>The highest score of one job within an overall bucket.</summary>
public readonly record struct JobScore(string JobId, double MaxAnomalyScore);

/// <param name="Timestamp">Epoch seconds.</param>
public sealed record OverallBucket(long Timestamp, double OverallScore, bool IsInterim, IReadOnlyList<JobScore> Jobs);

/// <summary>
/// How unusual a time is over many jobs. Each job counts with its highest score in the span; the overall score is the mean of the highest of these.
/// A job without a bucket in the span counts with 0. A wider span takes the highest overall score of the narrower ones in it.
/// </summary>
/// <param name="baseSpan">Seconds: the widest bucket span of the jobs.</param>
/// <param name="jobCount">Number of jobs looked at.</param>
/// <param name="topN">How many of the highest scores are averaged.</param>
public sealed class OverallBuckets(long baseSpan, int jobCount, int topN)
{
    /// <summary>How many scores of jobs are held at most; it bounds the memory of one request.</summary>
    public const int MaxScores = 1_000_000;

    private readonly SortedDictionary<long, Entry> _entries = [];
    private int _scores;

    private sealed class Entry
    {
        public List<JobScore> Jobs { get; } = [];
        public bool IsInterim { get; set; }
    }

    /// <exception cref="ApiException">400: more than can be held.</exception>
    public void Add(string jobId, IEnumerable<BucketScore> buckets)
    {
        foreach (var bucket in buckets)
        {
            var start = BucketTime.Floor(bucket.Timestamp, baseSpan);
            if (!_entries.TryGetValue(start, out var entry)) _entries[start] = entry = new Entry();
            entry.IsInterim |= bucket.IsInterim;
            if (entry.Jobs.Count > 0 && entry.Jobs[^1].JobId == jobId)
            {
                if (bucket.AnomalyScore > entry.Jobs[^1].MaxAnomalyScore) entry.Jobs[^1] = new JobScore(jobId, bucket.AnomalyScore);
                continue;
            }
            entry.Jobs.Add(new JobScore(jobId, bucket.AnomalyScore));
            if (++_scores <= MaxScores) continue;
            throw ApiException.IllegalArgument(
                $"the range holds more than {MaxScores} buckets of jobs; narrow it with [start] and [end], or name fewer jobs");
        }
    }

    /// <param name="span">Seconds, at least the base span.</param>
    public IEnumerable<OverallBucket> Compute(long span, double minScore)
    {
        var merged = new List<OverallBucket>();
        foreach (var (start, entry) in _entries)
        {
            var bucket = new OverallBucket(BucketTime.Floor(start, span), Score(entry.Jobs), entry.IsInterim, entry.Jobs);
            if (merged.Count > 0 && merged[^1].Timestamp == bucket.Timestamp) merged[^1] = Merge(merged[^1], bucket);
            else merged.Add(bucket);
        }
        return merged.Where(bucket => bucket.OverallScore >= minScore);
    }

    private double Score(List<JobScore> jobs) =>
        jobs.Select(job => job.MaxAnomalyScore).OrderDescending().Take(topN).Sum() / Math.Max(1, Math.Min(topN, jobCount));

    private static OverallBucket Merge(OverallBucket a, OverallBucket b) => new(
        a.Timestamp,
        Math.Max(a.OverallScore, b.OverallScore),
        a.IsInterim || b.IsInterim,
        [.. a.Jobs.Concat(b.Jobs).GroupBy(job => job.JobId, StringComparer.Ordinal)
            .Select(job => new JobScore(job.Key, job.Max(score => score.MaxAnomalyScore))).OrderBy(job => job.JobId, StringComparer.Ordinal)]);
}
