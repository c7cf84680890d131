using System.Buffers;

namespace MlActors.Ingest;

/// <summary>
/// The part of a body that is being read, in one piece: a rented buffer that holds what is not read yet, followed by the zero byte and the
/// padding that <see cref="JsonLexer"/> wants. It grows only when one record fills it.
/// </summary>
internal sealed class ByteWindow : IDisposable
{
    private const int FirstLength = 1 << 16;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstLength);
    private long _offset;
    private long _lines;

    public ByteWindow() => _bytes[0] = 0;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Position of the first byte that is not read yet.</summary>
    public int Start { get; private set; }

    /// <summary>Position after the last byte.</summary>
    public int End { get; private set; }

    /// <summary>The place of a position in the whole body, in bytes from 0.</summary>
    public long OffsetOf(int position) => _offset + position;

    /// <summary>The line of a position in the whole body, from 1.</summary>
    public long LineOf(int position) => 1 + _lines + _bytes.AsSpan(0, position).Count((byte)'\n');

    public void ReadUpTo(int position) => Start = position;

    /// <summary>Takes as many bytes as there is room for, at least one; moves the unread ones to the front first.</summary>
    /// <returns>How many were taken.</returns>
    public int Fill(in ReadOnlySequence<byte> source)
    {
        Drop();
        if (End + JsonLexer.Padding >= _bytes.Length) Grow();
        var taken = (int)Math.Min(source.Length, _bytes.Length - JsonLexer.Padding - End);
        source.Slice(0, taken).CopyTo(_bytes.AsSpan(End));
        End += taken;
        _bytes[End] = 0;
        return taken;
    }

    private void Drop()
    {
        if (Start == 0) return;
        _lines += _bytes.AsSpan(0, Start).Count((byte)'\n');
        _bytes.AsSpan(Start, End - Start).CopyTo(_bytes);
        _offset += Start;
        End -= Start;
        Start = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        _bytes.AsSpan(0, End).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }
}
