using Akka.Actor;
using Akka.Cluster;
using MlActors.Jobs.Storage;
using MlActors.Storage.Cluster;

namespace MlActors.Node.Clustering;

/// <summary>
/// Brings this node into the cluster: into the one that others are in, or, when the table of nodes shows none, into one of its own, which by the lock of
/// the table only one of several nodes that start together does. As long as it is a member it says so in the table.
/// </summary>
internal sealed partial class ClusterJoin(ActorSystem system, ClusterOptions options, INodeTable nodes, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(2);

    // Long, since a node that is only slow would get a second cluster beside it. It is waited for after the death of all nodes that were there.
    private static readonly TimeSpan Patience = BeatEvery * 7;
    private static readonly TimeSpan AskAgainEvery = TimeSpan.FromSeconds(10);

    // 20 s: about what PostgreSQL itself takes to notice that a connection is dead.
    private const int BeatsOfSilence = 10;

    private readonly Cluster _cluster = Cluster.Get(system);
    private readonly NodeSightings _sightings = new(time, Patience);

    /// <summary>Completes when the node is a member.</summary>
    public async Task JoinAsync(CancellationToken cancellation)
    {
        if (options.Tls is null && !options.IsLoopback) Log.Plain(logger, options.Host, options.Port);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.RegisterOnMemberUp(() => up.TrySetResult());
        if (options.Seeds is SeedSource.Listed listed)
        {
            _cluster.JoinSeedNodes(listed.Addresses.Select(Address.Parse));
            await up.Task.WaitAsync(cancellation);
        }
        else
        {
            await SeekAsync(up.Task, cancellation);
        }
        _ = BeatAsync();
    }

    private async Task SeekAsync(Task up, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        var stage = NodeStage.Seeking;
        var (asked, askedAt) = ("", time.GetTimestamp());
        while (!up.IsCompleted)
        {
            // Let in is enough: should the one that let this node in die now, its next start has to find the cluster that this node is in.
            if (stage == NodeStage.Seeking && _cluster.SelfMember.Status is MemberStatus.Joining or MemberStatus.WeaklyUp) stage = NodeStage.Member;
            var found = await LookAsync(stage);
            if (found.Forms)
            {
                stage = NodeStage.Forming;
                Log.Forms(logger, options.Address);
                _cluster.Join(_cluster.SelfAddress);
            }
            else if (stage == NodeStage.Seeking && found.Members.Count > 0)
            {
                var members = string.Join(", ", found.Members);
                if (members != asked || time.GetElapsedTime(askedAt) > AskAgainEvery)
                {
                    if (members == asked) Log.NoAnswer(logger, members);
                    (asked, askedAt) = (members, time.GetTimestamp());
                    _cluster.JoinSeedNodes(found.Members.Select(Address.Parse));
                }
            }
            await Task.WhenAny(up, timer.WaitForNextTickAsync(cancellation).AsTask());
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task<(IReadOnlyList<string> Members, bool Forms)> LookAsync(NodeStage stage)
    {
        try
        {
            var (others, forms) = await nodes.BeatAsync(options.Address, stage, rows => _sightings.Clustered(rows).Count == 0);
            // Who is still forming takes nobody in yet, but soon will.
            var members = _sightings.Clustered(others).Select(row => row.Address);
            return ([.. members], forms);
        }
        catch (StoreException cause)
        {
            Log.Unreadable(logger, cause.Message);
            return ([], false);
        }
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(BeatEvery, time);
        var ended = system.WhenTerminated;
        var silent = new SilentNodes(BeatsOfSilence);
        while (!ended.IsCompleted && !_cluster.IsTerminated)
        {
            try
            {
                var (others, _) = await nodes.BeatAsync(options.Address, NodeStage.Member, _ => false);
                foreach (var address in silent.Of(others)) GiveUp(address);
            }
            catch (StoreException cause)
            {
                silent.Forget();
                Log.Unreadable(logger, cause.Message);
            }
            await Task.WhenAny(ended, timer.WaitForNextTickAsync().AsTask());
        }
        try
        {
            await nodes.RemoveAsync(options.Address);
        }
        catch (Exception cause) when (cause is StoreException or ObjectDisposedException)
        {
            // The others see by its beat that it is gone.
        }
    }

    // Jobs of a member that cannot write stand still until others have them.
    private void GiveUp(string address)
    {
        if (!_cluster.State.Members.Any(member => member.Status == MemberStatus.Up && member.Address.ToString() == address)) return;
        Log.Silent(logger, address);
        _cluster.Down(Address.Parse(address));
    }

    private static partial class Log
    {
        [LoggerMessage(4204, LogLevel.Error, "{Address} does not reach the database, which this node reaches: it is given up, and its jobs go on elsewhere")]
        public static partial void Silent(ILogger logger, string address);

        [LoggerMessage(4203, LogLevel.Warning, "What comes in at {Host}:{Port} is neither encrypted nor authenticated: keep the port in a network that only the nodes are in, " +
            "or give the nodes certificates with [mlactors.cluster.tls]")]
        public static partial void Plain(ILogger logger, string host, int port);

        [LoggerMessage(4200, LogLevel.Information, "No node is in the table of nodes: {Address} forms the cluster")]
        public static partial void Forms(ILogger logger, string address);

        [LoggerMessage(4201, LogLevel.Warning, "These nodes are in the table of nodes and do not let this one in; see that it reaches their ports and they its own: {Members}")]
        public static partial void NoAnswer(ILogger logger, string members);

        [LoggerMessage(4202, LogLevel.Warning, "The table of nodes cannot be used, trying again: {Reason}")]
        public static partial void Unreadable(ILogger logger, string reason);
    }
}
