using System.Globalization;
using Akka.Actor;
using Akka.Cluster;

namespace MlActors.Jobs.Nodes;

/// <summary>Asks all nodes of the cluster the same.</summary>
internal sealed class NodesClient(ActorSystem system, NodeIdentity here, TimeProvider time) : INodes
{
    // A question that got lost is asked again.
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(2);

    public Task<IReadOnlyList<NodeAnswer<NodeDescription>>> DescribeAsync(int jobs, TimeSpan timeout, CancellationToken cancellation) =>
        AskAsync<NodeDescription>(NodeReporter.Name, new DescribeNode(jobs), timeout, cancellation);

    /// <param name="actor">Whom of each node.</param>
    /// <param name="timeout">For all of them together.</param>
    /// <returns>With the nodes that came meanwhile and without those that left, in the order of their addresses.</returns>
    public async Task<IReadOnlyList<NodeAnswer<TReply>>> AskAsync<TReply>(string actor, NodeMessage message, TimeSpan timeout, CancellationToken cancellation)
        where TReply : NodeReply
    {
        var (cluster, began) = (Cluster.Get(system), time.GetTimestamp());
        var answers = new Dictionary<Member, NodeAnswer<TReply>?>();
        while (cluster.State.Members.Where(member => IsHere(member) && !answers.ContainsKey(member)).ToList() is { Count: > 0 } asked)
        {
            foreach (var (member, answer) in asked.Zip(await Task.WhenAll(asked.Select(AskAsync)))) answers[member] = answer;
        }
        return [.. answers.OrderBy(pair => NameOf(pair.Key.Address), StringComparer.Ordinal).Select(pair => pair.Value).OfType<NodeAnswer<TReply>>()];

        async Task<NodeAnswer<TReply>?> AskAsync(Member member)
        {
            var to = system.ActorSelection(new RootActorPath(member.Address) / "user" / actor);
            while (true)
            {
                var left = timeout - time.GetElapsedTime(began);
                if (Now(member) is not { } now) return null;
                if (left <= TimeSpan.Zero) return new NodeAnswer<TReply>(StandingOf(now), null);
                try
                {
                    return new NodeAnswer<TReply>(StandingOf(now), await to.Ask<TReply>(message, left < Attempt ? left : Attempt, cancellation));
                }
                catch (AskTimeoutException)
                {
                    // Again, as long as there is time.
                }
            }
        }

        Member? Now(Member asked) => cluster.State.Members.FirstOrDefault(member => member.UniqueAddress.Equals(asked.UniqueAddress) && IsHere(member));

        NodeStanding StandingOf(Member member)
        {
            var state = cluster.State;
            var jobs = state.Members.Where(other => other.HasRole(JobsHosting.Role) && IsHere(other));
            var oldest = jobs.Aggregate((Member?)null, (a, b) => a is null || b.IsOlderThan(a) ? b : a);
            // One that is alone has an address that nobody can use.
            var address = member.Address.Equals(cluster.SelfAddress) ? here.TransportAddress : NameOf(member.Address);
            var status = state.Unreachable.Contains(member) ? "unreachable" : member.Status.ToString().ToLowerInvariant();
            return new NodeStanding(address, status, [.. member.Roles.Order(StringComparer.Ordinal)], member.Address.Equals(state.Leader), member.Equals(oldest));
        }
    }

    // One that is leaving still has jobs.
    private static bool IsHere(Member member) => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving;

    private static string NameOf(Address address) => string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");
}
