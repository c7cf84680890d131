using MlActors.Benchmarks;
using MlActors.Benchmarks.Chaos;
using MlActors.Benchmarks.Clusters;

// benchmarks <name> [options]: each prints its figure, the floor measured in the same run, and their ratio.
(string Name, string What, Func<string[], Task> Run)[] benchmarks =
[
    ("close", "thousands of jobs closed, and opened, by one request [--jobs 1000,10000] [--rounds 3]", CloseBenchmark.RunAsync),
    ("cold", "jobs opened after a restart, and open jobs brought back by it [--jobs 10000] [--rounds 3]", ColdBenchmark.RunAsync),
    ("ingest", "records a second over HTTP, durable [--mb 200] [--rounds 3]; memory during one long upload [--gb 2]", IngestBenchmark.RunAsync),
    ("idle", "what closed jobs cost a server that starts [--jobs 100000] [--rounds 3]", IdleBenchmark.RunAsync),
    ("storage-write", "the rows of many closes through the store [--jobs 10000] [--rounds 3]", StorageWriteBenchmark.RunAsync),
    ("storage-move", "a storage moved from SQLite to PostgreSQL and back through a file [--rows 1000000] [--rounds 3]", StorageMoveBenchmark.RunAsync),
    ("documents", "documents taken by _bulk, and read in the order of time [--rows 2000000] [--rounds 3]", DocumentsBenchmark.RunAsync),
    ("categorize", "log lines sorted into categories [--lines 400000] [--rounds 5]", options => Task.Run(() => CategorizeBenchmark.Run(options))),
    ("nab", "detection quality on the Numenta Anomaly Benchmark [--files] [--check]", options => Task.Run(() => NabBenchmark.Run(options))),
    ("analysis", "the analysis alone: models, records, many series, memory [--rounds 3]", options => Task.Run(() => AnalysisBenchmark.Run(options))),
    ("synthetic", "detection quality on made-up series [--seeds 10]", options => Task.Run(() => SyntheticBenchmark.Run(options))),
    ("datafeed-sql", "rows a second that a datafeed reads from PostgreSQL, the source alone [--rows 2000000] [--rounds 3]", DatafeedSqlBenchmark.RunAsync),
    ("look-back", "rows analysed by a datafeed from its start to the closed job, and memory [--rows 10000000] [--rounds 1] [--source postgresql|index]", LookBackBenchmark.RunAsync),
    ("datafeeds-idle", "processor time of datafeeds in real time that find nothing [--jobs 1000] [--seconds 120] [--every 450,60,10]", DatafeedsIdleBenchmark.RunAsync),
    ("failover", "a node dies: until records are analysed elsewhere [--rounds 10] [--jobs 30]", FailoverBenchmark.RunAsync),
    ("rolling-restart", "all nodes restarted one after another while clients work: failed requests [--rounds 3] [--jobs 30]", RollingRestartBenchmark.RunAsync),
    ("cluster-close", "thousands of jobs on three nodes closed by one request [--jobs 10000] [--rounds 3]", ClusterCloseBenchmark.RunAsync),
    ("cluster-ingest", "processor time of a record at three nodes and at one [--mb 400] [--rounds 3]", ClusterIngestBenchmark.RunAsync),
    ("open-idle", "open jobs that nobody feeds: memory, and waking all of them after a death [--jobs 100000]", OpenIdleBenchmark.RunAsync),
    ("chaos", "three nodes under random faults lose and double nothing [--minutes 5] [--seed 1] [--logs folder]", ChaosBenchmark.RunAsync),
    ("ingest-parse", "records parsed into batches [records] [runs]", options => Task.Run(() => IngestParseBenchmark.Run(options))),
];

if (args is [DiscardServer.Name, ..]) return await DiscardServer.RunAsync(args[1]);
var chosen = benchmarks.FirstOrDefault(benchmark => args.Length > 0 && benchmark.Name == args[0]);
if (chosen.Run is null)
{
    foreach (var (name, what, _) in benchmarks) Console.WriteLine($"{name,-15} {what}");
    return 2;
}
await chosen.Run(args[1..]);
return Environment.ExitCode;
