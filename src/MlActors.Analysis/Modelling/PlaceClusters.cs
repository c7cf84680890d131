using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Geography;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// At most eight clusters of places on the earth, learnt one place at a time: one near a cluster moves it, any other begins a cluster; when there are too
/// many, the two that lie closest become one. Distances from a cluster are in units of how far its own places usually lie from its centre, and logarithmic,
/// ln(1 + distance / spread), since places differ by factors: a street, a town, a continent.
/// </summary>
internal sealed class PlaceClusters
{
    public const int Most = 8;

    /// <summary>Farther away, a place is not one of the cluster: six times the spread.</summary>
    public static readonly double Within = Math.Log(1 + 6);

    // A smaller spread than this means nothing, kilometres.
    private const double LeastSpread = 1;

    // Until so many places were seen, a cluster is taken to be as wide as clusters are.
    private const double PriorWeight = 3;

    // How fast centre and spread of a cluster follow.
    private const double Rate = 0.01;

    // Beyond what was seen half a place counts as never seen.
    private const double Unseen = 0.5;

    private readonly Cluster[] _clusters = new Cluster[Most + 1];

    /// <param name="Weight">How many places were seen.</param>
    /// <param name="Spread">Their mean distance from the centre, kilometres.</param>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private record struct Cluster(Direction Centre, float Weight, float Spread);

    public static readonly long Bytes = 24 + 24 + ((Most + 1) * (long)Unsafe.SizeOf<Cluster>());

    public int Count { get; private set; }

    /// <summary>How many places were seen in all.</summary>
    public double Weight
    {
        get
        {
            var sum = 0.0;
            foreach (ref readonly var cluster in Clusters) sum += cluster.Weight;
            return sum;
        }
    }

    /// <summary>The cluster with the most places.</summary>
    public int Heaviest
    {
        get
        {
            var heaviest = 0;
            for (var i = 1; i < Count; i++)
                if (_clusters[i].Weight > _clusters[heaviest].Weight)
                    heaviest = i;
            return heaviest;
        }
    }

    private ReadOnlySpan<Cluster> Clusters => _clusters.AsSpan(0, Count);

    public Direction CentreOf(int cluster) => _clusters[cluster].Centre;

    /// <summary>The cluster to which a place lies nearest in units of spread, −1 when there is none, and the logarithmic distance.</summary>
    public (int Cluster, double Distance) Nearest(in Direction place)
    {
        var (usual, weight) = (0.0, 0.0);
        foreach (ref readonly var cluster in Clusters) (usual, weight) = (usual + (cluster.Weight * cluster.Spread), weight + cluster.Weight);
        usual = weight > 0 ? usual / weight : 0;
        var (nearest, least) = (-1, double.PositiveInfinity);
        for (var i = 0; i < Count; i++)
        {
            ref readonly var cluster = ref _clusters[i];
            var spread = Math.Max(LeastSpread, ((cluster.Weight * cluster.Spread) + (PriorWeight * usual)) / (cluster.Weight + PriorWeight));
            var distance = cluster.Centre.Kilometres(place) / spread;
            if (distance < least) (nearest, least) = (i, distance);
        }
        return (nearest, double.LogP1(least));
    }

    /// <summary>The probability of a place in a cluster that is visited no more often than this one.</summary>
    public double ProbabilityOf(int cluster)
    {
        var (atMost, sum) = (Unseen, Unseen);
        foreach (ref readonly var other in Clusters)
        {
            if (other.Weight <= _clusters[cluster].Weight) atMost += other.Weight;
            sum += other.Weight;
        }
        return atMost / sum;
    }

    public void Learn(in Direction place)
    {
        var (nearest, distance) = Nearest(place);
        if (nearest < 0 || distance > Within)
        {
            _clusters[Count++] = new Cluster(place, 1, 0);
            if (Count > Most) JoinClosest();
            return;
        }
        ref var cluster = ref _clusters[nearest];
        var rate = Math.Max(Rate, 1 / (cluster.Weight + 1.0));
        cluster.Spread += (float)(rate * (cluster.Centre.Kilometres(place) - cluster.Spread));
        cluster.Centre = cluster.Centre.Towards(place, rate);
        cluster.Weight++;
    }

    /// <summary>All that was learnt counts only this share from now on.</summary>
    public void Forget(double share)
    {
        for (var i = 0; i < Count; i++) _clusters[i].Weight *= (float)share;
    }

    public void Write(ByteWriter writer)
    {
        writer.Byte((byte)Count);
        writer.Raw(Clusters);
    }

    public void Read(ref ByteReader reader)
    {
        Count = reader.Byte();
        if (Count > Most) throw new InvalidDataException("there are too many clusters");
        reader.Raw(_clusters.AsSpan(0, Count));
    }

    private void JoinClosest()
    {
        var (first, second, least) = (0, 1, double.PositiveInfinity);
        for (var i = 0; i < Count; i++)
        {
            for (var j = i + 1; j < Count; j++)
            {
                var chord2 = _clusters[i].Centre.Chord2(_clusters[j].Centre);
                if (chord2 < least) (first, second, least) = (i, j, chord2);
            }
        }
        var (a, b) = (_clusters[first], _clusters[second]);
        var weight = a.Weight + b.Weight;
        var centre = a.Centre.Towards(b.Centre, b.Weight / weight);
        // No place lies farther from the new centre than by its cluster's way to it.
        var spread = ((a.Weight * (a.Spread + a.Centre.Kilometres(centre))) + (b.Weight * (b.Spread + b.Centre.Kilometres(centre)))) / weight;
        _clusters[first] = new Cluster(centre, weight, (float)spread);
        _clusters[second] = _clusters[--Count];
    }
}
