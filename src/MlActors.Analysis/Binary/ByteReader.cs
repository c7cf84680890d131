using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace MlActors.Analysis.Binary;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Never reads past the end and never allocates more than the bytes at hand can fill.</summary>
/// <remarks>Every method throws <see cref="InvalidDataException"/> when the bytes do not hold what is asked for.</remarks>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public readonly int Remaining => _bytes.Length - _position;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw new InvalidDataException($"{other} is no truth value"),
    };

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public ulong VarUInt()
    {
        if (_position < _bytes.Length && _bytes[_position] < 0x80) return _bytes[_position++];
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            if (shift == 63 && part > 1) break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw new InvalidDataException("a number is longer than 64 bits");
    }

    public long VarInt()
    {
        var value = VarUInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public long? OptionalInt() => Bool() ? VarInt() : null;

    /// <summary>A count of things that take at least <paramref name="bytesEach"/> bytes each, so that it cannot be more than what is left.</summary>
    public int Count(int bytesEach)
    {
        var count = VarUInt();
        if (count > (ulong)(Remaining / bytesEach)) throw new InvalidDataException($"a count of {count} is more than the data can hold");
        return (int)count;
    }

    public string String()
    {
        var head = VarUInt();
        if ((head & 1) == 0)
        {
            if (head >> 1 > (ulong)Remaining) throw new InvalidDataException("a string is longer than the data");
            return Encoding.UTF8.GetString(Take((int)(head >> 1)));
        }
        if (head >> 2 > (ulong)Remaining / 2) throw new InvalidDataException("a string is longer than the data");
        var units = new char[(int)(head >> 2)];
        foreach (ref var unit in units.AsSpan()) unit = (char)BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
        return new string(units);
    }

    /// <summary>Fills the array with raw values.</summary>
    public void Raw<T>(Span<T> values) where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("little-endian machines only");
        var target = MemoryMarshal.AsBytes(values);
        Take(target.Length).CopyTo(target);
    }

    /// <summary>One raw value.</summary>
    public T Raw<T>() where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("little-endian machines only");
        return MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Remaining) throw new InvalidDataException("the data ends too early");
        var span = _bytes.Slice(_position, count);
        _position += count;
        return span;
    }

    /// <summary>Nothing may be left.</summary>
    public readonly void End()
    {
        if (Remaining != 0) throw new InvalidDataException($"{Remaining} bytes too many");
    }
}
