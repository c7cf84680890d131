using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Files;
using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Datafeeds;
using Parquet;
using Parquet.Schema;
using ZstdSharp;

namespace MlActors.Datafeeds.Tests.Files;

/// <summary>The compliance of one format; the samples are spread over three files each.</summary>
public abstract class FileCompliance : SourceCompliance
{
    private readonly string _root = Directory.CreateTempSubdirectory("mlactors-files-").FullName;
    private readonly string _gone = Directory.CreateTempSubdirectory("mlactors-gone-").FullName;
    private readonly string _extension;

    private protected FileCompliance(string extension, Func<IReadOnlyList<Sample>, byte[]> write)
    {
        _extension = extension;
        foreach (var set in SampleSet.All)
            foreach (var (number, part) in set.Samples.Chunk((set.Samples.Count / 3) + 1).Index())
                File.WriteAllBytes(Path.Combine(_root, $"{set.Name}-{number}.{extension}"), write(part));
        File.WriteAllText(Path.Combine(_root, "wrong.csv"), "when,what\n1,2\n");
    }

    private protected override IEnumerable<ConnectionConfig> Connections
    {
        get
        {
            // Needed when the server starts; later it may be gone.
            Directory.CreateDirectory(_gone);
            return
            [
                new("good", new Dictionary<string, string> { ["type"] = "file", ["root"] = _root }),
                new("gone", new Dictionary<string, string> { ["type"] = "file", ["root"] = _gone }),
            ];
        }
    }

    private protected override DatafeedConfig WrongDatafeed => Reading.Datafeed(new { connection = "good", path = "wrong.csv" });

    private protected override ISourceKind Kind(PageLimits limits)
    {
        Directory.Delete(_gone);
        return new FileKind(TimeProvider.System, limits);
    }

    private protected override DatafeedConfig Datafeed(string connection, SampleSet set) => Reading.Datafeed(new { connection, path = $"{set.Name}-*.{_extension}" });

    private protected override ValueTask CleanAsync()
    {
        Directory.Delete(_root, recursive: true);
        if (Directory.Exists(_gone)) Directory.Delete(_gone);
        return ValueTask.CompletedTask;
    }

    private protected static byte[] Csv(IReadOnlyList<Sample> samples) => Encoding.UTF8.GetBytes(
        "ts;\"host\";unused;value\r\n" + string.Concat(samples.Select(sample => FormattableString.Invariant($"{sample.Ms};\"{sample.Host}\";\"a;\"\"b\"\"\r\nc\";{sample.Value}\r\n"))));

    private protected static byte[] Ndjson(IReadOnlyList<Sample> samples) => Encoding.UTF8.GetBytes(
        string.Concat(samples.Select(sample => JsonSerializer.Serialize(new { ts = sample.Ms, host = sample.Host, value = sample.Value }) + "\n")));

    private protected static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest)) stream.Write(plain);
        return packed.ToArray();
    }

    private protected static byte[] Zstandard(byte[] plain)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(plain).ToArray();
    }

    private protected static byte[] Parquet(IReadOnlyList<Sample> samples) => Task.Run(() => ParquetAsync(samples)).GetAwaiter().GetResult();

    private static async Task<byte[]> ParquetAsync(IReadOnlyList<Sample> samples)
    {
        var (ts, host, value) = (new DateTimeDataField("ts", DateTimeFormat.Timestamp), new DataField<string>("host"), new DataField<double?>("value"));
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(ts, host, value), file))
        {
            foreach (var part in samples.Chunk(25))
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync<DateTime>(ts, part.Select(sample => DateTimeOffset.FromUnixTimeMilliseconds(sample.Ms).UtcDateTime).ToArray());
                await group.WriteAsync(host, part.Select(sample => sample.Host).ToArray());
                await group.WriteAsync<double>(value, part.Select(sample => (double?)sample.Value).ToArray());
            }
        }
        return file.ToArray();
    }
}

public sealed class CsvFileTests() : FileCompliance("csv", Csv);

public sealed class NdjsonFileTests() : FileCompliance("ndjson", Ndjson);

public sealed class GzippedFileTests() : FileCompliance("csv.gz", samples => Gzip(Csv(samples)));

public sealed class ZstandardFileTests() : FileCompliance("ndjson.zst", samples => Zstandard(Ndjson(samples)));

public sealed class ParquetFileTests() : FileCompliance("parquet", Parquet);
