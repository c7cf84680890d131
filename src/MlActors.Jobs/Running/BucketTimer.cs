using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Running;

/// <summary>
/// What buckets cost: the time spent since the last finished bucket is shared out over the buckets that an input finishes.
/// Wall-clock figures, kept apart from the results, which are the same in every run.
/// </summary>
internal sealed class BucketTimer(TimingStats stats, long bucketSpanSeconds)
{
    private double _unshared;

    public TimingStats Stats { get; private set; } = stats;

    /// <summary>Accounts for the time of one fold.</summary>
    /// <returns>Milliseconds for each finished bucket.</returns>
    public double[] Add(TimeSpan elapsed, int buckets)
    {
        _unshared += elapsed.TotalMilliseconds;
        if (buckets == 0) return [];
        var each = _unshared / buckets;
        _unshared = 0;
        var perHour = each * 3600 / bucketSpanSeconds;
        // Weight of the newest buckets in the averages: about the last hundred count.
        var weight = 1 - Math.Pow(0.99, buckets);
        Stats = Stats with
        {
            BucketCount = Stats.BucketCount + buckets,
            TotalMs = Stats.TotalMs + (each * buckets),
            MinimumMs = Math.Min(Stats.MinimumMs ?? each, each),
            MaximumMs = Math.Max(Stats.MaximumMs ?? each, each),
            ExponentialAverageMs = Average(Stats.ExponentialAverageMs, each, weight),
            ExponentialAveragePerHourMs = Average(Stats.BucketCount == 0 ? null : Stats.ExponentialAveragePerHourMs, perHour, weight),
        };
        var result = new double[buckets];
        Array.Fill(result, each);
        return result;
    }

    private static double Average(double? before, double value, double weight) => before is { } old ? old + (weight * (value - old)) : value;
}
