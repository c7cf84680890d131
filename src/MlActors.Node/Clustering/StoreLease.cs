using Akka.Actor;
using Akka.Coordination;
using MlActors.Storage.Cluster;
using MlActors.Storage.Journal;

namespace MlActors.Node.Clustering;

/// <summary>
/// What the nodes that lost sight of others take from the store, to be the side that goes on: whoever has it is right, also of two nodes, where no side is
/// the larger one. It is kept until it is given back, and is free again soon after the death of who has it.
/// </summary>
public sealed class StoreLease : Lease
{
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TakeAgain = TimeSpan.FromSeconds(3);

    private readonly INodeTable _nodes;
    private volatile CancellationTokenSource? _kept;

    public StoreLease(LeaseSettings settings, ExtendedActorSystem system)
        : base(settings)
    {
        var storage = system.Settings.Setup.Get<StorageSetup>();
        _nodes = (storage.HasValue ? storage.Value.Storage.Nodes : null) ?? throw new InvalidOperationException("a lease needs a storage that nodes share");
    }

    public override Task<bool> Acquire() => Acquire(null);

    public override async Task<bool> Acquire(Action<Exception>? leaseLostCallback)
    {
        if (!await _nodes.TakeLeaseAsync(Settings.LeaseName, Settings.OwnerName, Holds)) return false;
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

    private async Task KeepAsync(CancellationToken cancellation, Action<Exception>? lost)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TakeAgain, cancellation);
                if (!await _nodes.TakeLeaseAsync(Settings.LeaseName, Settings.OwnerName, Holds)) throw new InvalidOperationException($"another node has the lease {Settings.LeaseName}");
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
