using Npgsql;

namespace MlActors.Benchmarks.Clusters;

/// <summary>
/// One request that closes thousands of open jobs on three nodes with PostgreSQL, which puts all it acknowledges on the disk. The floor is the same rows, read from what
/// the closes wrote, written by one connection without actors in transactions of 500 jobs.
/// </summary>
internal static class ClusterCloseBenchmark
{
    private const int Nodes = 3;
    private const int JobsOfATransaction = 500;

    /// <summary>Options: <c>--jobs n</c> (10000), <c>--rounds n</c> (3).</summary>
    public static async Task RunAsync(string[] args)
    {
        var (jobs, rounds) = (Options.Number(args, "--jobs", 10_000), Options.Number(args, "--rounds", 3));
        var (closes, floors, report) = (new List<double>(), new List<double>(), new RunReport(0));
        await using var cluster = await RunningCluster.StartAsync(Nodes, report,
            "mlactors.log-level = warning\nmlactors.jobs { max-open = 1000000, max-model-memory = 1000000g }", durable: true);
        var crowd = new Crowd(cluster, jobs);
        await crowd.CreateAsync();
        for (var round = 0; round <= rounds; round++)
        {
            var open = (await Measured.RunAsync(crowd.OpenAsync)).Seconds;
            await crowd.FeedAsync(round);
            var before = cluster.ProcessorTime;
            var close = (await Measured.RunAsync(crowd.CloseAsync)).Seconds;
            var after = cluster.ProcessorTime;
            var floor = await FloorAsync(cluster.ConnectionString);
            Text.Print($"{(round == 0 ? "warm-up" : "round " + round)}: {jobs} jobs opened in {open:F2} s, closed in {close:F2} s (cpu of the nodes {(after.Nodes - before.Nodes).TotalSeconds:F2} s, of the database {(after.Database - before.Database).TotalSeconds:F2} s), floor {floor:F2} s, ratio {close / floor:F2}");
            if (round == 0) continue;
            closes.Add(close);
            floors.Add(floor);
        }
        Text.Print($"median of {rounds}: {jobs} jobs closed in {Measured.Median(closes):F2} s, floor {Measured.Median(floors):F2} s, ratio {Measured.Median(closes.Zip(floors, (close, floor) => close / floor)):F2}");
    }

    private sealed record Close(string Job, (string Id, long Number, string Manifest, string Payload)[] Events, string SnapshotId, string Snapshot, byte[] State, string Status);

    private static async Task<double> FloorAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        var closes = await ReadAsync(connection);
        await using (var tables = new NpgsqlCommand(
            """
            DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor;
            CREATE TABLE floor.journal (LIKE benchmark.journal INCLUDING ALL); CREATE TABLE floor.snapshot (LIKE benchmark.snapshot INCLUDING ALL);
            CREATE TABLE floor.job_status (LIKE benchmark.job_status INCLUDING ALL); INSERT INTO floor.job_status SELECT * FROM benchmark.job_status; CHECKPOINT
            """, connection)) await tables.ExecuteNonQueryAsync();
        return (await Measured.RunAsync(async () =>
        {
            // As a job does it: that it closes is written first.
            foreach (var some in closes.Chunk(JobsOfATransaction)) await WriteAsync(connection, some, begun: true);
            foreach (var some in closes.Chunk(JobsOfATransaction)) await WriteAsync(connection, some, begun: false);
        })).Seconds;
    }

    private static async Task WriteAsync(NpgsqlConnection connection, Close[] closes, bool begun)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var close in closes)
        {
            foreach (var (id, number, manifest, payload) in begun ? close.Events[..1] : close.Events[1..])
                Add("INSERT INTO floor.journal (persistence_id, sequence_nr, manifest, payload) VALUES ($1, $2, $3, $4)", id, number, manifest, payload);
            Add("UPDATE floor.job_status SET state = $2, document = $3 WHERE job_id = $1", close.Job, begun ? "closing" : "closed", close.Status);
            if (!begun)
                Add("INSERT INTO floor.snapshot (job_id, snapshot_id, timestamp_ms, description, retain, document, state) VALUES ($1, $2, 1, '', 0, $3, $4)", close.Job, close.SnapshotId, close.Snapshot, close.State);
        }
        await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();

        void Add(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            batch.BatchCommands.Add(command);
        }
    }

    private static async Task<List<Close>> ReadAsync(NpgsqlConnection connection)
    {
        var events = new List<(string Job, string Id, long Number, string Manifest, string Payload)>();
        await using (var command = new NpgsqlCommand("SELECT persistence_id, sequence_nr, manifest, payload FROM benchmark.journal ORDER BY persistence_id, sequence_nr", connection))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync())
                events.Add((reader.GetString(0)["job-".Length..], reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3)));
        var byJob = events.ToLookup(row => row.Job, StringComparer.Ordinal);
        var closes = new List<Close>();
        await using var jobs = new NpgsqlCommand(
            """
            SELECT DISTINCT ON (s.job_id) s.job_id, n.snapshot_id, n.document, n.state, s.document
            FROM benchmark.job_status s JOIN benchmark.snapshot n ON n.job_id = s.job_id ORDER BY s.job_id, n.ordering DESC
            """, connection);
        await using var rows = await jobs.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            var job = rows.GetString(0);
            closes.Add(new Close(job, [.. byJob[job].TakeLast(3).Select(row => (row.Id, row.Number, row.Manifest, row.Payload))], rows.GetString(1), rows.GetString(2), (byte[])rows[3], rows.GetString(4)));
        }
        return closes;
    }
}
