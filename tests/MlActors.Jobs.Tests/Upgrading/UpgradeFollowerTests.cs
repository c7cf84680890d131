using Akka.Actor;
using Akka.TestKit.Xunit2;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Upgrading;

namespace MlActors.Jobs.Tests.Upgrading;

/// <summary>What a node does when upgrade mode is set: the jobs are the test.</summary>
public sealed class UpgradeFollowerTests : TestKit
{
    private static readonly NodeIdentity Node = new("node-1", "node", "ephemeral", "127.0.0.1");

    private readonly MemoryStore _store = new();
    private readonly UpgradeSwitch _switch = new();
    private readonly JobObserver _jobs = new(TimeProvider.System);

    private IActorRef Follower(TimeSpan? every = null) => Sys.ActorOf(Props.Create(typeof(UpgradeFollower), _store, _switch, TestActor, _jobs, Node,
        new UpgradeFollowing(2, every ?? TimeSpan.FromHours(1))));

    private void Have(params string[] jobs)
    {
        foreach (var job in jobs) _jobs.See(new LiveJob(job, JobState.Opened, 0, false, 0, 0, null));
    }

    private void Follow(IActorRef follower, string job) => follower.Tell(new UpgradeModeFollowed(job, _switch.Setting.Version));

    [Fact]
    public void It_says_that_a_setting_is_reached_when_all_jobs_follow_and_asks_only_so_many_at_once()
    {
        Have("a", "b", "c");
        _store.Setting = new UpgradeSetting(true, 1, 0);
        var (follower, asker) = (Follower(), CreateTestProbe());
        follower.Tell(new ReachUpgradeMode(1), asker);
        var first = new[] { ExpectMsg<FollowUpgradeMode>().JobId, ExpectMsg<FollowUpgradeMode>().JobId };
        _switch.IsOn.ShouldBeTrue();
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Follow(follower, first[0]);
        var last = ExpectMsg<FollowUpgradeMode>().JobId;
        Follow(follower, first[1]);
        asker.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Follow(follower, last);
        asker.ExpectMsg(new UpgradeModeReached("node-1", 1, true));
    }

    [Fact]
    public void It_hears_of_a_change_by_itself_and_asks_again_who_does_not_answer()
    {
        Have("a");
        Follower(TimeSpan.FromMilliseconds(20));
        _store.Setting = new UpgradeSetting(true, 1, 0);
        for (var i = 0; i < 3; i++) ExpectMsg<FollowUpgradeMode>().JobId.ShouldBe("a");
    }

    [Fact]
    public void An_answer_about_an_older_setting_does_not_count()
    {
        Have("a");
        var (follower, asker) = (Follower(), CreateTestProbe());
        _store.Setting = new UpgradeSetting(true, 1, 0);
        follower.Tell(new ReachUpgradeMode(1), asker);
        ExpectMsg<FollowUpgradeMode>();
        _store.Setting = new UpgradeSetting(false, 2, 0);
        follower.Tell(new ReachUpgradeMode(2), asker);
        ExpectMsg<FollowUpgradeMode>();
        follower.Tell(new UpgradeModeFollowed("a", 1));
        asker.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        follower.Tell(new UpgradeModeFollowed("a", 2));
        asker.ExpectMsg(new UpgradeModeReached("node-1", 2, false));
    }

    [Fact]
    public void While_the_setting_cannot_be_read_nothing_is_said_to_be_reached()
    {
        _store.Failure = new StoreException("away");
        var (follower, asker) = (Follower(TimeSpan.FromMilliseconds(20)), CreateTestProbe());
        follower.Tell(new ReachUpgradeMode(1), asker);
        asker.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        _switch.IsOn.ShouldBeFalse();
        (_store.Setting, _store.Failure) = (new UpgradeSetting(true, 1, 0), null);
        asker.ExpectMsg(new UpgradeModeReached("node-1", 1, true));
    }

    [Fact]
    public void What_was_set_while_it_was_reading_is_read_after_it()
    {
        var old = new TaskCompletionSource<UpgradeSetting>();
        _store.Read = () => old.Task;
        var (follower, asker) = (Follower(), CreateTestProbe());
        follower.Tell(UpgradeFollower.Look.Instance);
        AwaitCondition(() => _store.Reads == 1, TimeSpan.FromSeconds(20));
        (_store.Read, _store.Setting) = (null, new UpgradeSetting(true, 1, 0));
        follower.Tell(new ReachUpgradeMode(1), asker);
        follower.Tell(UpgradeFollower.Look.Instance);
        old.SetResult(UpgradeSetting.Never);
        asker.ExpectMsg(new UpgradeModeReached("node-1", 1, true), TimeSpan.FromSeconds(20));
        _store.Reads.ShouldBe(2);
    }

    private sealed class MemoryStore : IUpgradeStore
    {
        public UpgradeSetting Setting { get; set; } = UpgradeSetting.Never;

        public Exception? Failure { get; set; }

        public Func<Task<UpgradeSetting>>? Read { get; set; }

        public int Reads { get; private set; }

        public Task<UpgradeSetting> ReadAsync()
        {
            Reads++;
            return Read is { } read ? read() : ReadNowAsync();
        }

        private Task<UpgradeSetting> ReadNowAsync() => Failure is { } failure ? Task.FromException<UpgradeSetting>(failure) : Task.FromResult(Setting);

        public Task<UpgradeSetting> WriteAsync(bool enabled, long nowMs) => throw new NotSupportedException();
    }
}
