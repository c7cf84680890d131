using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MlActors.Documents.Queries;
using MlActors.Documents.Store;
using MlActors.Storage;
using MlActors.Storage.Sqlite;
using SQLitePCL;

namespace MlActors.Benchmarks;

/// <summary>
/// Documents sent in by <c>_bulk</c> over HTTP, and read in the order of time as a datafeed reads them. The floor of reading is a plain SQLite statement
/// that steps through the same rows and throws each document away.
/// </summary>
public static class DocumentsBenchmark
{
    internal const string Index = "bench";
    private const int DocumentsOfARequest = 5000;
    internal const long Start = 1767225600000;

    /// <summary>Options: <c>--rows n</c> (2000000), <c>--rounds n</c> (3).</summary>
    public static async Task RunAsync(string[] args)
    {
        var rows = Options.Number(args, "--rows", 2_000_000);
        var rounds = Options.Number(args, "--rounds", 3);
        using var data = new TemporaryData();
        await IngestAsync(data.Path, rows);
        using var storage = SqliteStorage.Open(new StorageOptions { DataDirectory = data.Path });
        var index = (await storage.Documents.FindIndexAsync(Index))!;
        Text.Print($"{index.Documents} documents of {index.Bytes / Math.Max(1, index.Documents)} bytes");
        using var term = JsonDocument.Parse("""{"term":{"host.name":"host-7"}}""");
        var filter = QueryReader.Read(term.RootElement, DateTimeOffset.UnixEpoch);
        var ratios = new List<double>();
        // The first round fills the caches of the system and is not counted.
        for (var round = 0; round <= rounds; round++)
        {
            var (floorRows, floor) = Floor(data.Path, index.Number);
            var (readRows, read) = await ReadAsync(storage, index, Query.All);
            var (foundRows, found) = await ReadAsync(storage, index, filter);
            if (readRows != floorRows) throw new InvalidOperationException("not all rows were read");
            Text.Print($"  floor {floorRows / floor,10:F0} rows/s   read {readRows / read,10:F0} rows/s   ratio {floor / read:F2}   term query {floorRows / found,10:F0} rows/s looked at, {foundRows} found");
            if (round > 0) ratios.Add(floor / read);
        }
        Text.Print($"median ratio read/floor {Measured.Median(ratios):F2} of {rounds} rounds (goal 0.60)");
    }

    internal static async Task IngestAsync(string directory, int rows)
    {
        await using var server = await ServerInProcess.StartAsync(directory);
        using var client = new HttpClient { BaseAddress = server.Url };
        var watch = Stopwatch.StartNew();
        long bytes = 0;
        for (var row = 0; row < rows; row += DocumentsOfARequest)
        {
            var body = Body(row, Math.Min(DocumentsOfARequest, rows - row));
            bytes += body.Length;
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/x-ndjson");
            using var answer = await client.PostAsync($"/{Index}/_bulk?filter_path=errors", content);
            var text = await answer.Content.ReadAsStringAsync();
            if (!text.Contains("\"errors\":false", StringComparison.Ordinal)) throw new InvalidOperationException(text);
        }
        var seconds = watch.Elapsed.TotalSeconds;
        Text.Print($"bulk {rows / seconds:F0} documents/s, {bytes / seconds / (1 << 20):F1} MiB/s, one connection, durable");
    }

    private static byte[] Body(int first, int count)
    {
        var text = new StringBuilder(count * 260);
        for (var i = first; i < first + count; i++)
        {
            text.Append("{\"create\":{}}\n{\"@timestamp\":").Append(Start + (i * 10L)).Append(",\"host\":{\"name\":\"host-").Append(i % 50)
                .Append("\"},\"service\":\"checkout\",\"level\":\"info\",\"status\":").Append(200 + (i % 3)).Append(",\"took\":").Append((i * 7919 % 1000) / 10.0, CultureInfo.InvariantCulture)
                .Append(",\"message\":\"GET /api/v1/items/").Append(i % 997).Append(" answered in time, as most of them are\"}\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static StringBuilder Append(this StringBuilder text, double value, CultureInfo culture) => text.Append(value.ToString(culture));

    internal static async Task<(long Rows, double Seconds)> ReadAsync(SqliteStorage storage, IndexInfo index, Query query)
    {
        var scan = new DocumentScan([index], query);
        var watch = Stopwatch.StartNew();
        var rows = 0L;
        DocumentPosition? next = null;
        do
        {
            using var page = await storage.Documents.ReadAsync(scan, next);
            rows += page.Count;
            next = page.Next;
        }
        while (next is not null);
        return (rows, watch.Elapsed.TotalSeconds);
    }

    private static (long Rows, double Seconds) Floor(string directory, long index)
    {
        raw.sqlite3_open_v2(Path.Combine(directory, "documents.db"), out var database, raw.SQLITE_OPEN_READONLY, null);
        using var closing = database;
        raw.sqlite3_prepare_v2(database, "SELECT time_ms, seq, source FROM document WHERE index_no = ?1 ORDER BY time_ms, seq", out var statement);
        using var finishing = statement;
        raw.sqlite3_bind_int64(statement, 1, index);
        var watch = Stopwatch.StartNew();
        var (rows, bytes) = (0L, 0L);
        while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
        {
            rows++;
            bytes += raw.sqlite3_column_blob(statement, 2).Length;
        }
        return bytes == 0 ? throw new InvalidOperationException("nothing was read") : (rows, watch.Elapsed.TotalSeconds);
    }
}
