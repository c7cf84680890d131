using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Upgrading;

/// <summary>Has a job rest, or go on, as its node says. Answered with <see cref="UpgradeModeFollowed"/> when it does.</summary>
public sealed record FollowUpgradeMode(string JobId) : JobMessage(JobId);

/// <param name="Version">Of the setting that the job follows.</param>
public sealed record UpgradeModeFollowed(string JobId, long Version) : JobReply(JobId);

/// <summary>Asks a node to read the setting if it knows an older one. Answered with <see cref="UpgradeModeReached"/> when all jobs on it follow.</summary>
public sealed record ReachUpgradeMode(long Version) : NodeMessage;

/// <param name="Version">What the node knows now: it may be newer.</param>
public sealed record UpgradeModeReached(string NodeId, long Version, bool Enabled) : NodeReply(NodeId);
