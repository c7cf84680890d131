using MlActors.Datafeeds;
using MlActors.Datafeeds.Connections;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Servers;
using Npgsql;
using System.Text.Json;

namespace MlActors.Benchmarks;

/// <summary>
/// How fast a look-back is read from PostgreSQL into batches, the source alone; against the same rows read and thrown away by a plain reader of the
/// driver, in the same run.
/// </summary>
internal static class DatafeedSqlBenchmark
{
    internal const string Password = "benchmark";
    internal const string Columns = "SELECT ts, host, value, bytes FROM metrics";
    internal const long Start = 1_700_000_000_000;

    private static readonly JobConfig Job = new()
    {
        JobId = "benchmark",
        AnalysisConfig = new AnalysisConfig
        {
            Detectors =
            [
                new DetectorConfig { Function = "mean", FieldName = "value", ByFieldName = "host" },
                new DetectorConfig { Function = "sum", FieldName = "bytes" },
            ],
        },
        DataDescription = new DataDescription { TimeField = "ts" },
    };

    public static async Task RunAsync(string[] args)
    {
        var (rows, rounds) = (Options.Number(args, "--rows", 2_000_000), Options.Number(args, "--rounds", 3));
        await using var postgres = await PostgresProcess.StartAsync(Password);
        await FillAsync(postgres, rows);
        var problems = new List<string>();
        await using var sources = DatafeedsHosting.Create(ConnectionSet.Read([Connection(postgres)], problems));
        if (problems.Count > 0) throw new InvalidOperationException(string.Join("; ", problems));

        var floors = new List<double>();
        var rates = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            var floor = await Measured.RunAsync(() => DiscardAsync(postgres, rows));
            var source = await Measured.RunAsync(() => ReadAsync(sources, rows));
            if (round == 0) continue;
            floors.Add(rows / floor.Seconds);
            rates.Add(rows / source.Seconds);
            Text.Print($"reader {rows / floor.Seconds,12:N0} rows/s, cpu {floor.Cpu:F2} s; source {rows / source.Seconds,12:N0} rows/s, cpu {source.Cpu:F2} s, {source.Allocated / rows} B/row, gc {source.Gen0}/{source.Gen1}/{source.Gen2}");
        }
        Text.Print($"{rows:N0} rows: source {Measured.Median(rates):N0} rows/s, {Measured.Median(rates) / Measured.Median(floors):P0} of a reader that throws them away");
    }

    internal static async Task FillAsync(PostgresProcess postgres, int rows)
    {
        await postgres.ExecuteAsync("CREATE TABLE metrics (ts timestamptz, host text, value double precision, bytes bigint)");
        await postgres.ExecuteAsync(Text.Of($"INSERT INTO metrics SELECT to_timestamp({Start / 1000} + i / 20), 'web-' || (i % 200), sin(i) * 100, i % 65536 FROM generate_series(0, {rows - 1}) i"));
        await postgres.ExecuteAsync("CREATE INDEX ON metrics (ts)");
        await postgres.ExecuteAsync("VACUUM ANALYZE metrics");
    }

    private static ConnectionConfig Connection(PostgresProcess postgres) => new("warehouse", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["type"] = "postgresql",
        ["host"] = "127.0.0.1",
        ["port"] = Text.Of($"{postgres.Port}"),
        ["database"] = "postgres",
        ["user"] = PostgresProcess.User,
        ["password"] = Password,
    });

    private static async Task ReadAsync(DatafeedSources sources, int rows)
    {
        var datafeed = new DatafeedConfig
        {
            DatafeedId = "benchmark",
            JobId = Job.JobId,
            Source = JsonSerializer.SerializeToElement(new { connection = "warehouse", sql = Columns + " WHERE ts >= @start AND ts < @end ORDER BY ts" }),
        };
        var read = 0L;
        await using var source = sources.Open(datafeed, Job);
        await foreach (var page in source.ReadAsync(new SourceRange(Start, Start + (rows * 50L)), default)) read += page.Batches.Sum(batch => batch.Count);
        if (read != rows) throw new InvalidOperationException(Text.Of($"read {read} of {rows} rows"));
    }

    internal static async Task DiscardAsync(PostgresProcess postgres, int rows)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Columns + " ORDER BY ts", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync();
        var read = 0;
        while (await reader.ReadAsync())
        {
            _ = reader.GetDateTime(0);
            _ = reader.GetString(1);
            _ = reader.GetDouble(2);
            _ = reader.GetInt64(3);
            read++;
        }
        if (read != rows) throw new InvalidOperationException(Text.Of($"read {read} of {rows} rows"));
    }
}
