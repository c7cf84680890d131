namespace MlActors.Storage.Cluster;

/// <summary>A node as the others find it in the store that they share.</summary>
/// <param name="Address">Under which the others reach it; unique.</param>
/// <param name="Stage">How far it is with joining.</param>
/// <param name="Beat">Rises as long as the node lives, and begins anew with each of its starts.</param>
public sealed record NodeRow(string Address, NodeStage Stage, Guid Beat);

public enum NodeStage
{
    /// <summary>It looks for others.</summary>
    Seeking = 0,

    /// <summary>It found none, and makes the cluster that others join.</summary>
    Forming = 1,

    /// <summary>It was let into the cluster.</summary>
    Member = 2,
}

/// <summary>Where nodes that share a store find each other, and who of them is right when they lose each other.</summary>
public interface INodeTable
{
    /// <summary>Writes the node's own row with a new beat, and reads those of all others. Of nodes that do so at the same time each sees what the ones before it wrote.</summary>
    /// <param name="forms">For a node that is seeking: whether, with these others, it is to form the cluster. Its row then says so before any other node can read it.</param>
    /// <returns>The rows of all other nodes, and whether it forms the cluster.</returns>
    Task<(IReadOnlyList<NodeRow> Others, bool Forms)> BeatAsync(string address, NodeStage stage, Func<IReadOnlyList<NodeRow>, bool> forms);

    /// <summary>Removes the row of a node that is gone.</summary>
    Task RemoveAsync(string address);

    /// <summary>Takes something that one owner at a time may have, or keeps it. Time is the store's.</summary>
    /// <param name="holds">How long it is the owner's without being taken again.</param>
    /// <param name="allies">Owners from whom it may be taken.</param>
    /// <returns>Whether it is the owner's now.</returns>
    Task<bool> TakeLeaseAsync(string name, string owner, TimeSpan holds, params IReadOnlyList<string> allies);

    /// <summary>Gives back what the owner has; nothing happens if it has it no more.</summary>
    Task ReturnLeaseAsync(string name, string owner);
}
