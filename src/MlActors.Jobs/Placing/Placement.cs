namespace MlActors.Jobs.Placing;

/// <summary>
/// Which node a shard belongs on, as pure functions of what its jobs ask for. All nodes are taken to be of one size: that of the node that decides.
/// </summary>
/// <typeparam name="TNode">What nodes are known by.</typeparam>
internal sealed class Placement<TNode>(RoomLimits limits) where TNode : notnull
{
    /// <summary>The share of a node by which the fullest and the emptiest may differ: moving a job costs it seconds.</summary>
    internal const double Threshold = 0.1;

    /// <summary>Shards without jobs that move at the same time, at most. Of those with jobs one moves: several, each placed anew, might come back.</summary>
    internal const int MovesOfNothing = 10;

    private sealed record Place(TNode Node, int Position)
    {
        internal List<string> Shards { get; init; } = [];
        internal NodeLoad Load { get; init; }
    }

    /// <summary>
    /// The node for a shard that is nowhere. With jobs, the one that is emptiest with them; without, of those that are about as empty as the emptiest the one with
    /// the fewest shards.
    /// </summary>
    /// <param name="nodes">The nodes and the shards that they have.</param>
    /// <param name="loads">What the jobs of shards ask for; a shard that is not there has none.</param>
    public TNode Allocate(string shard, IEnumerable<(TNode Node, IEnumerable<string> Shards)> nodes, IReadOnlyDictionary<string, NodeLoad> loads) =>
        Allocate(Places(nodes, loads), loads.GetValueOrDefault(shard)).Node;

    private Place Allocate(List<Place> places, NodeLoad load)
    {
        if (load != default) return places.MinBy(place => ((place.Load + load).ShareOf(limits), place.Shards.Count, place.Position))!;
        var least = places.Min(Share);
        return places.Where(place => Share(place) <= least + Threshold).MinBy(place => (place.Shards.Count, place.Position))!;
    }

    /// <summary>
    /// The shards to take from their nodes now. First the one whose move leaves the fuller of the two nodes emptier than any other move would, as long as the
    /// fullest differs from the emptiest by more than the threshold. If none has to move, some without jobs go from where most shards are, so that a new node gets
    /// its part of the jobs to come.
    /// </summary>
    public IReadOnlyList<string> Rebalance(IEnumerable<(TNode Node, IEnumerable<string> Shards)> nodes, IReadOnlyDictionary<string, NodeLoad> loads)
    {
        var places = Places(nodes, loads);
        if (places.Count < 2) return [];
        if (MoveJobs(places, loads) is { } loaded) return [loaded];
        var moved = new List<string>();
        while (moved.Count < MovesOfNothing && MoveNothing(places, loads) is { } shard) moved.Add(shard);
        return moved;
    }

    private string? MoveJobs(List<Place> places, IReadOnlyDictionary<string, NodeLoad> loads)
    {
        var (from, to) = (places.MaxBy(Share)!, places.MinBy(Share)!);
        if (Share(from) - Share(to) <= Threshold) return null;
        var best = from.Shards.Where(loads.ContainsKey)
            .Select(shard => (Shard: shard, After: Math.Max((from.Load - loads[shard]).ShareOf(limits), (to.Load + loads[shard]).ShareOf(limits))))
            .OrderBy(move => move.After).ThenBy(move => move.Shard, StringComparer.Ordinal).FirstOrDefault();
        // One that only makes another node as full as this one is would come back.
        return best.Shard is not null && best.After < Share(from) ? best.Shard : null;
    }

    private string? MoveNothing(List<Place> places, IReadOnlyDictionary<string, NodeLoad> loads)
    {
        var to = Allocate(places, default);
        var from = places.Where(place => place.Shards.Count > to.Shards.Count + 1).OrderByDescending(place => place.Shards.Count)
            .FirstOrDefault(place => place.Shards.Exists(shard => !loads.ContainsKey(shard)));
        if (from?.Shards.Where(shard => !loads.ContainsKey(shard)).Min(StringComparer.Ordinal) is not { } shard) return null;
        from.Shards.Remove(shard);
        to.Shards.Add(shard);
        return shard;
    }

    private double Share(Place place) => place.Load.ShareOf(limits);

    private static List<Place> Places(IEnumerable<(TNode Node, IEnumerable<string> Shards)> nodes, IReadOnlyDictionary<string, NodeLoad> loads) =>
    [
        .. nodes.Select((node, position) => new Place(node.Node, position)
        {
            Shards = [.. node.Shards],
            Load = node.Shards.Aggregate(default(NodeLoad), (sum, shard) => sum + loads.GetValueOrDefault(shard)),
        }),
    ];
}
