using System.Diagnostics;
using System.Globalization;
using System.Text;
using MlActors.Analysis.Results;
using MlActors.Documents.Store;
using MlActors.Jobs.Storage;
using MlActors.Servers;
using MlActors.Storage;
using MlActors.Storage.Postgres;
using MlActors.Storage.Sqlite;
using Npgsql;

namespace MlActors.Benchmarks;

/// <summary>
/// Moves a storage from SQLite to PostgreSQL and back, through a file. The floors: for what reads or writes SQLite the copy that <c>mlactors backup</c> makes, for PostgreSQL
/// the same tables through COPY into a file and from it into other tables, without anything that looks at them.
/// </summary>
public static class StorageMoveBenchmark
{
    private const int RecordsOfABucket = 9;
    private const int DocumentsOfACall = 1000;

    /// <summary>Options: <c>--rows n</c> (1000000) of results, and as many documents; <c>--rounds n</c> (3).</summary>
    public static async Task RunAsync(string[] args)
    {
        var (rows, rounds) = (Options.Number(args, "--rows", 1_000_000), Options.Number(args, "--rounds", 3));
        using var data = new TemporaryData();
        await using var server = await PostgresProcess.StartAsync("secret");
        var origin = new StorageOptions { DataDirectory = Path.Combine(data.Path, "from"), Durability = Durability.Normal };
        await FillAsync(origin, rows);
        for (var round = 0; round < rounds; round++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"r{round}");
            string Place(string what) => Path.Combine(data.Path, name + what);
            var over = new PostgresOptions { ConnectionString = server.ConnectionString, Schema = name };
            await server.ExecuteAsync("CHECKPOINT");

            var backup = Measure(() =>
            {
                using var storage = SqliteStorage.Open(origin);
                storage.BackupAsync(Place(".db")).GetAwaiter().GetResult();
            });
            Show("backup of SQLite", backup, new FileInfo(Place(".db")).Length + new FileInfo(Place(".documents.db")).Length, 0, null);
            var moved = 0L;
            var bytes = 0L;
            var exported = Measure(() =>
            {
                using var file = File.Create(Place("a"));
                var summary = StorageMaintenance.Of(origin).Export(file);
                (moved, bytes) = (summary.Rows, summary.Bytes);
            });
            Show("export from SQLite", exported, bytes, moved, backup);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the file has {new FileInfo(Place("a")).Length >> 20} MiB, {bytes >> 20} MiB before compression"));
            var imported = Measure(() => Import(StorageMaintenance.Of(over), Place("a")));
            await server.ExecuteAsync("CHECKPOINT");
            var copied = await CopyAsync(server, over, Place("copy"));
            Show("COPY out", copied.Out, bytes, moved, null);
            Show("COPY in", copied.In, bytes, moved, null);
            Show("import into PostgreSQL", imported, bytes, moved, copied.In);
            Show("export from PostgreSQL", Measure(() =>
            {
                using var file = File.Create(Place("b"));
                StorageMaintenance.Of(over).Export(file);
            }), bytes, moved, copied.Out);
            Show("import into SQLite", Measure(() => Import(StorageMaintenance.Of(origin with { DataDirectory = Place("to") }), Place("b"))), bytes, moved, backup);
            Show("check of SQLite", Measure(() => Check(StorageMaintenance.Of(origin with { DataDirectory = Place("to") }))), bytes, moved, backup);
            Show("check of PostgreSQL", Measure(() => Check(StorageMaintenance.Of(over))), bytes, moved, copied.Out);
            await server.ExecuteAsync($"DROP SCHEMA {over.Schema}, {over.DocumentsSchema}, copied CASCADE");
            foreach (var file in Directory.GetFiles(data.Path)) File.Delete(file);
            Directory.Delete(Place("to"), recursive: true);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak of the memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB, filling included"));
    }

