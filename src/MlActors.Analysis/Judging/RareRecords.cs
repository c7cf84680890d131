using System.Runtime.InteropServices;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>What one member shows of rare values in a bucket.</summary>
/// <param name="Amount">Its records with rare values.</param>
/// <param name="Rarest">Accumulator of the value that adds most to it.</param>
/// <param name="Most">What that value adds.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RareAmount(double Amount, int Rarest, double Most);

/// <summary>Sums the records with rare values of each member of each partition, in the order in which they came.</summary>
internal sealed class RareRecords
{
    private readonly Dictionary<(string Partition, string Over), int> _places = [];
    private readonly List<(string Partition, List<RareAmount> Members)> _partitions = [];
    private readonly Dictionary<string, List<RareAmount>> _byPartition = new(StringComparer.Ordinal);

    /// <param name="isRare">Whether the value of a series is rare.</param>
    public IReadOnlyList<(string Partition, List<RareAmount> Members)> Collect(SeriesTable table, DetectorBucket slice, Func<SeriesKey, bool> isRare)
    {
        _places.Clear();
        _partitions.Clear();
        _byPartition.Clear();
        for (var i = 0; i < slice.Count; i++)
        {
            var key = table[slice.At(i).Series].Key;
            var amount = isRare(key) ? slice.At(i).Values.Count : 0.0;
            if (!_byPartition.TryGetValue(key.Partition, out var members))
            {
                _byPartition.Add(key.Partition, members = []);
                _partitions.Add((key.Partition, members));
            }
            var member = (key.Partition, key.Over);
            if (!_places.TryGetValue(member, out var place))
            {
                _places.Add(member, members.Count);
                members.Add(new RareAmount(amount, i, amount));
                continue;
            }
            var known = members[place];
            members[place] = amount > known.Most ? new RareAmount(known.Amount + amount, i, amount) : known with { Amount = known.Amount + amount };
        }
        return _partitions;
    }
}
