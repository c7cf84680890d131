using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Buckets;

/// <summary>
/// The information in the different values of a text field, in bits: the sum over the values of <see cref="TextInformation"/>, each counted once
/// however often it comes. Exact up to <see cref="Most"/> values; beyond, a sample of that many in which a value is the likelier the more it holds, and
/// the sum estimated from it with a standard error of at most 4.4 % (bottom-k sketch with exponential ranks, rank-conditioning estimator; Cohen and
/// Kaplan 2007). The order of the values does not matter.
/// </summary>
internal sealed class InformationSketch : NumberCollector
{
    /// <summary>Values counted exactly.</summary>
    public const int Most = 512;

    private const double HashSteps = 1UL << 53;

    // Ascending. The rank of a value follows from the value, so that one that comes again finds itself.
    private double[] _ranks = new double[8];
    private float[] _bits = new float[8];
    private int _count;
    private bool _isSample;

    public override long Bytes => 40 + (2 * 24) + (12L * _count);

    public override double Value => _isSample ? Estimate() : Sum();

    /// <param name="record">Its number is the information of its text, above 0 unless the text is empty.</param>
    public override void Add(in RecordValue record)
    {
        if (record.Number <= 0) return;
        var rank = -Math.Log(((record.Key >> 11) + 0.5) / HashSteps) / record.Number;
        if (_isSample && rank > _ranks[Most - 1]) return;
        var at = Array.BinarySearch(_ranks, 0, _count, rank);
        if (at >= 0) return;
        if (_count == Most) _isSample = true;
        else if (_count++ == _ranks.Length) Grow();
        if (~at == Most) return;
        _ranks.AsSpan(~at, _count - 1 - ~at).CopyTo(_ranks.AsSpan(~at + 1));
        _bits.AsSpan(~at, _count - 1 - ~at).CopyTo(_bits.AsSpan(~at + 1));
        (_ranks[~at], _bits[~at]) = (rank, (float)record.Number);
    }

    public override void Clear() => (_count, _isSample) = (0, false);

    public override void Write(ByteWriter writer)
    {
        writer.Bool(_isSample);
        writer.VarUInt((ulong)_count);
        writer.Raw<double>(_ranks.AsSpan(0, _count));
        writer.Raw<float>(_bits.AsSpan(0, _count));
    }

    public override void Read(ref ByteReader reader)
    {
        _isSample = reader.Bool();
        _count = reader.Count(12);
        if (_count > Most || (_isSample && _count < Most)) throw new InvalidDataException("an information content is damaged");
        if (_count > _ranks.Length) (_ranks, _bits) = (new double[_count], new float[_count]);
        reader.Raw(_ranks.AsSpan(0, _count));
        reader.Raw(_bits.AsSpan(0, _count));
    }

    private void Grow()
    {
        Array.Resize(ref _ranks, Math.Min(Most, _ranks.Length * 2));
        Array.Resize(ref _bits, _ranks.Length);
    }

    private double Sum()
    {
        var sum = 0.0;
        foreach (var bits in _bits.AsSpan(0, _count)) sum += bits;
        return sum;
    }

    // Each value but the last stands for as many as it is improbable to have a rank below the last.
    private double Estimate()
    {
        var (sum, largest) = (0.0, _ranks[Most - 1]);
        for (var i = 0; i < Most - 1; i++) sum += _bits[i] / -double.ExpM1(-_bits[i] * largest);
        return sum;
    }
}
