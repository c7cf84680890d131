using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Benchmarks;

/// <summary>
/// Jobs that are not in memory: opened by one request after a restart, each from its journal and its snapshot; and open jobs that a restart brings
/// back, from the start of the server until the watchdog has woken all of them and each answers, and until the model of each is restored.
/// </summary>
internal static class ColdBenchmark
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(string[] args)
    {
        var (jobs, rounds) = (Options.Number(args, "--jobs", 10_000), Options.Number(args, "--rounds", 3));
        using var data = new TemporaryData();
        var ids = SampleJobs.Ids(jobs);
        var (opens, backs, starts) = (new List<Measured>(), new List<Measured>(), new List<Measured>());
        await using (var server = await ServerInProcess.StartAsync(data.Path))
        {
            await server.AskEachAsync<Done>(ids, id => new CreateJob(SampleJobs.Config(id)));
            await server.RunAsync(BulkOperation.Open, ids);
            await SampleJobs.FeedAsync(server, ids, 0);
            await server.RunAsync(BulkOperation.Close, ids);
        }
        for (var round = 1; round <= rounds; round++)
        {
            await using (var server = await ServerInProcess.StartAsync(data.Path))
            {
                var open = await Measured.RunAsync(() => server.RunAsync(BulkOperation.Open, ids));
                Text.Print($"round {round}: cold open {open.PerJob(jobs)}");
                opens.Add(open);
                await SampleJobs.FeedAsync(server, ids, round);
            }
            ServerInProcess? restarted = null;
            starts.Add(await Measured.RunAsync(async () => restarted = await ServerInProcess.StartAsync(data.Path)));
            await using (restarted)
            {
                var back = await Measured.RunAsync(() => BackAsync(restarted!, ids));
                var restored = await Measured.RunAsync(() => SampleJobs.AnalysedAsync(restarted!, ids));
                Text.Print($"round {round}: server started in {starts[^1].Seconds:F3} s; jobs back {back.PerJob(jobs)}; then all analyses ready {restored.Seconds:F3} s");
                backs.Add(back with { Seconds = back.Seconds + restored.Seconds, Cpu = back.Cpu + restored.Cpu });
                await restarted!.RunAsync(BulkOperation.Close, ids);
            }
        }
        Summarize("opened cold", jobs, rounds, opens);
        Summarize("brought back, analyses ready", jobs, rounds, backs);
    }

    private static void Summarize(string what, int jobs, int rounds, List<Measured> all) => Text.Print(
        $"median of {rounds}: {jobs} jobs {what} in {Measured.Median(all.Select(m => m.Seconds)):F3} s, {Measured.Median(all.Select(m => m.Seconds)) * 1000 / jobs:F3} ms/job (cpu {Measured.Median(all.Select(m => m.Cpu)) * 1000 / jobs:F3})");

    // Asking a job would wake it, so the shards are asked for their number until the watchdog has woken all.
    private static async Task BackAsync(ServerInProcess server, string[] ids)
    {
        while (await server.AwakeAsync() < ids.Length) await Task.Delay(Look);
        await server.AskEachAsync<JobStatsReply>(ids, id => new GetJobStats(id));
    }
}
