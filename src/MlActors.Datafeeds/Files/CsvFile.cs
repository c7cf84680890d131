using System.Text;
using MlActors.Analysis.Input;
using MlActors.Ingest;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Files;

/// <summary>Rows of a delimited text with a header; the delimiter is found from that. Cells may be quoted (RFC 4180). Empty cells are missing fields.</summary>
internal sealed class CsvFile : RecordFile
{
    private static readonly byte[] Delimiters = ",\t;|"u8.ToArray();
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly RowRecords _records;
    private readonly FileLines _lines;
    private readonly byte _delimiter;

    // The field that each column is; −1 for none.
    private readonly int[] _fields;
    private byte[] _cell = new byte[256];

    private CsvFile(SourceFile file, FileLines lines, byte delimiter, RowRecords records, int[] fields) : base(file) =>
        (_lines, _delimiter, _records, _fields) = (lines, delimiter, records, fields);

    public override long Start => _lines.Start;

    public override long End => _lines.End;

    public override long? TimeMs => _records.TimeMs;

    public override bool IsUnfinished => !_lines.IsEnded;

    public override bool IsFull => _records.IsFull;

    public override bool IsEmpty => _records.IsEmpty;

    /// <summary>Opens a file; <c>null</c> when its header is not there yet.</summary>
    /// <exception cref="SourceException">The header lacks a column that is needed.</exception>
    public static CsvFile? Open(SourceFile file, BatchSchema schema, RecordFormat times)
    {
        // A header has no line breaks in its names, so it can be read before the delimiter is known.
        var lines = new FileLines(file);
        if (!lines.Move() || !lines.IsEnded) return null;
        var header = lines.Line.StartsWith(ByteOrderMark) ? lines.Line[ByteOrderMark.Length..] : lines.Line;
        var delimiter = DelimiterOf(header);
        lines.Delimiter = delimiter;
        var names = NamesOf(header, delimiter);
        var records = new RowRecords(schema, times);
        foreach (var field in records.Fields.Where(field => !names.Contains(field)))
            throw new SourceException($"[{file.Name}] has no column [{field}] but [{string.Join(", ", names)}]: name the columns as the job's fields, the time as its time field", isPermanent: true);
        return new CsvFile(file, lines, delimiter, records, [.. names.Select(records.IndexOf)]);
    }

    public override bool SkipTo(long position) => position <= _lines.End || _lines.SkipTo(position);

    public override ValueTask<bool> MoveAsync(CancellationToken cancellation)
    {
        do
        {
            if (!_lines.Move()) return new(false);
        }
        while (_lines.Line.IsEmpty);
        _records.Clear();
        var rest = _lines.Line;
        for (var column = 0; column < _fields.Length && TryTake(ref rest, _delimiter, ref _cell, out var cell); column++)
            if (_fields[column] >= 0)
                _records.Set(_fields[column], cell);
        return new(true);
    }

    public override void Add() => _records.TryAdd(_fields.Length - 1, _lines.Line.Length);

    public override RecordBatch Cut() => _records.Cut();

    // The one that is there most; a comma when none is.
    private static byte DelimiterOf(ReadOnlySpan<byte> header)
    {
        var (best, most) = (Delimiters[0], 0);
        foreach (var delimiter in Delimiters)
        {
            var count = header.Count(delimiter);
            if (count > most) (best, most) = (delimiter, count);
        }
        return best;
    }

    private static List<string> NamesOf(ReadOnlySpan<byte> header, byte delimiter)
    {
        var names = new List<string>();
        var scratch = new byte[header.Length];
        while (TryTake(ref header, delimiter, ref scratch, out var cell)) names.Add(Encoding.UTF8.GetString(cell).Trim());
        return names;
    }

    // Takes a cell off a line. An empty rest with nothing behind is the end; a delimiter at the very end stands for one more cell, which is empty and so missing.
    private static bool TryTake(ref ReadOnlySpan<byte> line, byte delimiter, ref byte[] scratch, out ReadOnlySpan<byte> cell)
    {
        cell = default;
        if (line.IsEmpty) return false;
        if (line[0] != '"')
        {
            var end = line.IndexOf(delimiter);
            cell = end < 0 ? line : line[..end];
            line = end < 0 ? [] : line[(end + 1)..];
            return true;
        }
        if (scratch.Length < line.Length) scratch = new byte[line.Length * 2];
        var length = 0;
        for (line = line[1..]; ;)
        {
            var quote = line.IndexOf((byte)'"');
            var part = quote < 0 ? line : line[..quote];
            part.CopyTo(scratch.AsSpan(length));
            length += part.Length;
            if (quote < 0 || quote + 1 == line.Length)
            {
                line = [];
                break;
            }
            line = line[(quote + 1)..];
            if (line[0] != '"') break;
            scratch[length++] = (byte)'"';
            line = line[1..];
        }
        // What stands between the closing quote and the delimiter belongs to nothing.
        if (!line.IsEmpty) line = line.IndexOf(delimiter) is >= 0 and var after ? line[(after + 1)..] : [];
        cell = scratch.AsSpan(0, length);
        return true;
    }
}
