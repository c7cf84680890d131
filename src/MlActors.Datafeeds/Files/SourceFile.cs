using System.IO.Compression;
using ZstdSharp;

namespace MlActors.Datafeeds.Files;

/// <summary>An open file, decompressed when its first bytes say that it is gzip or Zstandard.</summary>
internal sealed class SourceFile : IDisposable
{
    private readonly FileStream _raw;

    private SourceFile(string name, FileStream raw, byte[] head)
    {
        (Name, _raw, Head) = (name, raw, head);
        Content = head switch
        {
            [0x1F, 0x8B, ..] => new GZipStream(raw, CompressionMode.Decompress),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => new DecompressionStream(raw),
            _ => raw,
        };
    }

    /// <summary>Its path below the root.</summary>
    public string Name { get; }

    /// <summary>Its first bytes, as stored.</summary>
    public byte[] Head { get; }

    public Stream Content { get; }

    /// <summary>Compressed files are written whole; others may grow.</summary>
    public bool MayGrow => ReferenceEquals(Content, _raw);

    /// <summary>Bytes as stored.</summary>
    public long Length => _raw.Length;

    public DateTime LastWrite => File.GetLastWriteTimeUtc(_raw.SafeFileHandle);

    public static SourceFile Open(string root, string name)
    {
        var raw = new FileStream(Path.Combine(root, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        try
        {
            var head = new byte[FileCursor.MostHeadBytes];
            var length = raw.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            raw.Position = 0;
            return new SourceFile(name, raw, head[..length]);
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Content.Dispose();
        _raw.Dispose();
    }
}
