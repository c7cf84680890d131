using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Observing;

namespace MlActors.Jobs.Upgrading;

/// <summary>How a node follows the setting.</summary>
/// <param name="Window">Jobs that begin to rest or go on at the same time, at most: the end of upgrade mode is no stampede.</param>
/// <param name="Every">Time between two looks at what is stored, should nobody say that it changed.</param>
public sealed record UpgradeFollowing(int Window, TimeSpan Every)
{
    public static UpgradeFollowing Default { get; } = new(128, TimeSpan.FromSeconds(5));
}

/// <summary>
/// One on each node. Reads the setting, turns the node's switch, and tells the jobs that have an owner here; whoever asks is answered when all of them follow.
/// A job whose owner comes later looks at the switch itself: it is in the observer's list before it does, so none is missed.
/// </summary>
internal sealed class UpgradeFollower : ReceiveActor, IWithTimers
{
    internal const string Name = "upgrade-mode";

    internal sealed class Look
    {
        internal static readonly Look Instance = new();
    }

    private sealed record Stored(UpgradeSetting? Setting, Exception? Cause);

    private readonly IUpgradeStore _store;
    private readonly UpgradeSwitch _switch;
    private readonly IActorRef _jobs;
    private readonly UpgradeFollowing _options;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<string> _waiting = new();
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, long> _askers = [];
    private bool _reading;
    private bool _readsAgain;

    /// <param name="jobs">The way to the jobs.</param>
    public UpgradeFollower(IUpgradeStore store, UpgradeSwitch @switch, IActorRef jobs, JobObserver observer, NodeIdentity node, UpgradeFollowing options)
    {
        (_store, _switch, _jobs, _options) = (store, @switch, jobs, options);
        Receive<Look>(_ => OnLook());
        Receive<ReachUpgradeMode>(reach =>
        {
            _askers[Sender] = reach.Version;
            if (reach.Version > _switch.Setting.Version) Read();
            Settle(node);
        });
        Receive<Stored>(stored =>
        {
            _reading = false;
            if (_readsAgain) Read();
            if (stored.Cause is { } cause) _log.Warning("Whether upgrade mode is on cannot be read, looking again in {0}: {1}", _options.Every, cause.Message);
            else if (_switch.Turn(stored.Setting!)) Follow(observer);
            Settle(node);
        });
        Receive<UpgradeModeFollowed>(followed =>
        {
            if (followed.Version < _switch.Setting.Version) return;
            _asked.Remove(followed.JobId);
            AskNext();
            Settle(node);
        });
    }

    /// <summary>
    /// Has that of a node look again when the node becomes a member: who sets upgrade mode asks the members there are, what the node has read was before, and
    /// its jobs begin only then.
    /// </summary>
    public static void LookWhenMember(ActorSystem system, IActorRef follower) => Cluster.Get(system).RegisterOnMemberUp(() => follower.Tell(Look.Instance));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Instance, Look.Instance, _options.Every);

    private void OnLook()
    {
        // One that has not answered may have moved, or its node be gone: whoever owns it now is asked.
        foreach (var jobId in _asked) Ask(jobId);
        Read();
    }

    private void Read()
    {
        // What is being read may be older than who asks for it.
        _readsAgain = _reading;
        if (_reading) return;
        _reading = true;
        _store.ReadAsync().PipeTo(Self, success: setting => new Stored(setting, null), failure: cause => new Stored(null, cause));
    }

    private void Follow(JobObserver observer)
    {
        _log.Info(_switch.IsOn ? "Upgrade mode is on: the jobs of this node rest" : "Upgrade mode is off: the jobs of this node go on");
        _waiting.Clear();
        _asked.Clear();
        foreach (var job in observer.Jobs) _waiting.Enqueue(job.JobId);
        AskNext();
    }

    private void AskNext()
    {
        while (_asked.Count < _options.Window && _waiting.TryDequeue(out var jobId))
        {
            _asked.Add(jobId);
            Ask(jobId);
        }
    }

    private void Ask(string jobId) => _jobs.Tell(new FollowUpgradeMode(jobId));

    private void Settle(NodeIdentity node)
    {
        if (_waiting.Count + _asked.Count > 0) return;
        var setting = _switch.Setting;
        foreach (var (asker, _) in _askers.Where(pair => pair.Value <= setting.Version).ToList())
        {
            _askers.Remove(asker);
            asker.Tell(new UpgradeModeReached(node.Id, setting.Version, setting.Enabled));
        }
    }
}