    private static async Task FillAsync(StorageOptions place, int rows)
    {
        await using var storage = SqliteStorage.Open(place);
        var random = new Random(5);
        for (var bucket = 0; bucket < rows / (RecordsOfABucket + 1); bucket += 100)
        {
            await storage.Jobs.WriteAsync([new WriteResults("orders", [.. Enumerable.Range(bucket, 100).Select(number => Bucket(number, random))], [.. Enumerable.Repeat(0.5, 100)])]);
        }
        var (index, _) = await storage.Documents.CreateIndexAsync(new IndexDefinition("logs", "uuid", "@timestamp", "{}", "{}", null, 1));
        for (var first = 0; first < rows; first += DocumentsOfACall)
        {
            await storage.Documents.WriteAsync(index.Number, [.. Enumerable.Range(first, DocumentsOfACall).Select(number => new DocumentWrite(WriteKind.Index, null, 1_700_000_000_000 + number, Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $$"""
                    {"@timestamp":{{1_700_000_000_000 + number}},"host":"web-{{number % 40}}","status":{{random.Next(200, 599)}},"latency":{{random.NextDouble() * 1000:F3}},"path":"/orders/{{random.Next(100_000)}}"}
                    """)))) ]);
        }
    }

    private static BucketResult Bucket(int number, Random random) => new(1_700_000_000 + (number * 300L), 300, random.NextDouble() * 100, 1, 12, false, [],
        [.. Enumerable.Range(0, RecordsOfABucket).Select(i => new RecordResult(0, "mean", "mean", "value", null, null, null, null, "host", $"web-{i}", random.NextDouble(),
            random.NextDouble() * 100, 1.5, 60, [random.NextDouble() * 10], [random.NextDouble() * 10], [], [], null))], []);

    private static async Task<(double Out, double In)> CopyAsync(PostgresProcess server, PostgresOptions options, string file)
    {
        var tables = new List<(string Schema, string Name)>();
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using (var command = new NpgsqlCommand("SELECT schemaname, tablename FROM pg_tables WHERE schemaname LIKE $1 || '%' ORDER BY 1, 2", connection) { Parameters = { new() { Value = options.Schema } } })
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) tables.Add((reader.GetString(0), reader.GetString(1)));
        await server.ExecuteAsync("CREATE SCHEMA copied");
        var copied = Measure(() =>
        {
            for (var i = 0; i < tables.Count; i++)
            {
                using var target = File.Create(file + i);
                using var stream = connection.BeginRawBinaryCopy($"COPY {tables[i].Schema}.{tables[i].Name} TO STDOUT (FORMAT BINARY)");
                stream.CopyTo(target);
            }
        });
        for (var i = 0; i < tables.Count; i++) await server.ExecuteAsync($"CREATE TABLE copied.t{i} (LIKE {tables[i].Schema}.{tables[i].Name} INCLUDING ALL)");
        return (copied, Measure(() =>
        {
            using var transaction = connection.BeginTransaction();
            for (var i = 0; i < tables.Count; i++)
            {
                using var source = File.OpenRead(file + i);
                using var stream = connection.BeginRawBinaryCopy($"COPY copied.t{i} FROM STDIN (FORMAT BINARY)");
                source.CopyTo(stream);
            }
            transaction.Commit();
        }));
    }

    private static void Import(StorageMaintenance target, string path)
    {
        using var file = File.OpenRead(path);
        target.Import(file);
    }

    // The results have no job: what is found is not the question here.
    private static void Check(StorageMaintenance storage) => storage.Check();

    private static double Measure(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalSeconds;
    }

    private static void Show(string what, double seconds, long bytes, long rows, double? floor) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what,-24} {seconds,6:F2} s  {bytes / seconds / (1 << 20),6:F0} MiB/s  {(rows == 0 ? "" : $"{rows / seconds,9:F0} rows/s")}{(floor is { } other ? $"  {seconds / other:F2} of the time of its floor" : "")}"));
}
