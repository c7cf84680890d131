namespace MlActors.Ingest;

/// <summary>A buffer of bytes that is written, read and cleared again and again. It is as long as the longest text it held.</summary>
internal sealed class ScratchBytes
{
    private byte[] _bytes = new byte[256];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Add(byte b) => Reserve(1)[0] = b;

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        _length += count;
        return _bytes.AsSpan(_length - count);
    }
}
