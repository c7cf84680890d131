using MlActors.Analysis.Input;
using MlActors.Ingest;

namespace MlActors.Node.Detecting;

/// <summary>Reads JSON objects, one after another or in an array, as the server does.</summary>
internal sealed class JsonRecords(BatchSchema schema, RecordFormat format) : IRecordSource
{
    private readonly RecordReader _reader = new(schema, format);

    public InputCounts Counts => _reader.Totals;

    public string? InvalidTimes => Counts.InvalidDates > 0 ? $"their [{format.TimeField}] is not of the form {format.TimeFormat}" : null;

    public int Malformed => _reader.MalformedRecords;

    // The thread that reads has nothing else to do, so waiting for the input here costs nothing.
    public IEnumerable<RecordBatch> Read(InputSource input) => _reader.ReadAsync(input.Reader).ToBlockingEnumerable();
}
