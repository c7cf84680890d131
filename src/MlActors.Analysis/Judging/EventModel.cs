using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Geography;

namespace MlActors.Analysis.Judging;

/// <summary>
/// What is usual for the events of a series or, together, of all members of a population: when or where they come. The unit is the bucket: it does not
/// matter how often a member shows the same in one, so that one burst makes nothing usual.
/// </summary>
internal abstract class EventModel : IPopulation
{
    /// <summary>The object, its list of those present, and its place in a dictionary.</summary>
    protected const long OwnBytes = 64 + 40 + 56 + 48;

    private const long Day = 86_400;
    private const int FewestEvents = 40;

    // How fast the number of events in a bucket follows.
    private const double Rate = 0.05;

    private Memory _memory;

    /// <summary>What is saved of it, besides what is usual.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Memory
    {
        public long LastDay;
        public int Buckets;
        public int Days;
        public int Events;
        public float PerBucket;
    }

    public abstract long Bytes { get; }

    public int Members { get; set; }

    public List<int> PresentNow { get; } = [];

    /// <summary>Whether enough was learnt to call something unusual.</summary>
    public bool Ready => _memory.Events >= FewestEvents && Maturity > 0;

    /// <summary>What its judgements count, from 0 to 1.</summary>
    public abstract double Maturity { get; }

    /// <summary>How many events are remembered; those long ago count less.</summary>
    public abstract double Remembered { get; }

    /// <summary>Buckets with events.</summary>
    protected int Buckets => _memory.Buckets;

    /// <summary>Days with events.</summary>
    protected int Days => _memory.Days;

    /// <summary>Events learnt so far.</summary>
    protected int Events => _memory.Events;

    /// <summary>Days in which half is forgotten.</summary>
    protected abstract double HalfLife { get; }

    /// <summary>As many events are remembered for ever, until there are newer ones.</summary>
    protected abstract double Enough { get; }

    /// <summary>How many events there were to be the most unusual one: those of the bucket or, if these are more, those that a bucket usually has.</summary>
    public long Among(int events) => Math.Max(events, (long)Math.Round(_memory.PerBucket));

    /// <summary>Works out what is usual before events of a bucket are judged.</summary>
    /// <param name="scratch">Kept until the bucket was judged.</param>
    public abstract void Begin(double[] scratch);

    /// <summary>The most unusual of some events.</summary>
    public abstract EventFinding Judge(EventCollector events);

    /// <summary>A bucket is over; its events are learnt after this.</summary>
    /// <param name="start">Epoch seconds.</param>
    /// <param name="events">How many there were.</param>
    public void Pass(long start, int events)
    {
        var day = BucketTime.Floor(start, Day) / Day;
        if (_memory.Buckets == 0 || day > _memory.LastDay)
        {
            if (_memory.Buckets > 0 && Remembered > Enough) Forget(Math.Max(Math.Pow(2, (_memory.LastDay - day) / HalfLife), Enough / Remembered));
            _memory.LastDay = day;
            if (_memory.Days < int.MaxValue) _memory.Days++;
        }
        if (_memory.Buckets < int.MaxValue) _memory.Buckets++;
        _memory.PerBucket += (float)(Math.Max(Rate, 1.0 / _memory.Buckets) * (events - _memory.PerBucket));
    }

    public void Learn(EventCollector events)
    {
        LearnEach(events);
        _memory.Events = (int)Math.Min(_memory.Events + (long)events.Count, int.MaxValue);
    }

    public virtual void Write(ByteWriter writer) => writer.Raw<Memory>([_memory]);

    public virtual void Read(ref ByteReader reader) => _memory = reader.Raw<Memory>();

    protected abstract void LearnEach(EventCollector events);

    /// <summary>All that was learnt counts only this share from now on.</summary>
    protected abstract void Forget(double share);
}

/// <summary>The most unusual of some events.</summary>
/// <param name="LogProbability">log10 of the probability that one event is so unusual.</param>
/// <param name="Actual">Second of the period; of a place, its latitude.</param>
/// <param name="Typical">What would have been usual.</param>
/// <param name="ActualPoint">Of a place, the whole of it.</param>
/// <param name="TypicalPoint">Of a place, the whole of what would have been usual.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EventFinding(double LogProbability, double Actual, double Typical, GeoPoint? ActualPoint = null, GeoPoint? TypicalPoint = null);
