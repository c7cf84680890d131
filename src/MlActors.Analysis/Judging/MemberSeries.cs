using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>A member of a population: how often it was there, and what was news of it. What is usual is known by the population.</summary>
internal sealed class MemberSeries<T>(SeriesKey key, T population) : ModelledSeries(key)
    where T : IPopulation
{
    public const long OwnBytes = 8 + 16;

    // What was alerted has to be exceeded by this much to be news; it fades with a half-life of so many buckets.
    private const double Margin = 1.3;
    private const double HalfLife = 40;

    private Saved _saved;

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Saved
    {
        public int Buckets;
        public int Alerts;
        public float Alerted;
    }

    public T Population { get; } = population;

    /// <summary>In how many buckets it was there.</summary>
    public int Buckets => _saved.Buckets;

    protected override long KindBytes => OwnBytes;

    /// <summary>The part of a strength that is news: less with every alert before, none while the last is not exceeded.</summary>
    /// <param name="passed">Buckets since it was last there.</param>
    public double News(double strength, double passed) =>
        strength > Margin * _saved.Alerted * Math.Pow(2, -passed / HalfLife) ? strength / (1 + _saved.Alerts) : 0;

    /// <summary>Notes that it was there.</summary>
    public void Learn(double news, double passed)
    {
        if (_saved.Buckets < int.MaxValue) _saved.Buckets++;
        _saved.Alerted = (float)Math.Max(news, _saved.Alerted * Math.Pow(2, -passed / HalfLife));
        if (news >= Strength.Critical && _saved.Alerts < int.MaxValue) _saved.Alerts++;
    }

    public override void Write(ByteWriter writer) => writer.Raw<Saved>([_saved]);

    public MemberSeries<T> Read(ref ByteReader reader)
    {
        _saved = reader.Raw<Saved>();
        return this;
    }
}
