using MlActors.Storage.Cluster;

namespace MlActors.Node.Clustering;

/// <summary>
/// Who of the nodes in the table has no way to the database that we have: its beat stays the same while ours went through so many times in a row. A database that nobody
/// reaches silences nobody.
/// </summary>
/// <param name="beats">How many of ours.</param>
internal sealed class SilentNodes(int beats)
{
    private readonly Dictionary<string, (Guid Beat, int Times)> _same = new(StringComparer.Ordinal);

    /// <summary>Our beat went through, and these are the rows of the others.</summary>
    /// <returns>The addresses of those that are silent.</returns>
    public IReadOnlyList<string> Of(IReadOnlyList<NodeRow> others)
    {
        foreach (var row in others)
            _same[row.Address] = (row.Beat, _same.TryGetValue(row.Address, out var same) && same.Beat == row.Beat ? same.Times + 1 : 0);
        return [.. others.Select(row => row.Address).Where(address => _same[address].Times >= beats)];
    }

    /// <summary>Our beat did not go through.</summary>
    public void Forget() => _same.Clear();
}
