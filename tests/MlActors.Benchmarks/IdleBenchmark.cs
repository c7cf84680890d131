using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage;
using MlActors.Storage.Journal;
using MlActors.Storage.Sqlite;

namespace MlActors.Benchmarks;

/// <summary>What closed jobs in the catalog cost a server that only starts: time, memory, and whether it wakes any.</summary>
internal static class IdleBenchmark
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(string[] args)
    {
        var (jobs, rounds) = (Options.Number(args, "--jobs", 100_000), Options.Number(args, "--rounds", 3));
        using var full = new TemporaryData();
        await SeedAsync(full.Path, jobs);
        var (emptyStarts, fullStarts, emptyMemory, fullMemory) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            using var empty = new TemporaryData();
            await StartAsync(empty.Path, emptyStarts, emptyMemory);
            await StartAsync(full.Path, fullStarts, fullMemory);
            Text.Print($"round {round}: started in {emptyStarts[^1]:F2} s empty, {fullStarts[^1]:F2} s with {jobs} closed jobs; resident {emptyMemory[^1]:F0} MB and {fullMemory[^1]:F0} MB");
        }
        Text.Print($"median of {rounds}: {jobs} closed jobs add {Measured.Median(fullStarts) - Measured.Median(emptyStarts):F2} s to {Measured.Median(emptyStarts):F2} s of start-up and {Measured.Median(fullMemory) - Measured.Median(emptyMemory):F0} MB to {Measured.Median(emptyMemory):F0} MB");

        await using var server = await ServerInProcess.StartAsync(full.Path);
        await Task.Delay(Settling);
        var awake = await server.AwakeAsync();
        await server.AskEachAsync<Done>([SampleJobs.Id(0)], id => new WakeJob(id));
        Text.Print($"awake after the start: {awake}; after one was asked: {await server.AwakeAsync()}");
    }

    private static async Task StartAsync(string data, List<double> starts, List<double> memory)
    {
        using var server = await ChildProcess.ServeAsync(data);
        starts.Add(server.StartedIn.TotalSeconds);
        await Task.Delay(Settling);
        memory.Add(server.ResidentMb().Now);
    }

    private static async Task SeedAsync(string data, int jobs)
    {
        await using var storage = SqliteStorage.Open(new StorageOptions { DataDirectory = data });
        foreach (var chunk in Enumerable.Range(0, jobs).Chunk(5_000))
        {
            await Task.WhenAll(chunk.Select(job =>
            {
                var config = SampleJobs.Config(SampleJobs.Id(job));
                return storage.Events.AppendAsync("job-" + config.JobId, [new LoggedEvent(1, new JobCreated(1_000, config))],
                    [new PutConfig(config), new PutStatus(new JobStatus { JobId = config.JobId, State = JobState.Closed, StateSince = 1_000 })]);
            }));
        }
    }
}
