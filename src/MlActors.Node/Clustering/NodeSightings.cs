using MlActors.Storage.Cluster;

namespace MlActors.Node.Clustering;

/// <summary>
/// Who of the nodes in the table lives. A row says nothing by itself, and the clocks of other machines are not compared: a node lives as long as its beat
/// changes before our eyes, and has the benefit of the doubt for a while when we see it first. So nobody is taken for dead because the database was away.
/// </summary>
/// <param name="patience">How long a beat may stay the same.</param>
internal sealed class NodeSightings(TimeProvider time, TimeSpan patience)
{
    private readonly Dictionary<string, (Guid Beat, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>Those of the rows whose node lives and is in a cluster, or makes one.</summary>
    public IReadOnlyList<NodeRow> Clustered(IReadOnlyList<NodeRow> rows)
    {
        var now = time.GetTimestamp();
        foreach (var row in rows)
            if (!_seen.TryGetValue(row.Address, out var seen) || seen.Beat != row.Beat) _seen[row.Address] = (row.Beat, now);
        return [.. rows.Where(row => row.Stage != NodeStage.Seeking && time.GetElapsedTime(_seen[row.Address].Since, now) < patience)];
    }
}
