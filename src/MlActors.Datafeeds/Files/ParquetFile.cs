using MlActors.Analysis.Input;
using MlActors.Ingest;
using MlActors.Jobs.Datafeeds.Sources;
using Parquet;
using Parquet.Schema;

namespace MlActors.Datafeeds.Files;

/// <summary>The rows of a Parquet file, by row groups: the columns that are needed, of one group, are in memory. Places are numbers of rows.</summary>
internal sealed class ParquetFile : RecordFile
{
    private readonly ParquetReader _reader;
    private readonly RowRecords _records;

    // The fields of a record with the columns they are; the first is the time.
    private readonly DataField[] _columns;
    private readonly ParquetCells[] _cells;
    private readonly long[] _groupStarts;
    private long _row = -1;
    private int _group = -1;

    private ParquetFile(SourceFile file, ParquetReader reader, RowRecords records, DataField[] columns) : base(file)
    {
        (_reader, _records, _columns, _cells) = (reader, records, columns, new ParquetCells[columns.Length]);
        _groupStarts = new long[reader.RowGroupCount + 1];
        for (var i = 0; i < reader.RowGroupCount; i++) _groupStarts[i + 1] = _groupStarts[i] + reader.RowGroups[i].RowCount;
    }

    public override long Start => _row;

    public override long End => _row + 1;

    public override long? TimeMs => _cells[0].Ms(Index) ?? _records.TimeMs;

    public override bool IsFull => _records.IsFull;

    public override bool IsEmpty => _records.IsEmpty;

    private int Index => (int)(_row - _groupStarts[_group]);

    /// <exception cref="SourceException">It lacks a column, or has one of a type of which no field can be made.</exception>
    public static async Task<ParquetFile> OpenAsync(SourceFile file, BatchSchema schema, RecordFormat times, CancellationToken cancellation)
    {
        var reader = await ParquetReader.CreateAsync(file.Content, leaveStreamOpen: true, cancellationToken: cancellation);
        var records = new RowRecords(schema, times);
        var fields = reader.Schema.GetDataFields();
        string[] names = [.. fields.Select(field => string.Join('.', field.Path.ToList()))];
        var columns = records.Fields.Select(name => Array.IndexOf(names, name) is >= 0 and var at ? fields[at] : throw new SourceException(
            $"[{file.Name}] has no column [{name}] but [{string.Join(", ", names)}]: name the columns as the job's fields, the time as its time field", isPermanent: true)).ToArray();
        return new ParquetFile(file, reader, records, columns);
    }

    public override bool SkipTo(long position)
    {
        _row = position - 1;
        return position <= _groupStarts[^1];
    }

    public override async ValueTask<bool> MoveAsync(CancellationToken cancellation)
    {
        if (_row + 1 >= _groupStarts[^1]) return false;
        _row++;
        if (_group < 0 || _row >= _groupStarts[_group + 1])
        {
            do _group++;
            while (_row >= _groupStarts[_group + 1]);
            using var group = _reader.OpenRowGroupReader(_group);
            for (var i = 0; i < _columns.Length; i++) _cells[i] = await ParquetCells.ReadAsync(group, _columns[i], File.Name, cancellation);
        }
        _records.Clear();
        for (var field = 0; field < _cells.Length; field++) _cells[field].Copy(Index, _records, field);
        return true;
    }

    public override void Add()
    {
        if (_cells[0].Ms(Index) is { } ms) _records.Add(ms, _columns.Length - 1, 0);
        else _records.TryAdd(_columns.Length - 1, 0);
    }

    public override RecordBatch Cut() => _records.Cut();
}
