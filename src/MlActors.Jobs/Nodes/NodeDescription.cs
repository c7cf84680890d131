using MlActors.Jobs.Placing;

namespace MlActors.Jobs.Nodes;

/// <summary>Asks a node how it stands. Answered with <see cref="NodeDescription"/>.</summary>
/// <param name="Jobs">Of how many of its jobs it is to tell, at most.</param>
public sealed record DescribeNode(int Jobs) : NodeMessage;

/// <summary>A node, as it sees itself. Times are wall-clock epoch milliseconds.</summary>
/// <param name="Version">Of MlActors.</param>
/// <param name="StartedMs">When its process began.</param>
/// <param name="UpgradeMode">Whether its jobs rest.</param>
/// <param name="Room">What it takes; <c>null</c> when it runs no jobs.</param>
/// <param name="Taken">What jobs that are open or on their way ask of that: their number, and what their limits come to.</param>
/// <param name="Shards">Those that have jobs in its memory, in the order of their numbers.</param>
/// <param name="Jobs">Those that are most behind, and among equals those with the largest models.</param>
public sealed record NodeDescription(
    string NodeId, string Name, string EphemeralId, string Version, long StartedMs, bool UpgradeMode, NodeRoomLimits? Room, NodeLoad Taken,
    IReadOnlyList<ShardDescription> Shards, IReadOnlyList<NodeJob> Jobs) : NodeReply(NodeId);

/// <summary>See <see cref="RoomLimits"/>.</summary>
public sealed record NodeRoomLimits(int MaxOpenJobs, long MaxModelBytes);

/// <summary>The jobs of a shard that have an owner now.</summary>
/// <param name="Jobs">All of them, those that are closed and not yet gone included.</param>
/// <param name="Running">Those that are opening, open or closing.</param>
/// <param name="BehindMs">How long the one that is most behind has had input that is not analysed yet.</param>
public sealed record ShardDescription(int Shard, int Jobs, int Running, int Failed, int Datafeeds, long ModelBytes, long WaitingBytes, long BehindMs);

/// <summary>A job that has its owner on the node.</summary>
/// <param name="Came">How it came there; <c>null</c> when it was opened there.</param>
public sealed record NodeJob(string JobId, int Shard, string State, bool Datafeed, long ModelBytes, long WaitingBytes, long BehindMs, JobArrival? Came);

/// <summary>How a job that runs came to its node.</summary>
/// <param name="AtMs">When; wall-clock epoch milliseconds.</param>
/// <param name="From">Where it was before: the name of the node if that handed it over, else its id.</param>
/// <param name="Why">In a few words.</param>
public sealed record JobArrival(long AtMs, string From, string Why)
{
    public const string Rebalanced = "moved to where there was more room";
    public const string NodeLeft = "its node was asked to stop";
    public const string NodeGone = "its node was gone";
    public const string Restarted = "its node, or its owner on it, started again";
}
