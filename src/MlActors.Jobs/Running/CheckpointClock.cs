using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Running;

/// <summary>How often a job is snapshotted by the clock.</summary>
internal static class CheckpointClock
{
    /// <summary>The job's own interval, or the default plus up to an hour by job id, so that many jobs do not do it at the same moment.</summary>
    public static TimeSpan Interval(JobConfig config, RunningOptions options) =>
        config.BackgroundPersistInterval is { } text ? TimeValue.Parse(text, "background_persist_interval").Duration
            : options.CheckpointInterval + TimeSpan.FromSeconds(Spread(config.JobId, 3600));

    /// <summary>A number in [0, bound) that depends on the id alone.</summary>
    private static uint Spread(string jobId, uint bound)
    {
        // FNV-1a, 32 bit.
        var hash = 2166136261u;
        foreach (var character in jobId) hash = (hash ^ character) * 16777619u;
        return hash % bound;
    }
}
