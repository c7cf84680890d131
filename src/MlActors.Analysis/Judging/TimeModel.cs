using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Modelling;

namespace MlActors.Analysis.Judging;

/// <summary>At which times of the day or the week events come.</summary>
internal sealed class TimeModel(PeriodSlots slots, int periodDays) : EventModel
{
    // Days of which nothing is said; as many again later judgements count half.
    private const int FewestDays = 3;
    private const int FewestDaysOfWeek = 10;

    private readonly float[] _mass = new float[slots.Count];
    private double[] _density = [];

    public override long Bytes => OwnBytes + 24 + (sizeof(float) * (long)slots.Count);

    public override double Maturity => Days <= Fewest ? 0 : (double)(Days - Fewest) / Days;

    public override double Remembered
    {
        get
        {
            var sum = 0.0;
            foreach (var events in _mass) sum += events;
            return sum;
        }
    }

    protected override double HalfLife => periodDays == 1 ? 30 : 90;

    // As much as it takes to know the slots.
    protected override double Enough => 4 * slots.Count;

    private int Fewest => periodDays == 1 ? FewestDays : FewestDaysOfWeek;

    public override void Begin(double[] scratch)
    {
        CircularDensity.Of(_mass, scratch);
        _density = scratch;
    }

    public override EventFinding Judge(EventCollector events)
    {
        var (least, actual) = (double.PositiveInfinity, 0);
        foreach (var second in ((TimeCollector)events).Seconds)
        {
            var probability = CircularDensity.Probability(_density, slots.At(second));
            if (probability < least) (least, actual) = (probability, second);
        }
        var slot = slots.At(actual);
        var usual = CircularDensity.NearestUsual(_density, _mass, slot);
        return new EventFinding(Math.Log10(least), actual, usual == slot ? actual : slots.Middle(usual));
    }

    public override void Write(ByteWriter writer)
    {
        base.Write(writer);
        writer.Raw<float>(_mass);
    }

    public override void Read(ref ByteReader reader)
    {
        base.Read(ref reader);
        reader.Raw<float>(_mass);
    }

    protected override void LearnEach(EventCollector events)
    {
        foreach (var second in ((TimeCollector)events).Seconds) _mass[slots.At(second)]++;
    }

    protected override void Forget(double share)
    {
        foreach (ref var events in _mass.AsSpan()) events *= (float)share;
    }
}
