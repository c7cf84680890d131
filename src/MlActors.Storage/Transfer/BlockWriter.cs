namespace MlActors.Storage.Transfer;

/// <summary>Collects what is written in a block of memory, and sends it on when that is full; what is larger than a block is sent as it is.</summary>
internal abstract class BlockWriter
{
    private readonly byte[] _block = new byte[64 << 10];
    private int _used;

    protected abstract void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Room for bytes that are to be written into it at once; not more than a block.</summary>
    protected Span<byte> Take(int bytes)
    {
        if (bytes > _block.Length - _used) Flush();
        _used += bytes;
        return _block.AsSpan(_used - bytes, bytes);
    }

    protected void Raw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _block.Length - _used) Flush();
        if (bytes.Length <= _block.Length) bytes.CopyTo(Take(bytes.Length));
        else Send(bytes);
    }

    protected void Flush()
    {
        Send(_block.AsSpan(0, _used));
        _used = 0;
    }
}
