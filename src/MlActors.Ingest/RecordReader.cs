using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using MlActors.Analysis.Input;

namespace MlActors.Ingest;

/// <summary>
/// Reads the records of one upload into columnar batches. A record is a JSON object; between records there may be white space, commas and
/// square brackets, so an array, NDJSON and documents back to back are all the same. Not thread-safe; one reader for each upload.
/// </summary>
/// <remarks>
/// Where batches are cut depends on the bytes of the body alone, never on how they arrive, so that a repeated upload gives the same pieces.
/// Memory is bounded by the longest record and one batch: the body is read no faster than the batches are taken.
/// A damaged record is skipped, and counted; see <see cref="DamageSkipper"/> for where reading goes on.
/// </remarks>
public sealed class RecordReader
{
    private readonly RecordReaderOptions _options;
    private readonly RecordScanner _scanner;
    private readonly RecordTimes _times;
    private readonly BatchBuilder _builder;
    private InputCounts _cutCounts;
    private DamageSkipper _skipper;
    private bool _skipping;
    private bool _begun;
    private bool _started;
    private long _counted; // offset up to which bytes belong to a batch
    private int _retryLength; // an unfinished record is scanned again only when it is this long

    /// <exception cref="ArgumentException">The time format is no format, or the schema has a column twice.</exception>
    public RecordReader(BatchSchema schema, RecordFormat format, RecordReaderOptions? options = null)
    {
        _options = options ?? new RecordReaderOptions();
        var paths = new FieldPaths(format.TimeField, schema);
        _scanner = new RecordScanner(paths);
        _times = new RecordTimes(format.TimeFormat);
        _builder = new BatchBuilder(schema, paths, _options.MaxBatchBytes);
    }

    /// <summary>The counts of all batches that were given out.</summary>
    public InputCounts Totals => _cutCounts;

    /// <summary>How many times the body was damaged so far.</summary>
    public int MalformedRecords { get; private set; }

    /// <summary>How many bytes were scanned in vain because their record was not there to its end.</summary>
    internal long RescannedBytes { get; private set; }

    /// <summary>
    /// Reads a body to its end. A batch is given out when the record after it begins, or at the end; the last one may be empty but for its
    /// counts. An empty body gives no batch. The pipe is not completed.
    /// </summary>
    /// <exception cref="UnreadableInputException">The body cannot be read on; what was given out before stays valid.</exception>
    public async IAsyncEnumerable<RecordBatch> ReadAsync(PipeReader body, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (_begun) throw new InvalidOperationException("A reader reads one upload");
        _begun = true;
        using var window = new ByteWindow();
        for (var ended = false; !ended;)
        {
            cancellation.ThrowIfCancellationRequested();
            var result = await body.ReadAsync(cancellation);
            if (result.IsCanceled) throw new OperationCanceledException("Reading the body was cancelled");
            var taken = window.Fill(result.Buffer);
            ended = result.IsCompleted && taken == result.Buffer.Length;
            body.AdvanceTo(result.Buffer.GetPosition(taken));
            while (ReadBatch(window, ended) is { } batch) yield return batch;
        }
        CountBytes(window.OffsetOf(window.End));
        if (!_builder.IsEmpty) yield return Cut();
    }

    internal static bool IsSeparator(byte b) => b is (byte)'\n' or (byte)',' or (byte)' ' or (byte)'[' or (byte)']' or (byte)'\r' or (byte)'\t';

    // Reads until a batch is full and the record after it begins; null when more bytes are needed.
    private RecordBatch? ReadBatch(ByteWindow window, bool ended)
    {
        if (!_started && !SkipByteOrderMark(window, ended)) return null;
        var bytes = window.Bytes;
        var (pos, end) = (window.Start, window.End);
        while (true)
        {
            if (_skipping)
            {
                pos = _skipper.Find(bytes, pos, end);
                _skipping = pos == end;
            }
            while (IsSeparator(bytes[pos])) pos++;
            window.ReadUpTo(pos);
            if (pos == end) return null;
            if (bytes[pos] != '{')
            {
                SkipDamage(window, pos, pos);
                continue;
            }
            if (_builder.IsFull) return Cut();
            if (end - pos < _retryLength && !ended) return null;

            var outcome = _scanner.Scan(bytes, pos, end);
            var length = (outcome == ScanOutcome.Incomplete ? end : _scanner.Position) - pos;
            if (length > _options.MaxRecordBytes)
                throw new RecordTooLargeException(window.OffsetOf(pos), _options.MaxRecordBytes);
            if (outcome == ScanOutcome.Incomplete && !ended)
            {
                // Doubling keeps the work linear in the length of the record, however small the pieces are in which it comes.
                _retryLength = (int)Math.Min(length * 2L, _options.MaxRecordBytes + 1L);
                RescannedBytes += length;
                return null;
            }
            _retryLength = 0;
            if (outcome == ScanOutcome.Complete) Accept(bytes, window.OffsetOf(_scanner.Position));
            else SkipDamage(window, pos, _scanner.Position);
            pos = _scanner.Position;
        }
    }

    private void Accept(ReadOnlySpan<byte> bytes, long offset)
    {
        var tokens = _scanner.Tokens;
        _builder.Take(_times.Read(bytes, tokens[FieldPaths.TimeField]), _scanner.FieldCount, offset - _counted, bytes, tokens);
        _counted = offset;
    }

    private void SkipDamage(ByteWindow window, int record, int at)
    {
        MalformedRecords++;
        if (MalformedRecords >= _options.MaxMalformedRecords)
            throw new MalformedInputException(MalformedRecords, window.OffsetOf(at), window.LineOf(at));
        _skipper = DamageSkipper.After(window.Bytes[record..at]);
        _skipping = true;
    }

    private RecordBatch Cut()
    {
        var batch = _builder.Cut();
        _cutCounts += batch.Input;
        return batch;
    }

    private void CountBytes(long offset)
    {
        _builder.Count(new InputCounts { InputBytes = offset - _counted });
        _counted = offset;
    }

    // False when it cannot be told yet whether the body begins with a byte order mark.
    private bool SkipByteOrderMark(ByteWindow window, bool ended)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var first = window.Bytes[..window.End];
        if (first.StartsWith(mark)) window.ReadUpTo(mark.Length);
        else if (!ended && mark.StartsWith(first)) return false;
        _started = true;
        return true;
    }
}
