using Akka.Actor;
using Akka.Cluster;
using Akka.Coordination;
using MlActors.Storage.Cluster;
using MlActors.Storage.Journal;

namespace MlActors.Node.Clustering;

/// <summary>
/// What the nodes that lost sight of others take from the store, to be the side that goes on: whoever has it is right, also of two nodes, where no side is
/// the larger one. It is kept until it is given back, and is free again soon after the death of who has it. It may be taken from a node that is still seen: that is on
/// the same side. Otherwise a second death soon after a first would find it with who decided then, and the side with all nodes that are left would give itself up.
/// </summary>
public sealed class StoreLease : Lease
{
    private readonly TimeSpan _holds;
    private readonly INodeTable _nodes;
    private readonly ExtendedActorSystem _system;
    private volatile CancellationTokenSource? _kept;

    public StoreLease(LeaseSettings settings, ExtendedActorSystem system)
        : base(settings)
    {
        _system = system;
        // What is decided about a death is decided so long after it, and longer by the time in which it is noticed.
        _holds = system.Settings.Config.GetTimeSpan("akka.cluster.split-brain-resolver.stable-after");
        var storage = system.Settings.Setup.Get<StorageSetup>();
        _nodes = (storage.HasValue ? storage.Value.Storage.Nodes : null) ?? throw new InvalidOperationException("a lease needs a storage that nodes share");
    }

    public override Task<bool> Acquire() => Acquire(null);

    public override async Task<bool> Acquire(Action<Exception>? leaseLostCallback)
    {
        if (!await _nodes.TakeLeaseAsync(Settings.LeaseName, Settings.OwnerName, _holds, Allies())) return false;
        if (_kept is null)
        {
            _kept = new CancellationTokenSource();
            _ = KeepAsync(_kept.Token, leaseLostCallback);
        }
        return true;
    }

    public override async Task<bool> Release()
    {
        if (Interlocked.Exchange(ref _kept, null) is { } kept) await kept.CancelAsync();
        await _nodes.ReturnLeaseAsync(Settings.LeaseName, Settings.OwnerName);
        return true;
    }

    public override bool CheckLease() => _kept is not null;

    // As the nodes are called as owners, too.
    private string[] Allies()
    {
        var state = Cluster.Get(_system).State;
        return [.. state.Members.Where(member => !state.Unreachable.Contains(member)).Select(member => member.Address.HostPort())];
    }

    private async Task KeepAsync(CancellationToken cancellation, Action<Exception>? lost)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_holds / 4, cancellation);
                if (!await _nodes.TakeLeaseAsync(Settings.LeaseName, Settings.OwnerName, _holds)) throw new InvalidOperationException($"another node has the lease {Settings.LeaseName}");
            }
        }
        catch (OperationCanceledException)
        {
            // Given back.
        }
        catch (Exception cause)
        {
            _kept = null;
            lost?.Invoke(cause);
        }
    }
}
