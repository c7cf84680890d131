using MlActors.Documents.Matching;
using MlActors.Documents.Store;
using MlActors.Storage.Sql.Reads;

namespace MlActors.Storage.Sql.Documents;

/// <summary>A scan made ready on the caller's thread, so that a query which cannot be compiled is the caller's error.</summary>
internal sealed class PreparedScan
{
    private readonly List<(IndexInfo Index, QueryMatcher Matcher, TimeBounds Bounds)> _parts = [];

    public PreparedScan(DocumentScan scan)
    {
        Scan = scan;
        // The end is exclusive; nothing is before the first millisecond there is.
        var asked = scan.ToMs == long.MinValue ? TimeBounds.Nothing : new TimeBounds(scan.FromMs, scan.ToMs == long.MaxValue ? long.MaxValue : scan.ToMs - 1);
        foreach (var index in scan.Indices)
        {
            var matcher = QueryMatcher.Compile(scan.Query, index);
            var bounds = asked.And(matcher.Bounds);
            if (!bounds.IsEmpty) _parts.Add((index, matcher, bounds));
        }
    }

    public DocumentScan Scan { get; }

    public IReadOnlyList<(IndexInfo Index, QueryMatcher Matcher, TimeBounds Bounds)> Parts => _parts;

    public DocumentWalk Open(ReadSession session, DocumentPosition? after = null) => new(session, this, after);
}

/// <summary>Walks through several indices as if they were one.</summary>
internal sealed class DocumentWalk : IDisposable
{
    private readonly List<DocumentCursor> _cursors = [];
    private readonly PriorityQueue<DocumentCursor, DocumentPosition>? _next;
    private DocumentCursor? _current;
    private int _opened;

    public DocumentWalk(ReadSession session, PreparedScan scan, DocumentPosition? after)
    {
        try
        {
            foreach (var (index, matcher, bounds) in scan.Parts)
                _cursors.Add(session.OpenCursor(index, matcher, bounds, after, scan.Scan.Descending));
        }
        catch
        {
            Dispose();
            throw;
        }
        if (_cursors.Count < 2) return;
        _next = scan.Scan.Descending ? new(Comparer<DocumentPosition>.Create((a, b) => b.CompareTo(a))) : new();
        foreach (var cursor in _cursors)
            if (cursor.Step()) _next.Enqueue(cursor, cursor.Position);
    }

    /// <summary>The index that the walk stands in.</summary>
    public DocumentCursor Current => _current ?? throw new InvalidOperationException("The walk stands nowhere.");

    /// <summary>Goes to the next document, matching or not.</summary>
    public bool Step()
    {
        if (_next is null)
        {
            if (_opened++ == 0) _current = _cursors.Count == 0 ? null : _cursors[0];
            return _current is not null && _current.Step();
        }
        if (_current is not null && _current.Step()) _next.Enqueue(_current, _current.Position);
        return _next.TryDequeue(out _current, out _);
    }

    public void Dispose()
    {
        foreach (var cursor in _cursors) cursor.Dispose();
    }
}
