using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Upgrading;

namespace MlActors.Jobs.Tests.Upgrading;

public sealed class JoiningTests() : TestKit(ConfigurationFactory.ParseString("""
    akka { loglevel = WARNING, actor.provider = cluster, remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 } }
    """).WithFallback(DefaultConfig))
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private sealed class Store : IUpgradeStore
    {
        public Task<UpgradeSetting> ReadAsync() => Task.FromResult(new UpgradeSetting(true, 1, 0));

        public Task<UpgradeSetting> WriteAsync(bool enabled, long nowMs) => throw new NotSupportedException();
    }

    [Fact]
    public async Task A_node_reads_the_setting_again_when_it_becomes_a_member()
    {
        // As it was read before, when the server began.
        var @switch = new UpgradeSwitch();
        var follower = Sys.ActorOf(Props.Create(typeof(UpgradeFollower), new Store(), @switch, TestActor, new JobObserver(TimeProvider.System),
            new NodeIdentity("node-1", "node", "ephemeral", "127.0.0.1"), new UpgradeFollowing(2, TimeSpan.FromHours(1))));
        UpgradeFollower.LookWhenMember(Sys, follower);
        @switch.IsOn.ShouldBeFalse();
        await Cluster.Get(Sys).JoinAsync(Cluster.Get(Sys).SelfAddress).WaitAsync(Patience);
        await AwaitConditionAsync(() => Task.FromResult(@switch.IsOn), Patience);
    }
}
