using System.Diagnostics;
using System.Globalization;

namespace MlActors.Benchmarks.Clusters;

/// <summary>
/// Open jobs that nobody feeds, at a server of its own with SQLite: memory of one, processor time of all, and after SIGKILL the time from the start of the server until
/// the watchdog has woken all of them and their models are restored, paced by its window.
/// </summary>
internal static class OpenIdleBenchmark
{
    private const int AtATime = 64;
    private const string Jobs = "/_ml/anomaly_detectors/";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Client = new();

    /// <summary>Options: <c>--jobs n</c> (100000).</summary>
    public static async Task RunAsync(string[] args)
    {
        var jobs = Options.Number(args, "--jobs", 100_000);
        using var data = new TemporaryData();
        var config = Path.Combine(data.Path, "benchmark.conf");
        await File.WriteAllTextAsync(config, "mlactors.log-level = warning\nmlactors.jobs { max-open = 1000000, max-model-memory = 1000000g }");
        using (var server = await ChildProcess.ServeAsync(data.Path, config))
        {
            using var client = new ApiClient(server.Url);
            var empty = server.ResidentMb().Now;
            var watch = Stopwatch.StartNew();
            await Parallel.ForEachAsync(Enumerable.Range(0, jobs), new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (job, _) =>
                await client.SendAsync(HttpMethod.Put, Jobs + SampleJobs.Id(job), SampleJobs.Json));
            Text.Print($"{jobs} jobs created in {watch.Elapsed.TotalSeconds:F1} s; resident {empty:F0} MB before");
            watch.Restart();
            await client.PostAsync(Jobs + "*/_open?timeout=10m");
            Text.Print($"{jobs} jobs opened by one request in {watch.Elapsed.TotalSeconds:F1} s");
            var cpu = server.CpuSeconds;
            await Task.Delay(Idle);
            var full = server.ResidentMb();
            Text.Print($"open and idle: resident {full.Now:F0} MB (peak {full.Peak:F0}), {(full.Now - empty) * 1024 / jobs:F1} KB a job; {(server.CpuSeconds - cpu) * 100 / Idle.TotalSeconds:F1} % of a core");
        }
        using (var server = await ChildProcess.ServeAsync(data.Path, config))
        {
            var watch = Stopwatch.StartNew();
            for (int open = 0, last = -1; open < jobs; await Task.Delay(Look))
            {
                open = await OpenAsync(server);
                if (open * 10 / jobs != last) Text.Print($"  {watch.Elapsed.TotalSeconds,6:F1} s: {open} awake and restored");
                last = open * 10 / jobs;
            }
            var after = server.ResidentMb();
            Text.Print($"after SIGKILL: server answered after {server.StartedIn.TotalSeconds:F1} s, all {jobs} jobs awake after {watch.Elapsed.TotalSeconds:F1} s more ({watch.Elapsed.TotalMilliseconds / jobs:F3} ms a job, cpu {server.CpuSeconds * 1000 / jobs:F3} ms); resident {after.Now:F0} MB");
        }
    }

    /// <summary>Jobs with an actor, as the metrics say: asking a job would wake it.</summary>
    private static async Task<int> OpenAsync(ChildProcess server)
    {
        var metrics = await Client.GetStringAsync($"{server.Url}/metrics");
        var line = metrics.Split('\n').Single(line => line.StartsWith("mlactors_jobs{", StringComparison.Ordinal) && line.Contains("state=\"opened\"", StringComparison.Ordinal));
        return (int)double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }
}
