using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Scoring;

/// <summary>
/// How strong the most unusual of many series is from bucket to bucket. What one series shows in a month is too little to tell that something of it is rarer
/// than the number of its like makes necessary; how strong the strongest of them is, bucket for bucket, needs no correction for their number. Beyond a
/// streaming 99 % quantile the tail is a generalised Pareto one of shape 1/3 (Pickands 1975), its mean excess shrunk towards <see cref="PriorMean"/>.
/// Strong buckets come in runs; the k-th of a run counts 1/∛k.
/// </summary>
internal sealed class Crowd
{
    private const double PriorMean = 0.3;
    private const double PriorWeight = 20;
    private const int MostExceedances = 200;

    // One incident counts as at most so many usual excesses, and the usual one as at least this.
    private const double Winsor = 5;
    private const double LeastExcess = 0.1;

    // Of jobs that hardly ever stir.
    private const float LeastQuantile = 0.2f;

    // What is left of the length of a run after a bucket that was not strong.
    private const float Left = 0.5f;

    private Memory _memory = new() { Quantile = LeastQuantile };

    /// <summary>What is saved of it.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Memory
    {
        public float Quantile;
        public float MeanExcess;
        public float Exceedances;
        public float Run;
        public int Known;
    }

    /// <summary>log10 of the probability that the most unusual series of a bucket is at least as strong; 0 for what is nothing rare, in [−300, 0].</summary>
    /// <param name="strength">That of its record score.</param>
    public double LogProbability(double strength)
    {
        if (strength <= _memory.Quantile) return 0;
        var mean = ((_memory.Exceedances * _memory.MeanExcess) + (PriorWeight * PriorMean)) / (_memory.Exceedances + PriorWeight);
        // Of n buckets nothing is known that is rarer than one in n².
        return Math.Max(-2 * Math.Log10(_memory.Known + 1), -2 - (3 * Math.Log10(1 + ((strength - _memory.Quantile) / (2 * mean)))));
    }

    /// <summary>Takes the next bucket.</summary>
    public void Learn(double strength)
    {
        var rate = Math.Clamp(2 / Math.Sqrt(_memory.Known + 1), 0.05, 0.5);
        var excess = strength - _memory.Quantile;
        if (excess > 0)
        {
            var weight = 1 / MathF.Cbrt(++_memory.Run);
            _memory.Exceedances = Math.Min(_memory.Exceedances + weight, MostExceedances);
            excess = Math.Min(excess, Winsor * Math.Max(_memory.MeanExcess, LeastExcess));
            _memory.MeanExcess += (float)((excess - _memory.MeanExcess) * weight / _memory.Exceedances);
            rate *= weight;
        }
        else
        {
            _memory.Run *= Left;
        }
        _memory.Quantile = (float)Math.Max(LeastQuantile, _memory.Quantile * (excess > 0 ? 1 + (rate * 0.99) : 1 - (rate * 0.01)));
        if (_memory.Known < int.MaxValue) _memory.Known++;
    }

    public void Write(ByteWriter writer) => writer.Raw<Memory>([_memory]);

    public void Read(ref ByteReader reader) => _memory = reader.Raw<Memory>();
}
