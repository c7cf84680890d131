namespace MlActors.Jobs.Placing;

/// <summary>What jobs ask of a node: how many there are, and what the limits of their models come to.</summary>
public readonly record struct NodeLoad(long Jobs, long Bytes)
{
    public static NodeLoad operator +(NodeLoad a, NodeLoad b) => new(a.Jobs + b.Jobs, a.Bytes + b.Bytes);

    public static NodeLoad operator -(NodeLoad a, NodeLoad b) => new(a.Jobs - b.Jobs, a.Bytes - b.Bytes);

    /// <summary>The share of a node that they take of what runs out first; above 1 when they do not all fit.</summary>
    public double ShareOf(RoomLimits limits) => Math.Max((double)Jobs / limits.MaxOpenJobs, (double)Bytes / limits.MaxModelBytes);
}
