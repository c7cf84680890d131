using System.Buffers;
using System.IO.Pipelines;
using MlActors.Ingest;

namespace MlActors.Node.Detecting;

/// <summary>A file or standard input, decompressed when its first bytes say that it is gzip. Its beginning can be looked at before it is read.</summary>
internal sealed class InputSource : IAsyncDisposable
{
    private const int BufferBytes = 1 << 17;

    private readonly Stream _raw;
    private readonly BodyDecoder _decoder;

    private InputSource(string name, Stream raw, BodyDecoder decoder) => (Name, _raw, _decoder) = (name, raw, decoder);

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    public PipeReader Reader => _decoder.Reader;

    /// <summary>How much of it was read, from 0 to 1; <c>null</c> when its length is not known.</summary>
    public double? Progress => _raw is FileStream { CanSeek: true, Length: > 0 } file ? (double)file.Position / file.Length : null;

    /// <param name="path">A file, or <c>-</c> for standard input.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static async Task<InputSource> OpenAsync(string path, CancellationToken cancellation)
    {
        var raw = path is "-"
            ? Console.OpenStandardInput()
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        var pipe = PipeReader.Create(raw, new StreamPipeReaderOptions(bufferSize: BufferBytes, minimumReadSize: BufferBytes / 4, leaveOpen: true));
        var start = await PeekAsync(pipe, 2, cancellation);
        return new InputSource(path is "-" ? "standard input" : path, raw, BodyDecoder.Open(pipe, start is [0x1F, 0x8B, ..] ? "gzip" : null));
    }

    /// <summary>Its first bytes, decompressed; they stay to be read.</summary>
    public Task<byte[]> PeekAsync(int bytes, CancellationToken cancellation) => PeekAsync(Reader, bytes, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _decoder.DisposeAsync();
        await _raw.DisposeAsync();
    }

    private static async Task<byte[]> PeekAsync(PipeReader reader, int bytes, CancellationToken cancellation)
    {
        var result = await reader.ReadAtLeastAsync(bytes, cancellation);
        var first = result.Buffer.Slice(0, Math.Min(bytes, result.Buffer.Length)).ToArray();
        reader.AdvanceTo(result.Buffer.Start);
        return first;
    }
}
