using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace MlActors.Analysis.Binary;

/// <summary>Writes little-endian values into a growing, rented buffer. The counterpart of <see cref="ByteReader"/>.</summary>
internal sealed class ByteWriter(int capacity) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Byte(byte value) => Take(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    public void Single(float value) => BinaryPrimitives.WriteSingleLittleEndian(Take(4), value);

    /// <summary>Seven bits a byte, lowest first, the top bit set on all but the last.</summary>
    public void VarUInt(ulong value)
    {
        var span = Take((70 - BitOperations.LeadingZeroCount(value | 1)) / 7);
        var i = 0;
        for (; value >= 0x80; value >>= 7) span[i++] = (byte)(value | 0x80);
        span[i] = (byte)value;
    }

    /// <summary>Zigzag: small numbers of either sign are short.</summary>
    public void VarInt(long value) => VarUInt((ulong)(value << 1) ^ (ulong)(value >> 63));

    public void OptionalInt(long? value)
    {
        Bool(value is not null);
        if (value is { } present) VarInt(present);
    }

    /// <summary>UTF-8; a string that is no valid Unicode (a lone surrogate) as UTF-16, so that nothing is lost.</summary>
    public void String(string value)
    {
        if (IsWellFormed(value))
        {
            var bytes = Encoding.UTF8.GetByteCount(value);
            VarUInt((ulong)bytes << 1);
            Encoding.UTF8.GetBytes(value, Take(bytes));
        }
        else
        {
            VarUInt(((ulong)value.Length << 2) | 1);
            foreach (var unit in value) BinaryPrimitives.WriteUInt16LittleEndian(Take(2), unit);
        }
    }

    /// <summary>The raw values of an array of primitives.</summary>
    public void Raw<T>(ReadOnlySpan<T> values) where T : unmanaged => values.CopyTo(Take<T>(values.Length));

    /// <summary>The next <paramref name="count"/> primitives, to be filled by the caller.</summary>
    public Span<T> Take<T>(int count) where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("little-endian machines only");
        return MemoryMarshal.Cast<byte, T>(Take(count * Unsafe.SizeOf<T>()));
    }

    /// <summary>The next <paramref name="count"/> bytes, to be filled by the caller.</summary>
    public Span<byte> Take(int count)
    {
        if (_buffer.Length - Length < count) Grow(count);
        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }

    /// <summary>Overwrites eight bytes written before.</summary>
    public void PatchUInt64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(at, 8), value);

    /// <summary>All that was written and, after it, its XxHash64.</summary>
    public byte[] WithChecksum()
    {
        UInt64(XxHash64.HashToUInt64(Written));
        var bytes = GC.AllocateUninitializedArray<byte>(Length);
        Written.CopyTo(bytes);
        return bytes;
    }

    /// <summary>Gives the buffer back; nothing may be written or read after.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(Length + (long)count, 2L * _buffer.Length)));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private static bool IsWellFormed(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i])) continue;
            if (i + 1 >= value.Length || !char.IsSurrogatePair(value[i], value[i + 1])) return false;
            i++;
        }
        return true;
    }
}
