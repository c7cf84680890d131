using System.Diagnostics;
using System.Text.Json;
using MlActors.Datafeeds;
using MlActors.Datafeeds.Connections;
using MlActors.Documents.Queries;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Servers;
using MlActors.Storage;
using MlActors.Storage.Sqlite;

namespace MlActors.Benchmarks;

/// <summary>
/// A look-back from the start of the datafeed until the server, a process of its own with its default settings, shows the job closed with all results; its
/// memory meanwhile. The floor is a plain client that reads the same rows and throws them away: the driver's reader, or the store's own for documents.
/// </summary>
internal static class LookBackBenchmark
{
    private const int WarmUpShare = 20;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Options: <c>--rows n</c> (10000000), <c>--rounds n</c> (1), <c>--source postgresql|index</c> (both).</summary>
    public static async Task RunAsync(string[] args)
    {
        var (rows, rounds) = (Options.Number(args, "--rows", 10_000_000), Options.Number(args, "--rounds", 1));
        var only = Array.IndexOf(args, "--source") is >= 0 and var at ? args[at + 1] : null;
        if (only is null or "postgresql") await FromPostgresAsync(rows, rounds);
        if (only is null or "index") await FromIndexAsync(rows, rounds);
    }

    private static async Task FromPostgresAsync(int rows, int rounds)
    {
        using var data = new TemporaryData();
        await using var postgres = await PostgresProcess.StartAsync(DatafeedSqlBenchmark.Password);
        await DatafeedSqlBenchmark.FillAsync(postgres, rows);
        var config = Path.Combine(data.Path, "benchmark.conf");
        await File.WriteAllTextAsync(config, Text.Of($$"""
            mlactors.log-level = error
            mlactors.connections.warehouse { type = postgresql, host = "127.0.0.1", port = {{postgres.Port}}, database = postgres, user = {{PostgresProcess.User}},
                                             password = {{DatafeedSqlBenchmark.Password}} }
            """));
        using var server = await ChildProcess.ServeAsync(data.Path, config);
        await MeasureAsync("postgresql", server, rows, rounds, DatafeedSqlBenchmark.Start, millisecondsOfARow: 50,
            """{"bucket_span":"5m","detectors":[{"function":"mean","field_name":"value","by_field_name":"host"},{"function":"sum","field_name":"bytes"}]}""", "ts",
            new { source = new { connection = "warehouse", sql = DatafeedSqlBenchmark.Columns + " WHERE ts >= @start AND ts < @end ORDER BY ts" } },
            _ => FloorAsync("reader", rows, () => DatafeedSqlBenchmark.DiscardAsync(postgres, rows)));
    }

    private static async Task FromIndexAsync(int rows, int rounds)
    {
        using var data = new TemporaryData();
        await DocumentsBenchmark.IngestAsync(data.Path, rows);
        var floors = await ReadDocumentsAsync(data.Path, rows, rounds);
        using var server = await ChildProcess.ServeAsync(data.Path);
        await MeasureAsync("index", server, rows, rounds, DocumentsBenchmark.Start, millisecondsOfARow: 10,
            """{"bucket_span":"5m","detectors":[{"function":"mean","field_name":"took","by_field_name":"host.name"},{"function":"count"}]}""", "@timestamp",
            new { indices = new[] { DocumentsBenchmark.Index } }, round => Task.FromResult(floors[round]));
    }

    // A server has its data for itself, so it is read before.
    private static async Task<List<double>> ReadDocumentsAsync(string data, int rows, int rounds)
    {
        using var storage = SqliteStorage.Open(new StorageOptions { DataDirectory = data });
        var index = (await storage.Documents.FindIndexAsync(DocumentsBenchmark.Index))!;
        var floors = await FloorsAsync("reader", rows, rounds, async () =>
        {
            var (read, _) = await DocumentsBenchmark.ReadAsync(storage, index, Query.All);
            if (read != rows) throw new InvalidOperationException("not all documents were read");
        });
        await using var sources = DatafeedsHosting.Create(ConnectionSet.Read([], []), documents: storage.Documents);
        await FloorsAsync("source alone", rows, rounds, () => MakeRecordsAsync(sources, rows));
        return floors;
    }

    // What of the work is the source's: reading, and making batches of records.
    private static async Task MakeRecordsAsync(DatafeedSources sources, int rows)
    {
        var job = new JobConfig
        {
            JobId = "alone",
            AnalysisConfig = new AnalysisConfig { Detectors = [new DetectorConfig { Function = "mean", FieldName = "took", ByFieldName = "host.name" }, new DetectorConfig { Function = "count" }] },
            DataDescription = new DataDescription { TimeField = "@timestamp" },
        };
        await using var source = sources.Open(new DatafeedConfig { DatafeedId = "alone", JobId = "alone", Indices = [DocumentsBenchmark.Index] }, job);
        var read = 0L;
        await foreach (var page in source.ReadAsync(new SourceRange(0, long.MaxValue), default)) read += page.Batches.Sum(batch => batch.Count);
        if (read != rows) throw new InvalidOperationException("not all documents became records");
    }

