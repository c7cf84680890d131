using Akka.Actor;
using Akka.Cluster.Sharding;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Nodes;
using MlActors.Jobs.Requests;

namespace MlActors.Jobs.Running;

/// <summary>
/// The job goes to another node: it takes nothing more, saves what it has analysed, so that the next owner need not do it again, and stops. Everybody who
/// waits hears that it moves, and asks again there.
/// </summary>
public sealed partial class JobActor
{
    /// <summary>Leaves the job to another node.</summary>
    public sealed class HandOver
    {
        public static readonly HandOver Instance = new();

        private HandOver()
        {
        }
    }

    // Less than shards are given for it, see akka.cluster.sharding.handoff-timeout.
    private static readonly TimeSpan LongestHandOver = TimeSpan.FromSeconds(15);

    private bool _handsOver;

    /// <returns>Whether the message is dealt with.</returns>
    private bool OnHandOver(object message)
    {
        if (message is HandOver && !_handsOver)
        {
            BeginHandOver();
            return true;
        }
        // What its own children send is nobody's any more either: the next owner's children begin where the log ends.
        if (!_handsOver || message is not JobMessage) return false;
        if (message is not (FromDatafeed or ClaimAnswer)) Sender.Tell(Moves());
        return true;
    }

    private void BeginHandOver()
    {
        _handsOver = true;
        if (_feed is not null) Context.Stop(_feed);
        ReturnClaim();
        while (_pending.TryDequeue(out var pending)) pending.Sender.Tell(Moves());
        foreach (var (_, sender) in _flushWaiters) sender.Tell(Moves());
        _flushWaiters.Clear();
        // These are durable.
        while (_held.TryDequeue(out var held)) held.Sender.Tell(held.Reply);
        EndLooking();
        // What these wait for is journaled.
        foreach (var waiters in new[] { _openWaiters, _closeWaiters, _removalWaiters }) TellAll(waiters, Moves(begun: true));
        if (!_appending) SaveAndLeave();
    }

    private void SaveAndLeave()
    {
        Stash.UnstashAll();
        Timers.StartSingleTimer(Stop.Instance, Stop.Instance, LongestHandOver);
        if (_ready && _analysis is not null && !_stopsToRest && _state is { State: JobState.Opened, Blocked: BlockedReason.None }) _analysis.Tell(new ToAnalysis.Save());
        else Leave();
    }

    private void Leave()
    {
        // What goes on by itself goes on at once: the region keeps this until it knows the job's new place.
        if (JobLifecycle.IsRunning(_state) || _state.Blocked != BlockedReason.None)
        {
            // Shards are given away before the node says that it leaves.
            var leaves = CoordinatedShutdown.Get(Context.System).ShutdownReason is not null;
            var wake = new WakeJob(_jobId) { HandedOverBy = _services.Node.Name, Why = leaves ? JobArrival.NodeLeft : JobArrival.Rebalanced };
            ClusterSharding.Get(Context.System).ShardRegion(JobsHosting.TypeName).Tell(wake, ActorRefs.NoSender);
        }
        // Behind what is in the mailbox already, which is answered so.
        _self.Tell(Stop.Instance);
    }

    private Refused Moves(bool begun = false) =>
        new(_jobId, RefusalKind.Moving, $"job [{_jobId}] is going to another node; {(begun ? "what was asked for goes on there" : "nothing happened")}, ask again", begun);
}
