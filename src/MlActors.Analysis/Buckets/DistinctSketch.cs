using System.Numerics;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Buckets;

/// <summary>
/// How many different values there were, by their hashes: exact up to <see cref="MostExact"/>, then HyperLogLog with 4096 registers (Flajolet et al.,
/// 2007; small range by linear counting), with a standard error of 1.6 %. The order of the values does not matter.
/// </summary>
internal sealed class DistinctSketch : NumberCollector
{
    /// <summary>Different values counted exactly.</summary>
    public const int MostExact = 64;

    private const int Precision = 12;
    private const int Registers = 1 << Precision;

    private readonly ulong[] _exact = new ulong[MostExact];
    private byte[]? _registers;
    private int _count;
    private bool _isExact = true;

    public override long Bytes => 48 + 24 + (MostExact * 8) + (_isExact ? 0 : 24 + Registers);

    public override double Value => _isExact ? _count : Estimate();

    public override void Add(in RecordValue record) => Add(record.Key);

    public void Add(ulong hash)
    {
        if (!_isExact)
        {
            AddToRegisters(hash);
            return;
        }
        var at = Array.BinarySearch(_exact, 0, _count, hash);
        if (at >= 0) return;
        if (_count < MostExact)
        {
            _exact.AsSpan(~at, _count - ~at).CopyTo(_exact.AsSpan(~at + 1));
            _exact[~at] = hash;
            _count++;
            return;
        }
        _isExact = false;
        _registers ??= new byte[Registers];
        foreach (var known in _exact) AddToRegisters(known);
        AddToRegisters(hash);
    }

    public override void Clear()
    {
        (_count, _isExact) = (0, true);
        if (_registers is not null) Array.Clear(_registers);
    }

    public override void Write(ByteWriter writer)
    {
        writer.Bool(_isExact);
        if (_isExact)
        {
            writer.Byte((byte)_count);
            writer.Raw<ulong>(_exact.AsSpan(0, _count));
        }
        else
        {
            writer.Raw<byte>(_registers);
        }
    }

    public override void Read(ref ByteReader reader)
    {
        _isExact = reader.Bool();
        if (_isExact)
        {
            _count = reader.Byte();
            if (_count > MostExact) throw new InvalidDataException("a count of different values is damaged");
            reader.Raw(_exact.AsSpan(0, _count));
        }
        else
        {
            reader.Raw<byte>(_registers = new byte[Registers]);
        }
    }

    private void AddToRegisters(ulong hash)
    {
        var register = (int)(hash >> (64 - Precision));
        var rank = (byte)(BitOperations.LeadingZeroCount((hash << Precision) | (1UL << (Precision - 1))) + 1);
        if (rank > _registers![register]) _registers[register] = rank;
    }

    private double Estimate()
    {
        const double alpha = 0.7213 / (1 + (1.079 / Registers));
        var (sum, zeros) = (0.0, 0);
        foreach (var rank in _registers!)
        {
            sum += 1.0 / (1UL << rank);
            if (rank == 0) zeros++;
        }
        var estimate = alpha * Registers * Registers / sum;
        return Math.Round(estimate <= 2.5 * Registers && zeros > 0 ? Registers * Math.Log((double)Registers / zeros) : estimate);
    }
}
