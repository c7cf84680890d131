using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using MlActors.Analysis.Input;
using MlActors.Ingest;

namespace MlActors.Benchmarks;

/// <summary>
/// How fast records become batches, against the floor: Utf8JsonReader over the same bytes, taking the same fields into the same columns but
/// checking nothing else. CPU time of the whole process, so that garbage collection counts; both are measured in turn in one process.
/// Arguments: records of one pass (default 400,000), runs (default 9).
/// </summary>
public static class IngestParseBenchmark
{
    private const int WarmUps = 8;

    public static void Run(string[] args)
    {
        var records = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 400_000;
        var runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 9;
        var bodies = Shapes.Select(shape => (shape.Name, Body: Body(records, shape.Record), shape.Format)).ToList();

        // Everything before anything is measured, so that no shape pays for the compilation of what the others use too.
        foreach (var (_, body, format) in bodies)
            for (var i = 0; i < WarmUps; i++) Measure(body, records, format);

        Console.WriteLine("shape            bytes/record   reader rec/s    floor rec/s   ratio   (medians; a second of CPU time)");
        foreach (var (name, body, format) in bodies)
        {
            var measured = Enumerable.Range(0, runs).Select(_ => Measure(body, records, format)).ToList();
            var reader = Median(measured.Select(run => records / run.Reader));
            var floor = Median(measured.Select(run => records / run.Floor));
            var ratio = Median(measured.Select(run => run.Floor / run.Reader));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-16} {body.Length / (double)records,12:0.0} {reader,14:#,0} {floor,14:#,0} {ratio,7:0.00}"));
        }
    }

    private static IEnumerable<(string Name, Func<int, string> Record, RecordFormat Format)> Shapes =>
    [
        ("same order", Plain, new RecordFormat("time")),
        ("varying order", i => i % 2 == 0 ? Plain(i) : Reordered(i), new RecordFormat("time")),
        ("extra fields", WithExtras, new RecordFormat("time")),
        ("ISO 8601 times", WithDate, new RecordFormat("time", "yyyy-MM-dd'T'HH:mm:ssX")),
    ];

    private static string Time(int i) => (1_700_000_000_000L + i * 250L).ToString(CultureInfo.InvariantCulture);

    private static string Value(int i) => ((i * 7919L % 100_000) / 100.0).ToString(CultureInfo.InvariantCulture);

    private static string Bytes(int i) => (i * 104_729L % 1_000_000).ToString(CultureInfo.InvariantCulture);

    private static string Host(int i) => $"\"host\":\"web-{i % 40:000}\"";

    private static string Airline(int i) => $"\"airline\":\"{Airlines[i % Airlines.Length]}\"";

    private static string Plain(int i) => $"{{\"time\":{Time(i)},\"responsetime\":{Value(i)},\"bytes\":{Bytes(i)},{Host(i)},{Airline(i)}}}\n";

    private static string Reordered(int i) => $"{{{Host(i)},\"time\":{Time(i)},{Airline(i)},\"bytes\":{Bytes(i)},\"responsetime\":{Value(i)}}}\n";

    private static string WithExtras(int i) =>
        $"{{\"time\":{Time(i)},\"message\":\"GET /index.html took a while, really\",\"responsetime\":{Value(i)},\"tags\":[\"a\",\"b\"],"
        + $"\"agent\":{{\"name\":\"beat\",\"ok\":true}},\"bytes\":{Bytes(i)},{Host(i)},{Airline(i)}}}\n";

    private static string WithDate(int i) =>
        $"{{\"time\":\"{DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000L + i * 250L):yyyy-MM-ddTHH:mm:ssZ}\","
        + $"\"responsetime\":{Value(i)},\"bytes\":{Bytes(i)},{Host(i)},{Airline(i)}}}\n";

    private static readonly string[] Airlines = ["AAL", "JZA", "UAL", "BAW", "KLM", "DLH", "AFR", "QFA", "SIA", "ANA", "TAM"];

    private static byte[] Body(int records, Func<int, string> record)
    {
        var body = new StringBuilder();
        for (var i = 0; i < records; i++) body.Append(record(i));
        return Encoding.UTF8.GetBytes(body.ToString());
    }

    private static (double Reader, double Floor) Measure(byte[] body, int records, RecordFormat format)
    {
        var (read, seconds) = Cpu(() => ReadAll(body, format));
        var (counted, floorSeconds) = Cpu(() => Floor(body));
        if (read != records || counted != records) throw new InvalidOperationException($"Read {read} and {counted} of {records} records");
        return (seconds, floorSeconds);
    }

    private static (int Records, double Seconds) Cpu(Func<int> work)
    {
        var before = Environment.CpuUsage.TotalTime;
        var records = work();
        return (records, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static int ReadAll(byte[] body, RecordFormat format)
    {
        var reader = new RecordReader(new BatchSchema(
        [
            new BatchField("responsetime", FieldKind.Number),
            new BatchField("bytes", FieldKind.Number),
            new BatchField("host", FieldKind.Text),
            new BatchField("airline", FieldKind.Text),
        ]), format);
        return Count(reader, PipeReader.Create(new ReadOnlySequence<byte>(body))).GetAwaiter().GetResult();
    }

    private static async Task<int> Count(RecordReader reader, PipeReader body)
    {
        var records = 0;
        await foreach (var batch in reader.ReadAsync(body)) records += batch.Count;
        return records;
    }

    // Takes a time as it is, two doubles and two interned strings; trusts the body in everything else.
    private static int Floor(byte[] body)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { AllowMultipleValues = true });
        var (hosts, airlines) = (new Dictionary<ulong, int>(), new Dictionary<ulong, int>());
        var (total, row) = (0, 0);
        var columns = new FloorColumns();
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == 0)
            {
                total++;
                if (++row < RecordBatch.MaxRecords) continue;
                (columns, row) = (new FloorColumns(), 0);
            }
            if (json.TokenType != JsonTokenType.PropertyName) continue;
            if (json.ValueTextEquals("time"u8))
            {
                json.Read();
                columns.Times[row] = json.TokenType == JsonTokenType.Number ? json.GetInt64() : json.GetDateTimeOffset().ToUnixTimeSeconds();
            }
            else if (json.ValueTextEquals("responsetime"u8))
            {
                json.Read();
                columns.First[row] = json.GetDouble();
            }
            else if (json.ValueTextEquals("bytes"u8))
            {
                json.Read();
                columns.Second[row] = json.GetDouble();
            }
            else if (json.ValueTextEquals("host"u8))
            {
                json.Read();
                columns.Hosts[row] = Code(hosts, json.ValueSpan);
            }
            else if (json.ValueTextEquals("airline"u8))
            {
                json.Read();
                columns.Airlines[row] = Code(airlines, json.ValueSpan);
            }
            else
            {
                json.Skip();
            }
        }
        return total;
    }

    private static int Code(Dictionary<ulong, int> codes, ReadOnlySpan<byte> text)
    {
        var hash = XxHash3.HashToUInt64(text);
        if (!codes.TryGetValue(hash, out var code)) codes[hash] = code = codes.Count;
        return code;
    }

    private sealed class FloorColumns
    {
        public long[] Times { get; } = new long[RecordBatch.MaxRecords];
        public double[] First { get; } = new double[RecordBatch.MaxRecords];
        public double[] Second { get; } = new double[RecordBatch.MaxRecords];
        public int[] Hosts { get; } = new int[RecordBatch.MaxRecords];
        public int[] Airlines { get; } = new int[RecordBatch.MaxRecords];
    }
}
