using MlActors.Analysis.Input;
using MlActors.Ingest;

namespace MlActors.Datafeeds.Files;

/// <summary>A JSON object in each line. Empty lines are passed over; what is no object is counted as a record without a readable time.</summary>
internal sealed class NdjsonFile(SourceFile file, BatchSchema schema, RecordFormat times) : RecordFile(file)
{
    private readonly FileLines _lines = new(file);
    private readonly DocumentRecords _records = new(schema, times);
    private bool _isRecord;

    public override long Start => _lines.Start;

    public override long End => _lines.End;

    public override long? TimeMs => _isRecord ? _records.TimeMs : null;

    public override bool IsUnfinished => !_lines.IsEnded;

    public override bool IsFull => _records.IsFull;

    public override bool IsEmpty => _records.IsEmpty;

    public override bool SkipTo(long position) => _lines.SkipTo(position);

    public override ValueTask<bool> MoveAsync(CancellationToken cancellation)
    {
        do
        {
            if (!_lines.Move()) return new(false);
        }
        while (_lines.Line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0);
        _isRecord = _records.TryBegin(_lines.Line);
        return new(true);
    }

    public override void Add()
    {
        if (_isRecord) _records.AddBegun();
        else _records.CountUnreadable(_lines.Line.Length);
    }

    public override RecordBatch Cut() => _records.Cut();
}
