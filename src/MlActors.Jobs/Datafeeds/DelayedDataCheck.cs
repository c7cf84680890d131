using System.Text.Json;
using MlActors.Analysis;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Results;

namespace MlActors.Jobs.Datafeeds;

/// <summary>Finds data that came when its buckets were finished: the source has more of it now than the job has seen.</summary>
internal sealed class DelayedDataCheck
{
    /// <summary>A window has fewer buckets than this.</summary>
    public const int MostBuckets = 10_000;

    private const long TwoHours = 2 * 3600;
    private const int DefaultBuckets = 8;

    private readonly DatafeedConfig _datafeed;
    private readonly string _jobId;
    private readonly long _spanMs;
    private readonly long _windowMs;
    private readonly IResults _results;
    private readonly long _everyMs;
    private long _last;

    public DelayedDataCheck(DatafeedConfig datafeed, JobConfig job, IResults results, TimeSpan every)
    {
        (_datafeed, _jobId, _results) = (datafeed, job.JobId, results);
        _spanMs = job.AnalysisConfig.BucketSpanSeconds * 1000;
        _windowMs = WindowMs(datafeed, job);
        _everyMs = Math.Min((long)every.TotalMilliseconds, _windowMs);
    }

    /// <summary>How far back it looks.</summary>
    public static long WindowMs(DatafeedConfig datafeed, JobConfig job)
    {
        var span = job.AnalysisConfig.BucketSpanSeconds;
        return (datafeed.DelayedDataCheck.CheckWindow is { } window
            ? TimeValue.Parse(window, "check_window").TotalSeconds
            : Math.Min(Math.Max(TwoHours, DefaultBuckets * span), (MostBuckets - 1) * span)) * 1000;
    }

    /// <summary>Looks, if it is time to.</summary>
    /// <param name="readTo">Up to where the datafeed has read, epoch milliseconds.</param>
    /// <returns>The buckets that lack something, sorted by time; none when it was not time, or the source cannot say.</returns>
    public async Task<IReadOnlyList<LateBucket>> LookAsync(IDatafeedSource source, long readTo, long nowMs, CancellationToken cancellation)
    {
        // Records that stand for many documents cannot be counted so.
        if (!_datafeed.DelayedDataCheck.Enabled || _datafeed.Aggregations is not null || nowMs - _last < _everyMs) return [];
        _last = nowMs;
        var to = BucketTime.Floor(readTo, _spanMs);
        var from = to - BucketTime.Floor(_windowMs, _spanMs);
        var seen = await ReadSeenAsync(from, to);
        if (seen.Count == 0 || await source.CountAsync(from, to, _spanMs, cancellation) is not { } counts) return [];
        // What is not finished yet, or was before the job's first bucket, is not late.
        return [.. counts.Where(count => seen.TryGetValue(count.StartMs, out var got) && count.Records > got)
            .Select(count => new LateBucket(count.StartMs, count.Records, seen[count.StartMs]))];
    }

    private async Task<Dictionary<long, long>> ReadSeenAsync(long from, long to)
    {
        var page = await _results.QueryAsync(new ResultQuery(ResultKind.Bucket, _jobId, 0, ExcludeInterim: true, from, to, 0, MostBuckets, "timestamp", Descending: false));
        var seen = new Dictionary<long, long>(page.Documents.Count);
        foreach (var document in page.Documents)
        {
            using var bucket = JsonDocument.Parse(document);
            seen[bucket.RootElement.GetProperty("timestamp").GetInt64()] = bucket.RootElement.GetProperty("event_count").GetInt64();
        }
        return seen;
    }
}
