using Akka.Actor;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Placing;
using MlActors.Jobs.Upgrading;

namespace MlActors.Jobs.Nodes;

/// <summary>One on each node: says how the node stands, from what its jobs let others see. It asks no job.</summary>
internal sealed class NodeReporter : ReceiveActor
{
    internal const string Name = "node-report";

    /// <summary>What does not change, and where to look for what does.</summary>
    /// <param name="RunsJobs">Whether it runs jobs, and does not only lead to them.</param>
    /// <param name="ShardOf">The shard of a job.</param>
    internal sealed record Parts(NodeIdentity Node, bool RunsJobs, NodeRoom Room, JobObserver Observer, UpgradeSwitch Upgrade, Func<string, int> ShardOf, TimeProvider Time);

    public NodeReporter(Parts parts)
    {
        var started = parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Receive<DescribeNode>(describe => Sender.Tell(Describe(parts, started, describe.Jobs)));
    }

    private static NodeDescription Describe(Parts parts, long started, int most)
    {
        var now = parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var jobs = parts.Observer.Jobs.Select(job => (Job: job, Shard: parts.ShardOf(job.JobId), Behind: job.WaitingSince is { } since ? Math.Max(0, now - since) : 0)).ToList();
        var shards = jobs.GroupBy(job => job.Shard).OrderBy(shard => shard.Key).Select(shard => new ShardDescription(shard.Key, shard.Count(),
            shard.Count(job => job.Job.State is JobState.Opening or JobState.Opened or JobState.Closing), shard.Count(job => job.Job.State == JobState.Failed),
            shard.Count(job => job.Job.HasDatafeed), shard.Sum(job => job.Job.ModelBytes), shard.Sum(job => job.Job.WaitingBytes), shard.Max(job => job.Behind)));
        var listed = jobs.OrderByDescending(job => job.Behind).ThenByDescending(job => job.Job.ModelBytes).ThenBy(job => job.Job.JobId, StringComparer.Ordinal).Take(most)
            .Select(job => new NodeJob(job.Job.JobId, job.Shard, JobLifecycle.Name(job.Job.State), job.Job.HasDatafeed, job.Job.ModelBytes, job.Job.WaitingBytes, job.Behind, job.Job.Came));
        var (taken, limits) = (parts.Room.Taken, parts.Room.Limits);
        return new NodeDescription(parts.Node.Id, parts.Node.Name, parts.Node.EphemeralId, ServerInfo.Version, started, parts.Upgrade.IsOn,
            parts.RunsJobs ? new NodeRoomLimits(limits.MaxOpenJobs, limits.MaxModelBytes) : null, new NodeLoad(taken.Jobs, taken.Bytes), [.. shards], [.. listed]);
    }
}
