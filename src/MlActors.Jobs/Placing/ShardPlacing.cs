using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Placing;

/// <summary>
/// Places shards by what their jobs ask of a node, see <see cref="Placement{TNode}"/>. What that is stands in the catalog: so it is known also of jobs whose
/// node has just died, of each shard by itself, and after the coordinator died too; nothing is published for it.
/// </summary>
/// <param name="shardOf">The shard of a job.</param>
/// <param name="settled">Whether no node is just coming or going: moving shards then would only be done twice.</param>
public sealed class ShardPlacing(ICatalog catalog, RoomLimits limits, TimeProvider time, Func<string, string> shardOf, Func<bool> settled) : IShardAllocationStrategy
{
    // A burst of allocations, as after a death, is decided by one look. What was allocated meanwhile is in what the coordinator gives.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    // A shard that is waited for is placed by number, rather than late.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);

    private readonly Placement<IActorRef> _placement = new(limits);
    private readonly Lock _gate = new();
    private Task<IReadOnlyDictionary<string, NodeLoad>>? _look;
    private long _lookedAt;

    public async Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        _placement.Allocate(shardId, Nodes(currentShardAllocations), await LoadsAsync() ?? ImmutableDictionary<string, NodeLoad>.Empty);

    public async Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        if (rebalanceInProgress.Count > 0 || !settled() || await LoadsAsync() is not { } loads) return [];
        return _placement.Rebalance(Nodes(currentShardAllocations), loads).ToImmutableHashSet(StringComparer.Ordinal);
    }

    // In an order that is the same wherever the coordinator is.
    private static IEnumerable<(IActorRef, IEnumerable<string>)> Nodes(IImmutableDictionary<IActorRef, IImmutableList<string>> allocations) =>
        allocations.OrderBy(pair => pair.Key.Path.ToSerializationFormat(), StringComparer.Ordinal).Select(pair => (pair.Key, (IEnumerable<string>)pair.Value));

    /// <returns><c>null</c> when the catalog cannot be read now.</returns>
    private async Task<IReadOnlyDictionary<string, NodeLoad>?> LoadsAsync()
    {
        try
        {
            return await Look().WaitAsync(LongestLook, time);
        }
        catch (Exception cause) when (cause is TimeoutException or StoreException)
        {
            return null;
        }
    }

    private Task<IReadOnlyDictionary<string, NodeLoad>> Look()
    {
        lock (_gate)
        {
            if (_look is null or { IsFaulted: true } or { IsCanceled: true } || (_look.IsCompleted && time.GetElapsedTime(_lookedAt) > Fresh))
                (_look, _lookedAt) = (ReadAsync(), time.GetTimestamp());
            return _look;
        }
    }

    private async Task<IReadOnlyDictionary<string, NodeLoad>> ReadAsync()
    {
        var loads = new Dictionary<string, NodeLoad>(StringComparer.Ordinal);
        foreach (var (jobId, bytes) in await catalog.ListPlacedAsync())
        {
            var shard = shardOf(jobId);
            loads[shard] = loads.GetValueOrDefault(shard) + new NodeLoad(1, bytes);
        }
        return loads;
    }
}
