using System.Buffers;

namespace MlActors.Documents.Store;

/// <summary>
/// Documents as they were read, one behind the other in one rented buffer: no allocation for a document. Whoever gets a page disposes it, and keeps no
/// source longer than that.
/// </summary>
public sealed class DocumentPage : IDisposable
{
    private readonly List<Entry> _entries = [];
    private byte[] _bytes;
    private int _used;

    /// <param name="expectedBytes">Room at the beginning.</param>
    public DocumentPage(int expectedBytes) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(256, expectedBytes));

    public int Count => _entries.Count;

    /// <summary>Bytes of all sources.</summary>
    public int Bytes => _used;

    /// <summary>Where to go on; <c>null</c>: this was all.</summary>
    public DocumentPosition? Next { get; set; }

    public DocumentPosition PositionOf(int i) => _entries[i].Position;

    public long TimeMsOf(int i) => _entries[i].Position.TimeMs;

    public long SeqOf(int i) => _entries[i].Position.Seq;

    /// <summary>The id that its sender gave; <c>null</c> when it has a made one, see <see cref="DocumentId"/>.</summary>
    public string? GivenIdOf(int i) => _entries[i].GivenId;

    /// <summary>The document as UTF-8 JSON; valid until the page is disposed.</summary>
    public ReadOnlySpan<byte> SourceOf(int i) => _bytes.AsSpan(_entries[i].Start, _entries[i].Length);

    /// <inheritdoc cref="SourceOf"/>
    public ReadOnlyMemory<byte> MemoryOf(int i) => _bytes.AsMemory(_entries[i].Start, _entries[i].Length);

    public void Add(DocumentPosition position, string? givenId, ReadOnlySpan<byte> source)
    {
        if (_bytes.Length - _used < source.Length) Grow(source.Length);
        source.CopyTo(_bytes.AsSpan(_used));
        _entries.Add(new Entry(position, givenId, _used, source.Length));
        _used += source.Length;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _entries.Clear();
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _used + more));
        _bytes.AsSpan(0, _used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private readonly record struct Entry(DocumentPosition Position, string? GivenId, int Start, int Length);
}
