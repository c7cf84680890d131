using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;
using MlActors.Storage;
using MlActors.Storage.Sqlite;

namespace MlActors.Benchmarks;

/// <summary>
/// One bulk request that closes thousands of jobs which have analysed what they were given: each journals that it closes, saves its model, journals
/// that it is closed. The floor is the same rows with documents of the same size, written by one thread without actors
/// (<see cref="StorageWriteBenchmark.CloseDirectly"/>). Opening the same jobs is measured the same way, without a floor.
/// </summary>
internal static class CloseBenchmark
{
    public static async Task RunAsync(string[] args)
    {
        var rounds = Options.Number(args, "--rounds", 3);
        var perJob = new List<(int Jobs, double Ms)>();
        foreach (var jobs in Options.Numbers(args, "--jobs", [1_000, 10_000])) perJob.Add((jobs, await MeasureAsync(jobs, rounds)));
        if (perJob.Count > 1)
            Text.Print($"close: {perJob[^1].Ms:F3} ms/job at {perJob[^1].Jobs} against {perJob[0].Ms:F3} at {perJob[0].Jobs}: ratio {perJob[^1].Ms / perJob[0].Ms:F2}");
    }

    private static async Task<double> MeasureAsync(int jobs, int rounds)
    {
        using var data = new TemporaryData();
        await using var server = await ServerInProcess.StartAsync(data.Path);
        var ids = SampleJobs.Ids(jobs);
        await server.AskEachAsync<Done>(ids, id => new CreateJob(SampleJobs.Config(id)));
        var (opens, closes, floors) = (new List<Measured>(), new List<Measured>(), new List<Measured>());
        for (var round = 0; round <= rounds; round++)
        {
            var open = await Measured.RunAsync(() => server.RunAsync(BulkOperation.Open, ids));
            await SampleJobs.FeedAsync(server, ids, round);
            var close = await Measured.RunAsync(() => server.RunAsync(BulkOperation.Close, ids));
            var (stateBytes, floor) = await FloorAsync(server, ids);
            Text.Print($"{(round == 0 ? "warm-up" : "round " + round)} of {jobs} jobs, model state {stateBytes} B");
            Text.Print($"  open  {open.PerJob(jobs)}");
            Text.Print($"  close {close.PerJob(jobs)}");
            Text.Print($"  floor {floor.PerJob(jobs)}; close/floor {close.Seconds / floor.Seconds:F2}");
            if (round == 0) continue;
            opens.Add(open);
            closes.Add(close);
            floors.Add(floor);
        }
        var (medianClose, medianFloor) = (Measured.Median(closes.Select(c => c.Seconds)), Measured.Median(floors.Select(f => f.Seconds)));
        Text.Print($"median of {rounds}: {jobs} jobs opened in {Measured.Median(opens.Select(o => o.Seconds)):F3} s (cpu {Measured.Median(opens.Select(o => o.Cpu)):F3} s)");
        Text.Print($"median of {rounds}: {jobs} jobs closed in {medianClose:F3} s (cpu {Measured.Median(closes.Select(c => c.Cpu)):F3} s), {medianClose * 1000 / jobs:F3} ms/job; floor {medianFloor:F3} s (cpu {Measured.Median(floors.Select(f => f.Cpu)):F3} s); ratio {medianClose / medianFloor:F2}");
        return medianClose * 1000 / jobs;
    }

    private static async Task<(int StateBytes, Measured Floor)> FloorAsync(ServerInProcess server, string[] ids)
    {
        var status = await server.Store.ReadStatusAsync(ids[0]);
        var state = (await server.Store.ReadSnapshotAsync(ids[0], status!.ModelSnapshotId!))!.State;
        using var data = new TemporaryData();
        var options = new StorageOptions { DataDirectory = data.Path };
        await using (var storage = SqliteStorage.Open(options)) await StorageWriteBenchmark.SeedAsync(storage, ids.Length);
        IDisposable? opened = null;
        var floor = await Measured.RunAsync(() => Task.Run(() => opened = StorageWriteBenchmark.CloseDirectly(options, ids.Length, state)));
        opened!.Dispose();
        return (state.Length, floor);
    }
}
