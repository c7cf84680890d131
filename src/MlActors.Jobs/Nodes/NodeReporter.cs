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
    internal sealed record Parts(
        NodeIdentity Node, bool RunsJobs, NodeRoom Room, JobObserver Observer, UpgradeSwitch Upgrade, Func<string, int> ShardOf, TimeProvider Time);

    private sealed record Seen(LiveJob Job, int Shard, long BehindMs);

    public NodeReporter(Parts parts)
    {
        var started = parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Receive<DescribeNode>(describe => Sender.Tell(Describe(parts, started, describe.Jobs)));
    }

    private static NodeDescription Describe(Parts parts, long started, int most)
    {
        var now = parts.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var jobs = parts.Observer.Jobs.Select(job => new Seen(job, parts.ShardOf(job.JobId), Math.Max(0, now - (job.WaitingSince ?? now)))).ToList();
        var shards = jobs.GroupBy(job => job.Shard).OrderBy(shard => shard.Key).Select(shard => Describe(shard.Key, [.. shard]));
        var listed = jobs.OrderByDescending(job => job.BehindMs).ThenByDescending(job => job.Job.ModelBytes).ThenBy(job => job.Job.JobId, StringComparer.Ordinal)
            .Take(most).Select(Describe);
        var (taken, limits) = (parts.Room.Taken, parts.Room.Limits);
        return new NodeDescription(parts.Node.Id, parts.Node.Name, parts.Node.EphemeralId, ServerInfo.Version, started, parts.Upgrade.IsOn,
            parts.RunsJobs ? new NodeRoomLimits(limits.MaxOpenJobs, limits.MaxModelBytes) : null, new NodeLoad(taken.Jobs, taken.Bytes), [.. shards], [.. listed]);
    }

    private static ShardDescription Describe(int shard, IReadOnlyList<Seen> jobs) => new(
        shard, jobs.Count, jobs.Count(seen => seen.Job.State is JobState.Opening or JobState.Opened or JobState.Closing),
        jobs.Count(seen => seen.Job.State == JobState.Failed), jobs.Count(seen => seen.Job.HasDatafeed), jobs.Sum(seen => seen.Job.ModelBytes),
        jobs.Sum(seen => seen.Job.WaitingBytes), jobs.Max(seen => seen.BehindMs));

    private static NodeJob Describe(Seen seen) => new(
        seen.Job.JobId, seen.Shard, JobLifecycle.Name(seen.Job.State), seen.Job.HasDatafeed, seen.Job.ModelBytes, seen.Job.WaitingBytes, seen.BehindMs, seen.Job.Came);
}
