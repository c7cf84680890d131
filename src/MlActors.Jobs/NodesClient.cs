using Akka.Actor;
using Akka.Cluster;

namespace MlActors.Jobs;

/// <summary>What a node answered.</summary>
/// <param name="Address">Host and port by which the nodes know it.</param>
/// <param name="Reply"><c>null</c> when it did not answer in time.</param>
public sealed record NodeAnswer<TReply>(string Address, TReply? Reply) where TReply : NodeReply;

/// <summary>Asks all nodes of the cluster the same.</summary>
internal sealed class NodesClient(ActorSystem system, TimeProvider time)
{
    // A question that got lost is asked again.
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(2);

    /// <param name="actor">Whom of each node.</param>
    /// <param name="timeout">For all of them together.</param>
    /// <returns>Without the nodes that left meanwhile.</returns>
    public async Task<IReadOnlyList<NodeAnswer<TReply>>> AskAsync<TReply>(string actor, NodeMessage message, TimeSpan timeout, CancellationToken cancellation)
        where TReply : NodeReply
    {
        var began = time.GetTimestamp();
        var answers = await Task.WhenAll(Cluster.Get(system).State.Members.Where(IsHere).Select(member => AskAsync(member.UniqueAddress)));
        return [.. answers.OfType<NodeAnswer<TReply>>()];

        async Task<NodeAnswer<TReply>?> AskAsync(UniqueAddress node)
        {
            var to = system.ActorSelection(new RootActorPath(node.Address) / "user" / actor);
            while (true)
            {
                var left = timeout - time.GetElapsedTime(began);
                if (!Cluster.Get(system).State.Members.Any(member => member.UniqueAddress.Equals(node) && IsHere(member))) return null;
                if (left <= TimeSpan.Zero) return new NodeAnswer<TReply>(NameOf(node.Address), null);
                try
                {
                    return new NodeAnswer<TReply>(NameOf(node.Address), await to.Ask<TReply>(message, left < Attempt ? left : Attempt, cancellation));
                }
                catch (AskTimeoutException)
                {
                    // Again, as long as there is time.
                }
            }
        }
    }

    // One that is leaving still has jobs.
    private static bool IsHere(Member member) => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving;

    internal static string NameOf(Address address) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");
}
