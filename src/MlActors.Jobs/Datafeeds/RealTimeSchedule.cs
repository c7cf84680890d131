using MlActors.Analysis;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Datafeeds;

/// <summary>When a datafeed looks for new data, and up to which time. Epoch milliseconds.</summary>
/// <param name="FrequencyMs">Time between two looks.</param>
/// <param name="DelayMs">How long after its time data may still come.</param>
public sealed record RealTimeSchedule(long FrequencyMs, long DelayMs)
{
    // A look that is due when a stretch ends must not come just before it.
    private const long MarginMs = 100;

    public static RealTimeSchedule Of(DatafeedConfig datafeed, JobConfig job) => new(
        datafeed.Frequency is { } frequency ? TimeValue.Parse(frequency, "frequency").TotalSeconds * 1000 : DefaultFrequency(job.AnalysisConfig.BucketSpanSeconds) * 1000,
        datafeed.QueryDelayMs);

    /// <summary>Half the bucket span, but at least a minute and at most ten; an hour for buckets longer than half a day. Seconds.</summary>
    public static long DefaultFrequency(long bucketSpanSeconds) => bucketSpanSeconds switch
    {
        <= 120 => 60,
        <= 20 * 60 => bucketSpanSeconds / 2,
        <= 12 * 3600 => 600,
        _ => 3600,
    };

    /// <summary>The next time to look: a little after the end of a stretch has become old enough.</summary>
    public long NextLook(long nowMs) => Floor(nowMs) + FrequencyMs + (DelayMs % FrequencyMs) + MarginMs;

    /// <summary>Up to where data is complete by now, exclusive: the end of a stretch.</summary>
    public long CompleteTo(long nowMs) => Floor(nowMs - DelayMs);

    private long Floor(long ms) => BucketTime.Floor(ms, FrequencyMs);
}
