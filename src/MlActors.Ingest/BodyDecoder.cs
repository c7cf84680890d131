using System.IO.Compression;
using System.IO.Pipelines;

namespace MlActors.Ingest;

/// <summary>
/// The body of a request, decompressed as it is read: however small a bomb is packed, no more of it is in memory than one buffer.
/// </summary>
public sealed class BodyDecoder : IAsyncDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly bool _owned;

    private BodyDecoder(PipeReader reader, bool owned) => (Reader, _owned) = (reader, owned);

    /// <summary>The decompressed body. Reading it throws <see cref="DamagedContentException"/> when the compression is damaged or cut short.</summary>
    public PipeReader Reader { get; }

    /// <summary>Opens a body.</summary>
    /// <param name="contentEncoding">The header's value: <c>gzip</c>, <c>deflate</c>, <c>br</c>, <c>identity</c>, or none.</param>
    /// <exception cref="UnsupportedContentEncodingException">It is none of these, or several.</exception>
    public static BodyDecoder Open(PipeReader body, string? contentEncoding)
    {
        var encoding = (contentEncoding ?? "").Trim().ToLowerInvariant();
        Func<Stream, Stream>? decompress = encoding switch
        {
            "" or "identity" => null,
            "gzip" or "x-gzip" => source => new GZipStream(source, CompressionMode.Decompress),
            "deflate" => source => new ZLibStream(source, CompressionMode.Decompress),
            "br" => source => new BrotliStream(source, CompressionMode.Decompress),
            _ => throw new UnsupportedContentEncodingException(encoding),
        };
        if (decompress is null) return new BodyDecoder(body, owned: false);
        var stream = new DecompressedStream(decompress, body.AsStream(leaveOpen: true), encoding);
        return new BodyDecoder(PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, minimumReadSize: BufferBytes / 4)), owned: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_owned) await Reader.CompleteAsync();
    }
}
