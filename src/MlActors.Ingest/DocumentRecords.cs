using MlActors.Analysis.Input;

namespace MlActors.Ingest;

/// <summary>
/// Makes batches of records that come one JSON object at a time, such as stored documents. Reads a record as <see cref="RecordReader"/> does.
/// Not thread-safe.
/// </summary>
public sealed class DocumentRecords
{
    private readonly RecordScanner _scanner;
    private readonly RecordTimes _times;
    private readonly BatchBuilder _builder;
    private byte[] _bytes = new byte[4096];
    private int _begun = -1;
    private long? _begunMs;

    /// <exception cref="ArgumentException">The time format is no format, or the schema has a column twice.</exception>
    public DocumentRecords(BatchSchema schema, RecordFormat format)
    {
        var paths = new FieldPaths(format.TimeField, schema);
        _scanner = new RecordScanner(paths);
        _times = new RecordTimes(format.TimeFormat);
        _builder = new BatchBuilder(schema, paths, new RecordReaderOptions().MaxBatchBytes);
    }

    /// <summary>Whether a batch must be cut before the next record is added.</summary>
    public bool IsFull => _builder.IsFull;

    /// <summary>Whether nothing was added and nothing counted since the last batch.</summary>
    public bool IsEmpty => _builder.IsEmpty;

    /// <summary>Adds a record with a time that is known; <c>false</c> when it is no JSON object, and nothing was added.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="timeMs">Epoch milliseconds.</param>
    public bool TryAdd(ReadOnlySpan<byte> json, long timeMs)
    {
        if (!TryScan(json)) return false;
        Add(json.Length, RecordTimes.ToSeconds(timeMs));
        return true;
    }

    /// <summary>Adds a record by the time it holds; one without a readable time is only counted.</summary>
    /// <returns>Whether it is a JSON object; else nothing was added.</returns>
    public bool TryAdd(ReadOnlySpan<byte> json)
    {
        if (!TryScan(json)) return false;
        Add(json.Length, _times.Read(_bytes, _scanner.Tokens[FieldPaths.TimeField]));
        return true;
    }

    /// <summary>Begins a record, that its time can be looked at before it is added; <c>false</c> when it is no JSON object.</summary>
    /// <param name="json">UTF-8.</param>
    public bool TryBegin(ReadOnlySpan<byte> json)
    {
        _begun = TryScan(json) ? json.Length : -1;
        _begunMs = _begun >= 0 && _times.TryReadMs(_bytes, _scanner.Tokens[FieldPaths.TimeField], out var ms) ? ms : null;
        return _begun >= 0;
    }

    /// <summary>The time of the record that was begun, epoch milliseconds; <c>null</c> when it has none that can be read.</summary>
    public long? TimeMs => _begunMs;

    /// <summary>Adds the record that was begun; without a readable time it is only counted.</summary>
    public void AddBegun()
    {
        if (_begun < 0) throw new InvalidOperationException("No record was begun");
        Add(_begun, _begunMs is { } ms ? RecordTimes.ToSeconds(ms) : null);
        (_begun, _begunMs) = (-1, null);
    }

    /// <summary>Counts something that is no record as one without a readable time.</summary>
    public void CountUnreadable(int bytes) => _builder.Count(new InputCounts { InputBytes = bytes, InvalidDates = 1 });

    /// <summary>The batch, and an empty one begins.</summary>
    public RecordBatch Cut() => _builder.Cut();

    // The scanner wants a zero byte and padding behind the record.
    private bool TryScan(ReadOnlySpan<byte> json)
    {
        var start = json.IndexOf((byte)'{');
        if (start < 0) return false;
        if (json.Length + JsonLexer.Padding > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, json.Length + JsonLexer.Padding));
        json.CopyTo(_bytes);
        _bytes[json.Length] = 0;
        return _scanner.Scan(_bytes, start, json.Length) == ScanOutcome.Complete;
    }

    private void Add(int bytes, long? seconds) => _builder.Take(seconds, _scanner.FieldCount, bytes, _bytes, _scanner.Tokens);
}
