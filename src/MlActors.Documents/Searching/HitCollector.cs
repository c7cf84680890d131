using MlActors.Documents.Matching;
using MlActors.Documents.Store;
using MlActors.Documents.Times;

namespace MlActors.Documents.Searching;

/// <summary>Keeps the first hits of an order out of all that it is shown; memory is bounded by how many it keeps.</summary>
internal sealed class HitCollector
{
    // Sources of hits that are held at the same time.
    private const long MostBytes = 64L << 20;

    private readonly SearchRequest _request;
    private readonly int[] _slots;
    private readonly PriorityQueue<Hit, Hit> _worstFirst;
    private readonly int _wanted;
    private long _bytes;

    public HitCollector(SearchRequest request, FieldPaths paths)
    {
        _request = request;
        _wanted = request.From + request.Size;
        _slots = [.. request.Sort.Select(key => key.Field.StartsWith('_') ? -1 : paths.Add(key.Field))];
        _worstFirst = new(Comparer<Hit>.Create((a, b) => Compare(b, a)));
    }

    public bool WantsNone => _wanted == 0;

    public bool IsFull => _worstFirst.Count >= _wanted;

    /// <summary>The place of the last hit that is kept.</summary>
    public DocumentPosition Worst => _worstFirst.Peek().Position;

    public void Offer(IndexInfo index, DocumentPage page, int i, DocumentFields fields)
    {
        if (_wanted == 0) return;
        var keys = new SortValue[_slots.Length];
        for (var k = 0; k < keys.Length; k++) keys[k] = KeyOf(k, index, page, i, fields);
        if (!_request.SearchAfter.IsEmpty && CompareKeys(keys, _request.SearchAfter.AsSpan()) <= 0) return;
        var probe = new Hit(index, "", page.PositionOf(i), [], keys);
        if (IsFull && Compare(probe, _worstFirst.Peek()) >= 0) return;
        var hit = probe with { Id = index.IdOf(page, i), Source = page.SourceOf(i).ToArray() };
        _worstFirst.Enqueue(hit, hit);
        _bytes += hit.Source.Length;
        if (_worstFirst.Count > _wanted) _bytes -= _worstFirst.Dequeue().Source.Length;
        if (_bytes > MostBytes)
            throw new QueryException($"[size]: these hits have more than {MostBytes >> 20} MiB together; ask for fewer and go on with [search_after]");
    }

    public IReadOnlyList<Hit> Take()
    {
        var hits = new List<Hit>(_worstFirst.Count);
        while (_worstFirst.TryDequeue(out var hit, out _)) hits.Add(hit);
        hits.Reverse();
        return [.. hits.Skip(_request.From)];
    }

    private SortValue KeyOf(int k, IndexInfo index, DocumentPage page, int i, DocumentFields fields)
    {
        var key = _request.Sort[k];
        if (key.Field == index.TimeField) return SortValue.Of(page.TimeMsOf(i));
        if (key.IsPosition) return SortValue.Of(PositionKey.Format(page.PositionOf(i)));
        if (_slots[k] < 0) return key.Field switch { "_seq_no" => SortValue.Of(page.SeqOf(i)), "_id" => SortValue.Of(index.IdOf(page, i)), "_index" => SortValue.Of(index.Name), _ => SortValue.Missing };
        var best = SortValue.Missing;
        foreach (var value in fields.ValuesOf(_slots[k]))
        {
            var here = ValueOf(index, key.Field, fields, value, page.SourceOf(i));
            if (best.IsMissing || SortValue.Compare(here, best, key.Descending, key.MissingFirst) < 0) best = here;
        }
        return best;
    }

    private static SortValue ValueOf(IndexInfo index, string field, DocumentFields fields, in FieldValue value, ReadOnlySpan<byte> source)
    {
        if (value.Kind == FieldKind.Object) return SortValue.Missing;
        if (index.Mapping.DateOf(field) is { } format && format.TryParse(fields.BytesOf(value, source), value.Kind == FieldKind.Number, out var ms)) return SortValue.Of(ms);
        if (value.Kind == FieldKind.Number && fields.TryGetNumber(value, source, out var number))
            return number == Math.Floor(number) && Math.Abs(number) < 1e15 ? SortValue.Of((long)number) : SortValue.Of(number);
        return SortValue.Of(fields.TextOf(value, source));
    }

    // Equal hits come in the order in which they lie.
    private int Compare(Hit a, Hit b)
    {
        var order = CompareKeys(a.Keys, b.Keys);
        if (order != 0) return order;
        var place = a.Position.CompareTo(b.Position);
        return _request.Sort is [{ Descending: true } first, ..] && first.Field == a.Index.TimeField ? -place : place;
    }

    private int CompareKeys(ReadOnlySpan<SortValue> a, ReadOnlySpan<SortValue> b)
    {
        for (var k = 0; k < a.Length; k++)
        {
            var key = _request.Sort[k];
            var order = key.IsPosition && PositionKey.TryParse(a[k].Text, out var x) && PositionKey.TryParse(b[k].Text, out var y)
                ? key.Descending ? y.CompareTo(x) : x.CompareTo(y)
                : SortValue.Compare(a[k], b[k], key.Descending, key.MissingFirst);
            if (order != 0) return order;
        }
        return 0;
    }
}
