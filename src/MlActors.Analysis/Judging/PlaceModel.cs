using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Geography;
using MlActors.Analysis.Modelling;

namespace MlActors.Analysis.Judging;

/// <summary>
/// At which places events come: clusters, how far from the nearest one events usually lie, and how seldom a cluster is visited. A place is as unusual
/// as the more unusual of the two, its probability doubled for having looked at both.
/// </summary>
internal sealed class PlaceModel : EventModel
{
    // Distances mean something when the clusters have settled.
    private const int Settled = 20;
    private const double SlowestTailRate = 0.01;

    // Buckets after which half of the strength counts.
    private const double Youth = 20;

    private static readonly double LogOfLooks = Math.Log10(2);

    private readonly PlaceClusters _clusters = new();
    private ExcessTail _tail;

    public override long Bytes => OwnBytes + PlaceClusters.Bytes + 16;

    public override double Maturity => Buckets / (Buckets + Youth);

    public override double Remembered => _clusters.Weight;

    protected override double HalfLife => 60;

    protected override double Enough => 200;

    public override void Begin(double[] scratch)
    {
        // Nothing has to be worked out.
    }

    public override EventFinding Judge(EventCollector events)
    {
        var places = (PlaceCollector)events;
        var (log, actual, typical) = (double.PositiveInfinity, places.PointAt(0), places.PointAt(0));
        for (var i = 0; i < places.Count && _clusters.Count > 0; i++)
        {
            var (nearest, distance) = _clusters.Nearest(places.DirectionAt(i));
            var far = Events <= Settled ? 0 : _tail.LogProbability(distance);
            var seldom = distance > PlaceClusters.Within ? 0 : Math.Log10(_clusters.ProbabilityOf(nearest));
            if (Math.Min(0, Math.Min(far, seldom) + LogOfLooks) is var own && own >= log) continue;
            var usual = seldom < far ? _clusters.Heaviest : nearest;
            (log, actual, typical) = (own, places.PointAt(i), own == 0 ? places.PointAt(i) : _clusters.CentreOf(usual).Point);
        }
        return new EventFinding(Math.Min(0, log), actual.Latitude, typical.Latitude, actual, typical);
    }

    public override void Write(ByteWriter writer)
    {
        base.Write(writer);
        _clusters.Write(writer);
        writer.Raw<ExcessTail>([_tail]);
    }

    public override void Read(ref ByteReader reader)
    {
        base.Read(ref reader);
        _clusters.Read(ref reader);
        _tail = reader.Raw<ExcessTail>();
    }

    protected override void LearnEach(EventCollector events)
    {
        var places = (PlaceCollector)events;
        for (var i = 0; i < places.Count; i++)
        {
            var direction = places.DirectionAt(i);
            if (Events + i > Settled) _tail.Learn(_clusters.Nearest(direction).Distance, Math.Clamp(2 / Math.Sqrt(Events + i), SlowestTailRate, 0.5));
            _clusters.Learn(direction);
        }
    }

    protected override void Forget(double share) => _clusters.Forget(share);
}
