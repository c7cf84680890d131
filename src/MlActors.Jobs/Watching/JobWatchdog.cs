using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Watching;

/// <param name="Window">Jobs being woken at the same time, at most: a restart is no stampede.</param>
/// <param name="Every">Time between two looks at the catalog.</param>
public sealed record WatchdogOptions(int Window, TimeSpan Every)
{
    /// <summary>Whether there are several nodes: when one is gone, its jobs are looked for at once.</summary>
    public bool SeveralNodes { get; init; }

    public static WatchdogOptions Default { get; } = new(128, TimeSpan.FromSeconds(60));
}

/// <summary>
/// One in the cluster. Reads from the catalog which jobs ought to be awake (open, on the way, or with a removal under way) and makes their owners
/// exist, at a limited rate; an owner then finishes what it owes and minds its own deadlines. It also says which version of filters and calendars there
/// is, for owners who were not told of a change. It replaces remembered entities.
/// </summary>
public sealed class JobWatchdog : ReceiveActor, IWithTimers
{
    private sealed class Look
    {
        internal static readonly Look Instance = new();
    }

    private sealed record Active(IReadOnlyList<ResolvedJob> Jobs, long ContextVersion, Exception? Cause);

    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(5);

    private readonly ICatalog _catalog;
    private readonly IContextStore _contexts;
    private readonly IActorRef _jobs;
    private readonly WatchdogOptions _options;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<string> _waiting = new();
    private readonly HashSet<string> _waking = new(StringComparer.Ordinal);
    private bool _looking;
    private long _contextVersion;

    public JobWatchdog(ICatalog catalog, IContextStore contexts, IActorRef jobs, WatchdogOptions options)
    {
        (_catalog, _contexts, _jobs, _options) = (catalog, contexts, jobs, options);
        Receive<Look>(_ => OnLook());
        Receive<Active>(OnActive);
        Receive<ClusterEvent.MemberRemoved>(_ =>
        {
            OnLook();
            // Once more when its shards have their new places, for a wake that was lost.
            Timers.StartSingleTimer(SecondLook, Look.Instance, SecondLook);
        });
        Receive<JobReply>(reply =>
        {
            _waking.Remove(reply.JobId);
            WakeNext();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, TimeSpan.Zero, _options.Every);
        if (_options.SeveralNodes) Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
    }

    protected override void PostStop()
    {
        if (_options.SeveralNodes) Cluster.Get(Context.System).Unsubscribe(Self);
    }

    private void OnLook()
    {
        // A wake that got no answer within a whole round is given up for this round; the job is still listed in the next.
        _waking.Clear();
        if (_looking || _waiting.Count > 0)
        {
            WakeNext();
            return;
        }
        _looking = true;
        ReadAsync().PipeTo(Self, failure: cause => new Active([], _contextVersion, cause));
    }

    // The version first: a job that is woken with it looks at what is stored later.
    private async Task<Active> ReadAsync()
    {
        var version = await _contexts.ReadVersionAsync();
        return new Active(await _catalog.ListActiveAsync(), version, null);
    }

    private void OnActive(Active active)
    {
        _looking = false;
        if (active.Cause is not null) _log.Warning("The catalog cannot be read, looking again in {0}: {1}", _options.Every, active.Cause.Message);
        _contextVersion = active.ContextVersion;
        foreach (var job in active.Jobs) _waiting.Enqueue(job.JobId);
        WakeNext();
    }

    private void WakeNext()
    {
        while (_waking.Count < _options.Window && _waiting.TryDequeue(out var jobId))
        {
            _waking.Add(jobId);
            _jobs.Tell(new WakeJob(jobId, _contextVersion));
        }
    }
}
