using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage;
using MlActors.Storage.Journal;
using MlActors.Storage.Sqlite;
using SQLitePCL;

namespace MlActors.Benchmarks;

/// <summary>
/// What many closes at once cost the store: for each job the event "closing" with its status, then a snapshot, the events "snapshot taken" and "closed",
/// its status and the trim of its input log. Measured through the store (each job waits for its own commits) and, as the floor, as the same rows written by one thread
/// with prepared statements in transactions of 500 jobs, documents rendered beforehand.
/// </summary>
public static class StorageWriteBenchmark
{
    private const int RowsOfAClose = 7;
    private const int DirectBatch = 500;
    private static readonly byte[] State = [.. Enumerable.Range(0, 2048).Select(i => (byte)(i * 131))];

    /// <summary>
    /// Options: <c>--jobs n</c> (10000), <c>--rounds n</c> (3), <c>--page-size bytes</c> (16384), <c>--checkpoint-mb n</c> (64),
    /// <c>--normal</c> for synchronous=NORMAL.
    /// </summary>
    public static async Task RunAsync(string[] args)
    {
        var jobs = Options.Number(args, "--jobs", 10_000);
        var rounds = Options.Number(args, "--rounds", 3);
        var settings = new StorageOptions
        {
            DataDirectory = "",
            PageSize = Options.Number(args, "--page-size", 16 * 1024),
            CheckpointBytes = (long)Options.Number(args, "--checkpoint-mb", 64) << 20,
            Durability = args.Contains("--normal") ? Durability.Normal : Durability.Full,
        };
        var ratios = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var direct = await MeasureAsync(jobs, settings, "direct", (_, options) => Task.Run<IDisposable>(() => CloseDirectly(options, jobs, State)));
            var store = await MeasureAsync(jobs, settings, "store", (storage, _) => CloseThroughStoreAsync(storage!, jobs));
            ratios.Add(store / direct);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ratio store/direct {store / direct:F2}"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median ratio {ratios.Order().ElementAt(ratios.Count / 2):F2} of {rounds} rounds, {jobs} jobs"));
    }

    private static async Task<double> MeasureAsync(int jobs, StorageOptions settings, string name, Func<SqliteStorage?, StorageOptions, Task<IDisposable>> close)
    {
        var directory = Directory.CreateTempSubdirectory("mlactors-bench-");
        try
        {
            var options = settings with { DataDirectory = directory.FullName };
            var storage = SqliteStorage.Open(options);
            await SeedAsync(storage, jobs);
            if (name == "direct")
            {
                await storage.DisposeAsync();
                storage = null;
            }
            GC.Collect();
            var (allocated, processor, watch) = (GC.GetTotalAllocatedBytes(), Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
            var opened = await close(storage, options);
            var seconds = watch.Elapsed.TotalSeconds;
            var cpu = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds;
            allocated = GC.GetTotalAllocatedBytes() - allocated;
            var log = new FileInfo(options.DatabasePath + "-wal") is { Exists: true } file ? file.Length >> 20 : 0;
            opened.Dispose();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-7} {jobs} closes in {seconds,6:F3} s: {jobs * RowsOfAClose / seconds,8:F0} rows/s, cpu {cpu * 1e6 / jobs,6:F1} us, {allocated / jobs,6} B allocated a close, log {log} MB"));
            return jobs / seconds;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    internal static Task SeedAsync(SqliteStorage storage, int jobs) => Task.WhenAll(Enumerable.Range(0, jobs).Select(job => storage.Jobs.WriteAsync(
    [
        new PutConfig(new JobConfig { JobId = Id(job), AnalysisConfig = new AnalysisConfig() }),
        new PutStatus(Status(job, JobState.Opened)),
        new AppendInput(Id(job), 1, InputKind.Records, new byte[512]),
    ])));

    private static async Task<IDisposable> CloseThroughStoreAsync(SqliteStorage storage, int jobs)
    {
        await Task.WhenAll(Enumerable.Range(0, jobs).Select(async job =>
        {
            var id = Id(job);
            await storage.Events.AppendAsync("job-" + id, [new LoggedEvent(1, new JobClosing(1_000, false, 61_000))], [new PutStatus(Status(job, JobState.Closing))]);
            await storage.Events.AppendAsync("job-" + id, [new LoggedEvent(2, new SnapshotTaken(2_000, "1700000000", 1)), new LoggedEvent(3, new JobClosed(2_000, false))],
                [new PutSnapshot(Snapshot(id), State), new PutStatus(Status(job, JobState.Closed)), new TrimInputs(id, 1)]);
        }));
        return storage;
    }

    /// <returns>The connection: closing it copies the log into the main file, which is not part of the measurement, as it is not in the store's.</returns>
    internal static SqliteConnection CloseDirectly(StorageOptions options, int jobs, byte[] state)
    {
        var connection = new SqliteConnection($"Data Source={options.DatabasePath};Pooling=False");
        connection.Open();
        var database = connection.Handle!;
        Execute("PRAGMA synchronous = " + (options.Durability == Durability.Full ? "FULL" : "NORMAL"));
        Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA wal_autocheckpoint = {options.CheckpointBytes / options.PageSize}"));
        Execute("PRAGMA cache_size = -65536");
        using var insertEvent = Prepare("INSERT INTO journal (persistence_id, sequence_nr, manifest, payload) VALUES (?1, ?2, ?3, ?4)");
        using var status = Prepare("UPDATE job_status SET state = ?2, active = ?3, document = ?4 WHERE job_id = ?1");
        using var snapshot = Prepare(
            "INSERT INTO snapshot (job_id, snapshot_id, timestamp_ms, description, retain, document, state) VALUES (?1, '1700000000', 1, '', 0, ?2, ?3)");
        using var trim = Prepare("DELETE FROM input WHERE job_id = ?1 AND seq <= 1");
        var (closing, closingPayload) = EventFormat.Serialize(new JobClosing(1_000, false, 61_000));
        var (closed, closedPayload) = EventFormat.Serialize(new JobClosed(2_000, false));
        var (taken, takenPayload) = EventFormat.Serialize(new SnapshotTaken(2_000, "1700000000", 1));
        var closingStatus = JsonSerializer.SerializeToUtf8Bytes(Status(0, JobState.Closing));
        var closedStatus = closingStatus;
        var document = JsonSerializer.SerializeToUtf8Bytes(Snapshot(Id(0)));
        var ids = SampleJobs.Ids(jobs);
        for (var phase = 0; phase < 2; phase++)
        {
            for (var start = 0; start < jobs; start += DirectBatch)
            {
                Execute("BEGIN IMMEDIATE");
                for (var job = start; job < Math.Min(jobs, start + DirectBatch); job++)
                {
                    var id = ids[job];
                    if (phase == 0)
                    {
                        Insert(id, 1, closing, closingPayload);
                    }
                    else
                    {
                        Insert(id, 2, taken, takenPayload);
                        Insert(id, 3, closed, closedPayload);
                    }
                    raw.sqlite3_bind_text(status, 1, id);
                    raw.sqlite3_bind_text(status, 2, phase == 0 ? "closing" : "closed");
                    raw.sqlite3_bind_int64(status, 3, 1 - phase);
                    raw.sqlite3_bind_text(status, 4, phase == 0 ? closingStatus : closedStatus);
                    Step(status);
                    if (phase == 0) continue;
                    raw.sqlite3_bind_text(snapshot, 1, id);
                    raw.sqlite3_bind_text(snapshot, 2, document);
                    raw.sqlite3_bind_blob(snapshot, 3, state);
                    Step(snapshot);
                    raw.sqlite3_bind_text(trim, 1, id);
                    Step(trim);
                }
                Execute("COMMIT");
            }
        }
        return connection;

        void Insert(string id, long sequenceNr, string manifest, byte[] payload)
        {
            raw.sqlite3_bind_text(insertEvent, 1, "job-" + id);
            raw.sqlite3_bind_int64(insertEvent, 2, sequenceNr);
            raw.sqlite3_bind_text(insertEvent, 3, manifest);
            raw.sqlite3_bind_text(insertEvent, 4, payload);
            Step(insertEvent);
        }

        sqlite3_stmt Prepare(string sql) => raw.sqlite3_prepare_v2(database, sql, out var statement) == raw.SQLITE_OK
            ? statement : throw new InvalidOperationException(raw.sqlite3_errmsg(database).utf8_to_string());

        void Step(sqlite3_stmt statement)
        {
            if (raw.sqlite3_step(statement) != raw.SQLITE_DONE) throw new InvalidOperationException(raw.sqlite3_errmsg(database).utf8_to_string());
            raw.sqlite3_reset(statement);
        }

        void Execute(string sql)
        {
            if (raw.sqlite3_exec(database, sql) != raw.SQLITE_OK) throw new InvalidOperationException(raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }

    private static string Id(int job) => SampleJobs.Id(job);

    private static JobStatus Status(int job, JobState state) => new()
    {
        JobId = Id(job), State = state, StateSince = 1_700_000_000_000, Deadline = state == JobState.Closing ? 1_700_000_060_000 : null, InputSeq = 1,
        NodeId = "node-1", ModelSnapshotId = "1700000000",
        Counts = new DataCounts
        {
            ProcessedRecords = 1000, ProcessedFields = 2000, InputBytes = 123_456, InputFields = 3000, Buckets = 288, EarliestRecord = 1_700_000_000,
            LatestRecord = 1_700_086_400, LatestBucket = 1_700_086_100, LastDataTime = 1_700_086_400_000, MeanBucketRecords = 3.47,
        },
        Size = new Analysis.Results.ModelSizeStats { ModelBytes = 20_000, PeakModelBytes = 21_000, MemoryLimit = 1 << 30, TotalByFieldCount = 3, Timestamp = 1_700_086_100 },
        Timing = new TimingStats { BucketCount = 288, TotalMs = 12.5, MinimumMs = 0.01, MaximumMs = 1.5, ExponentialAverageMs = 0.04, ExponentialAveragePerHourMs = 0.5 },
    };

    private static ModelSnapshot Snapshot(string id) => new()
    {
        JobId = id, SnapshotId = "1700000000", TimestampMs = 1_700_000_000_000, Description = "Taken by a close", InputSeq = 1, Lineage = 0,
        LatestRecordTime = 1_700_086_400, LatestResultTime = 1_700_086_100, LastFinalizedBucketEnd = 1_700_086_400,
    };
}
