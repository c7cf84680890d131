using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using MlActors.Analysis.Input;

namespace MlActors.Ingest.Tests;

/// <summary>Reads bodies for tests, and shows what came out as text, so that everything about it is compared at once.</summary>
internal static class Uploads
{
    public static BatchSchema Schema(params BatchField[] fields) => new([.. fields]);

    public static BatchField Number(string name) => new(name, FieldKind.Number);

    public static BatchField Text(string name) => new(name, FieldKind.Text);

    public static BatchField Point(string name) => new(name, FieldKind.Point);

    /// <summary>A value as number, the same as text, and a host.</summary>
    public static BatchSchema Usual { get; } = Schema(Number("value"), Text("host"), Text("value"));

    public static RecordReader Reader(
        BatchSchema? schema = null, string timeField = "time", string timeFormat = "epoch", RecordReaderOptions? options = null) =>
        new(schema ?? Usual, new RecordFormat(timeField, timeFormat), options);

    public static List<RecordBatch> Read(this RecordReader reader, string body, params int[] pieces) => reader.Read(Encoding.UTF8.GetBytes(body), pieces);

    public static List<RecordBatch> Read(this RecordReader reader, byte[] body, params int[] pieces) =>
        reader.ReadAll(PipeReader.Create(new PiecewiseStream(body, pieces))).GetAwaiter().GetResult();

    public static async Task<List<RecordBatch>> ReadAll(this RecordReader reader, PipeReader body)
    {
        var batches = new List<RecordBatch>();
        await foreach (var batch in reader.ReadAsync(body)) batches.Add(batch);
        return batches;
    }

    /// <summary>The records, one line each: the time, then every column; a missing value is <c>-</c>.</summary>
    public static string[] Rows(this IEnumerable<RecordBatch> batches) =>
        [.. batches.SelectMany(batch => Enumerable.Range(0, batch.Count).Select(row => Row(batch, row)))];

    private static string Row(RecordBatch batch, int row)
    {
        var cells = batch.Columns.Select(column => column switch
        {
            { Numbers: { } numbers } => double.IsNaN(numbers[row]) ? "-" : Show(numbers[row]),
            { Codes: { } codes } => codes[row] < 0 ? "-" : $"'{column.Dictionary![codes[row]]}'",
            _ => "?",
        });
        return string.Join(" ", cells.Prepend(batch.Times[row].ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>A number with all its bits.</summary>
    public static string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>All of a batch: sizes, counts, dictionaries and codes as they are.</summary>
    public static string Dump(this RecordBatch batch)
    {
        var columns = batch.Columns.Select(column => column.Numbers is { } numbers
            ? string.Join(' ', numbers.Select(number => BitConverter.DoubleToInt64Bits(number).ToString("x", CultureInfo.InvariantCulture)))
            : $"{string.Join(' ', column.Codes!)} of {string.Join('|', column.Dictionary!)}");
        return $"{batch.Count} {batch.Input}\n{string.Join(' ', batch.Times)}\n{string.Join('\n', columns)}";
    }

    /// <summary>Everything that reading a body gives, its failure included.</summary>
    public static string Outcome(this RecordReader reader, byte[] body, params int[] pieces)
    {
        var text = new StringBuilder();
        try
        {
            foreach (var batch in Batches(reader, body, pieces)) text.AppendLine(batch.Dump());
            text.Append(CultureInfo.InvariantCulture, $"total {reader.Totals}");
        }
        catch (UnreadableInputException e)
        {
            text.Append(e.GetType().Name).Append(": ").Append(e.Message);
        }
        return text.Append(CultureInfo.InvariantCulture, $" malformed {reader.MalformedRecords}").ToString();
    }

    private static IEnumerable<RecordBatch> Batches(RecordReader reader, byte[] body, int[] pieces) =>
        reader.ReadAsync(PipeReader.Create(new PiecewiseStream(body, pieces))).ToBlockingEnumerable();

    /// <summary>A stream that gives a body in pieces of the wanted sizes, over and over.</summary>
    private sealed class PiecewiseStream(byte[] body, int[] pieces) : MemoryStream(body)
    {
        private int _piece;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var size = pieces.Length == 0 ? buffer.Length : Math.Min(buffer.Length, pieces[_piece++ % pieces.Length]);
            return base.ReadAsync(buffer[..size], cancellationToken);
        }
    }
}
