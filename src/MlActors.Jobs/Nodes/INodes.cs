namespace MlActors.Jobs.Nodes;

/// <summary>The nodes of the cluster, for everything outside the actor system.</summary>
public interface INodes
{
    /// <summary>Asks all nodes how they stand.</summary>
    /// <param name="jobs">Of how many jobs each is to tell, at most.</param>
    Task<IReadOnlyList<NodeAnswer<NodeDescription>>> DescribeAsync(int jobs, TimeSpan timeout, CancellationToken cancellation);
}

/// <summary>How a node stands in the cluster, as the node that asks sees it.</summary>
/// <param name="Address">Host and port by which the nodes know it.</param>
/// <param name="State">Of its membership; <c>unreachable</c> when it does not answer the others.</param>
/// <param name="Leader">Whether it decides who is a member.</param>
/// <param name="Oldest">Whether what there is one of in the cluster runs there: watchdog, maintenance, placing of shards.</param>
public sealed record NodeStanding(string Address, string State, IReadOnlyList<string> Roles, bool Leader, bool Oldest);

/// <summary>What a node answered.</summary>
/// <param name="Reply"><c>null</c> when it did not answer in time.</param>
public sealed record NodeAnswer<TReply>(NodeStanding Node, TReply? Reply) where TReply : NodeReply;
