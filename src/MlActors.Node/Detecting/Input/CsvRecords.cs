using System.Text;
using MlActors.Analysis.Input;
using MlActors.Ingest;

namespace MlActors.Node.Detecting;

/// <summary>Reads the rows of a table as batches of records.</summary>
internal sealed class CsvRecords(BatchSchema schema, RecordFormat format, string timeSuffix) : IRecordSource
{
    private const int BufferBytes = 1 << 16;

    public InputCounts Counts { get; private set; }

    public string? InvalidTimes { get; private set; }

    public int Malformed => 0;

    public IEnumerable<RecordBatch> Read(InputSource input)
    {
        using var text = new StreamReader(input.Reader.AsStream(leaveOpen: true), Encoding.UTF8, detectEncodingFromByteOrderMarks: true, BufferBytes);
        using var table = CsvTable.Open(text, Sample.IsValue);
        var records = new RowRecords(schema, format);
        var columns = records.Fields.Select(field => table.Columns.ToList().IndexOf(field)).ToArray();
        while (table.Read())
        {
            if (records.IsFull) yield return Cut(records);
            Add(table, records, columns);
        }
        if (!records.IsEmpty) yield return Cut(records);
    }

    private void Add(CsvTable table, RowRecords records, int[] columns)
    {
        for (var field = 0; field < columns.Length; field++)
            if (columns[field] >= 0)
                records.Set(field, table.Cell(columns[field]));
        if (timeSuffix.Length > 0) records.Set(0, string.Concat(table.Cell(columns[0]), timeSuffix));
        if (!records.TryAdd(table.CellCount - 1, bytes: 0))
            InvalidTimes ??= $"the first is in line {table.Line}: [{table.Cell(columns[0])}] in column [{format.TimeField}] is not a time of the form {format.TimeFormat}";
    }

    private RecordBatch Cut(RowRecords records)
    {
        var batch = records.Cut();
        Counts += batch.Input;
        return batch;
    }
}
