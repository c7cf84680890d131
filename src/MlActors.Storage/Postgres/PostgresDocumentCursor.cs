using System.Buffers;
using MlActors.Documents.Matching;
using MlActors.Documents.Store;
using MlActors.Storage.Sql.Documents;

namespace MlActors.Storage.Postgres;

/// <summary>
/// Fetches the rows in pieces, each the continuation of the one before, so that a walk which ends early has not asked for all. Pieces grow while a walk
/// goes on, up to some bytes.
/// </summary>
internal sealed class PostgresDocumentCursor : DocumentCursor
{
    private const string Columns = "SELECT time_ms, seq, id, source FROM document WHERE index_no = @0 ";
    private const string Forwards = Columns + "AND (time_ms, seq) > (@1, @2) AND time_ms <= @3 ORDER BY time_ms, seq LIMIT @4";
    private const string Backwards = Columns + "AND (time_ms, seq) < (@1, @2) AND time_ms >= @3 ORDER BY time_ms DESC, seq DESC LIMIT @4";
    private const int FirstRows = 64;
    private const int MostRows = 4096;
    private const int AboutBytes = 2 << 20;

    private readonly PostgresReadSession _session;
    private readonly bool _descending;
    private readonly long _last;
    private readonly List<Row> _rows = [];
    private byte[] _bytes = [];
    private int _used;
    private int _at = -1;
    private int _limit = FirstRows;
    private (long TimeMs, long Seq) _after;
    private bool _isEnd;

    public PostgresDocumentCursor(PostgresReadSession session, IndexInfo index, QueryMatcher matcher, TimeBounds bounds, DocumentPosition? after, bool descending)
        : base(index, matcher)
    {
        (_session, _descending) = (session, descending);
        _after = Before(bounds, after, descending);
        _last = descending ? bounds.FromMs : bounds.LastMs;
    }

    public override ReadOnlySpan<byte> Source => _bytes.AsSpan(_rows[_at].Start, _rows[_at].Length);

    public override ReadOnlySpan<byte> GivenId => _rows[_at].Id;

    public override bool Step()
    {
        if (++_at == _rows.Count)
        {
            if (!_isEnd) Fetch();
            if (_at == _rows.Count) return false;
        }
        Position = new DocumentPosition(_rows[_at].TimeMs, Number, _rows[_at].Seq);
        return true;
    }

    public override void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Fetch()
    {
        _rows.Clear();
        (_used, _at) = (0, 0);
        using (var reader = _session.Execute(_descending ? Backwards : Forwards, Number, _after.TimeMs, _after.Seq, _last, _limit))
        {
            while (reader.Read())
            {
                var length = (int)reader.GetBytes(3, 0, null, 0, 0);
                Reserve(length);
                if (length > 0) reader.GetBytes(3, 0, _bytes, _used, length);
                _rows.Add(new Row(reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? [] : reader.GetFieldValue<byte[]>(2), _used, length));
                _used += length;
            }
        }
        _isEnd = _rows.Count < _limit;
        if (_rows.Count == 0) return;
        _after = (_rows[^1].TimeMs, _rows[^1].Seq);
        _limit = (int)Math.Clamp((long)AboutBytes * _rows.Count / Math.Max(1, _used), 1, Math.Min(MostRows, _limit * 4L));
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - _used >= more && _bytes.Length > 0) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(_bytes.Length * 2, _used + more), 4096));
        _bytes.AsSpan(0, _used).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private readonly record struct Row(long TimeMs, long Seq, byte[] Id, int Start, int Length);
}
