using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace MlActors.Documents.Store;

/// <summary>
/// The ids that the store makes: 20 characters that say where the document is (a tag of its index, its time, its sequence number), so that finding it
/// by its id costs no index of its own.
/// </summary>
public static class DocumentId
{
    /// <summary>Longest id in UTF-8 bytes.</summary>
    public const int MaxBytes = 512;

    private const int Length = 20;
    private const int TagBytes = 3;
    private const int NumberBytes = 6;

    /// <param name="tag">Of the index; the lowest 24 bits count.</param>
    public static string Make(uint tag, long timeMs, long seq)
    {
        Span<byte> bytes = stackalloc byte[TagBytes + NumberBytes + NumberBytes];
        Put(bytes, tag, TagBytes);
        Put(bytes[TagBytes..], timeMs, NumberBytes);
        Put(bytes[(TagBytes + NumberBytes)..], seq, NumberBytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Whether it is an id made in the index of this tag, and of which document.</summary>
    public static bool TryParse(uint tag, [NotNullWhen(true)] string? id, out long timeMs, out long seq)
    {
        (timeMs, seq) = (0, 0);
        if (id?.Length != Length) return false;
        Span<byte> bytes = stackalloc byte[Length];
        if (!Base64Url.TryDecodeFromChars(id, bytes, out var length) || length != TagBytes + (2 * NumberBytes)) return false;
        timeMs = Get(bytes[TagBytes..]);
        seq = Get(bytes[(TagBytes + NumberBytes)..]);
        return Make(tag, timeMs, seq) == id;
    }

    private static void Put(Span<byte> target, long value, int count)
    {
        Span<byte> all = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(all, value);
        all[^count..].CopyTo(target);
    }

    // Six bytes with their sign: years until 6400 on both sides of 1970.
    private static long Get(ReadOnlySpan<byte> source)
    {
        Span<byte> all = stackalloc byte[sizeof(long)];
        source[..NumberBytes].CopyTo(all);
        return BinaryPrimitives.ReadInt64BigEndian(all) >> 16;
    }
}
