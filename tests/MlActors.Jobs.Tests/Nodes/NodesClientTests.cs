using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using MlActors.Jobs.Nodes;
using MlActors.Jobs.Upgrading;
using MlActors.Jobs.Wire;

namespace MlActors.Jobs.Tests.Nodes;

/// <summary>Members of a real cluster, in one process.</summary>
public sealed class NodesClientTests() : TestKit(Settings.WithFallback(DefaultConfig))
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          cluster.gossip-interval = 100ms
          cluster.leader-actions-interval = 100ms
        }
        """).WithFallback(ConfigurationFactory.ParseString(JobMessageSerializer.Hocon));

    /// <summary>Answers as the actor of a node does, when it is let.</summary>
    private sealed class Follower : ReceiveActor
    {
        public Follower(string node, Task mayAnswer)
        {
            ReceiveAsync<ReachUpgradeMode>(async reach =>
            {
                var sender = Sender;
                await mayAnswer;
                sender.Tell(new UpgradeModeReached(node, reach.Version, Enabled: true));
            });
        }
    }

    private static async Task JoinAsync(ActorSystem system, ActorSystem first, string node, Task mayAnswer)
    {
        system.ActorOf(Props.Create(() => new Follower(node, mayAnswer)), UpgradeFollower.Name);
        await Cluster.Get(system).JoinAsync(Cluster.Get(first).SelfAddress).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_node_that_becomes_a_member_while_the_others_are_waited_for_is_asked_as_well()
    {
        var slow = new TaskCompletionSource();
        await JoinAsync(Sys, Sys, "first", slow.Task);
        var client = new NodesClient(Sys, new NodeIdentity("first", "first", "ephemeral", "127.0.0.1"), TimeProvider.System);
        var asked = client.AskAsync<UpgradeModeReached>(UpgradeFollower.Name, new ReachUpgradeMode(1), Patience, CancellationToken.None);
        using var other = ActorSystem.Create(Sys.Name, Settings);
        await JoinAsync(other, Sys, "second", Task.CompletedTask);
        await AwaitConditionAsync(() => Task.FromResult(Cluster.Get(Sys).State.Members.Count(member => member.Status == MemberStatus.Up) == 2), Patience);
        asked.IsCompleted.ShouldBeFalse();
        slow.SetResult();
        (await asked).Select(answer => answer.Reply?.NodeId).ShouldBe(["first", "second"], ignoreOrder: true);
        await other.Terminate();
    }
}
