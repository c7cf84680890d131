using System.IO.Compression;

namespace MlActors.Ingest;

/// <summary>
/// Reads through a decompressor and gives its ways to complain one name. What the connection itself throws is passed on as it is.
/// </summary>
/// <param name="decompress">Puts the decompressor on the compressed bytes.</param>
internal sealed class DecompressedStream(Func<Stream, Stream> decompress, Stream compressed, string encoding) : Stream
{
    private readonly Stream _decompressor = decompress(compressed);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _decompressor.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException || e.GetType().Assembly == typeof(ZLibStream).Assembly)
        {
            throw new DamagedContentException(encoding, e);
        }
        catch (InvalidOperationException e) when (encoding == "br")
        {
            // Brotli says it this way.
            throw new DamagedContentException(encoding, e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _decompressor.Dispose();
        base.Dispose(disposing);
    }
}