    private static async Task<List<double>> FloorsAsync(string name, int rows, int rounds, Func<Task> work)
    {
        var floors = new List<double>();
        for (var round = 0; round <= rounds; round++) floors.Add(await FloorAsync(name, rows, work));
        return floors;
    }

    private static async Task<double> FloorAsync(string name, int rows, Func<Task> work)
    {
        var measured = await Measured.RunAsync(work);
        Text.Print($"{name}: {rows / measured.Seconds,11:N0} rows/s ({measured.Seconds:F2} s), cpu {measured.Cpu * 1e6 / rows:F2} us/row");
        return measured.Seconds;
    }

    private static async Task MeasureAsync(
        string name, ChildProcess server, int rows, int rounds, long start, int millisecondsOfARow, string analysis, string timeField, object feed, Func<int, Task<double>> floorOf)
    {
        using var client = new ApiClient(server.Url);
        var (ratios, rates) = (new List<double>(), new List<double>());
        // The first round fills caches and warms up the compiler; it is a part of the data only.
        for (var round = 0; round <= rounds; round++)
        {
            var count = round == 0 ? rows / WarmUpShare : rows;
            var floor = await floorOf(round);
            var job = Text.Of($"{name}-{round}");
            await PutAndOpenAsync(client, job, analysis, timeField, feed);
            var (cpu, memory) = (server.CpuSeconds, new List<double>());
            var watch = Stopwatch.StartNew();
            await client.PostAsync(Text.Of($"/_ml/datafeeds/{job}/_start?end={start + ((long)count * millisecondsOfARow)}"));
            await ClosedAsync(client, job, count, () => memory.Add(server.ResidentMb().Now));
            var seconds = watch.Elapsed.TotalSeconds;
            await CheckAsync(client, job, count, start, millisecondsOfARow);
            if (round == 0) continue;
            rates.Add(rows / seconds);
            ratios.Add(floor / seconds);
            Text.Print($"{name}: reader {rows / floor,11:N0} rows/s ({floor:F2} s); look-back {rows / seconds,11:N0} rows/s ({seconds:F2} s), cpu {(server.CpuSeconds - cpu) * 1e6 / rows:F2} us/row, ratio {ratios[^1]:F2}; resident at 10 / 50 / 100 %: {memory[0]:F0} / {memory[1]:F0} / {memory[2]:F0} MB, peak {server.ResidentMb().Peak:F0} MB");
        }
        Text.Print($"{name}: {rows:N0} rows, median {Measured.Median(rates):N0} rows/s, {Measured.Median(ratios):P0} of a reader that throws them away (goal 60 %)");
    }

    private static async Task PutAndOpenAsync(ApiClient client, string job, string analysis, string timeField, object feed)
    {
        var body = Text.Of($$"""{"analysis_config":{{analysis}},"data_description":{"time_field":"{{timeField}}","time_format":"epoch_ms"},"datafeed_config":{{JsonSerializer.Serialize(feed)}}}""");
        await client.SendAsync(HttpMethod.Put, "/_ml/anomaly_detectors/" + job, body);
        await client.PostAsync($"/_ml/anomaly_detectors/{job}/_open");
    }

    /// <summary>Waits until the job is closed, which it does by itself.</summary>
    /// <param name="at">Called when a tenth, half and all of the records are taken.</param>
    private static async Task ClosedAsync(ApiClient client, string job, int rows, Action at)
    {
        var marks = new Queue<double>([0.1, 0.5, 1]);
        while (true)
        {
            var stats = (await client.GetAsync($"/_ml/anomaly_detectors/{job}/_stats")).GetProperty("jobs")[0];
            var share = stats.GetProperty("data_counts").GetProperty("processed_record_count").GetDouble() / rows;
            var closed = stats.GetProperty("state").GetString() == "closed";
            while (marks.TryPeek(out var mark) && (closed || (share >= mark && mark < 1)))
            {
                marks.Dequeue();
                at();
            }
            if (closed) return;
            await Task.Delay(Look);
        }
    }

    private static async Task CheckAsync(ApiClient client, string job, int rows, long start, int millisecondsOfARow)
    {
        const long spanMs = 300_000;
        var stats = (await client.GetAsync($"/_ml/anomaly_detectors/{job}/_stats")).GetProperty("jobs")[0];
        var processed = stats.GetProperty("data_counts").GetProperty("processed_record_count").GetInt64();
        var buckets = (await client.GetAsync($"/_ml/anomaly_detectors/{job}/results/buckets?size=1&exclude_interim=true")).GetProperty("count").GetInt64();
        var expected = ((start + ((long)(rows - 1) * millisecondsOfARow)) / spanMs) - (start / spanMs);
        var feed = (await client.GetAsync($"/_ml/datafeeds/{job}/_stats")).GetProperty("datafeeds")[0];
        if (processed != rows || buckets < expected || feed.GetProperty("state").GetString() != "stopped" || feed.TryGetProperty("reason", out _))
            throw new InvalidOperationException(Text.Of($"{job}: {processed} of {rows} rows, {buckets} of {expected} buckets; {feed}"));
    }
}
