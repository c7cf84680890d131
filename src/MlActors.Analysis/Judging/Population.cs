using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;

namespace MlActors.Analysis.Judging;

/// <summary>
/// What is usual for the members of a population in one bucket. Values are compared as they are and, while all are positive, by their logarithms: what
/// counts is the comparison on whose scale the members lie more evenly around their middle.
/// </summary>
internal sealed class Population : IPopulation
{
    // How fast the shape of the distribution and the number of members follow.
    private const double Rate = 0.05;

    private const int FewestValues = 40;
    private const double Youth = 20;

    // Fewer values have no shape.
    private const int FewestForShape = 8;

    private readonly Comparison[] _comparisons = [new Comparison(Coordinate.Linear), new Comparison(Coordinate.Logarithmic)];
    private Memory _memory = new() { AllPositive = 1 };

    /// <summary>What is saved of it, besides its comparisons.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Memory
    {
        public int Buckets;
        public int Values;
        public float Present;
        public int AllPositive;
        public float Skew;
        public float LogarithmicSkew;
    }

    /// <summary>The object, its comparisons, its list of those present, and its place in a dictionary.</summary>
    public static readonly long OwnBytes = 40 + Unsafe.SizeOf<Memory>() + 40 + (2 * Comparison.Bytes) + 56 + 48;

    public long Bytes => OwnBytes;

    public List<int> PresentNow { get; } = [];

    public int Members { get; set; }

    /// <summary>How many are there in a bucket, on average of late.</summary>
    public double Present => _memory.Present;

    /// <summary>Whether enough was learnt to call something unusual.</summary>
    public bool Ready => _memory.Values >= FewestValues;

    private Comparison Chosen => _comparisons[_memory.AllPositive == 1 && Math.Abs(_memory.LogarithmicSkew) < Math.Abs(_memory.Skew) ? 1 : 0];

    /// <summary>Takes the values of those present in a bucket, which are judged next; nothing is learnt yet.</summary>
    public void Compare(ModelShape shape, ReadOnlySpan<double> values)
    {
        foreach (var comparison in _comparisons) comparison.Begin(shape, values);
    }

    /// <summary>Judges one of the values. Meaningful when <see cref="Ready"/>.</summary>
    /// <param name="present">How many there are.</param>
    public Judgement Judge(double value, int present, Side side) => Chosen.Judge(value, Experience(present, side));

    /// <summary>What is expected of a member, as a value.</summary>
    public double Typical => Chosen.Typical;

    /// <summary>Learns the bucket; nothing at all when nothing is learnt from any of them.</summary>
    /// <param name="values">Of those from whom something is learnt.</param>
    /// <param name="present">How many there are.</param>
    public void Learn(ModelShape shape, ReadOnlySpan<double> values, int present)
    {
        if (values.IsEmpty) return;
        foreach (var value in values)
            if (value <= 0) _memory.AllPositive = 0;
        foreach (var comparison in _comparisons)
            if (!comparison.Coordinate.IsLogarithmic || _memory.AllPositive == 1) comparison.Learn(shape, values, _memory.Values);
        _memory.Values = (int)Math.Min(_memory.Values + (long)values.Length, int.MaxValue);
        _memory.Buckets++;
        var rate = (float)Math.Max(Rate, 1.0 / _memory.Buckets);
        _memory.Present += rate * (present - _memory.Present);
        if (present < FewestForShape) return;
        _memory.Skew += rate * ((float)_comparisons[0].Skew - _memory.Skew);
        _memory.LogarithmicSkew += rate * ((float)_comparisons[1].Skew - _memory.LogarithmicSkew);
    }

    public void Write(ByteWriter writer)
    {
        writer.Raw<Memory>([_memory]);
        foreach (var comparison in _comparisons) comparison.Write(writer);
    }

    public void Read(ref ByteReader reader)
    {
        _memory = reader.Raw<Memory>();
        foreach (var comparison in _comparisons) comparison.Read(ref reader);
    }

    // Judgements count half after the first buckets, in which everything is new.
    private Experience Experience(int present, Side side) => new(Math.Max(present, (long)_memory.Present), _memory.Values, _memory.Buckets,
        Ready ? _memory.Buckets / (_memory.Buckets + Youth) : 0, side);
}
