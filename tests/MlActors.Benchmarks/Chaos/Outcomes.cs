using MlActors.Jobs.Storage;
using MlActors.Benchmarks.Clusters;
using MlActors.Node.Tests.Support;

namespace MlActors.Benchmarks.Chaos;

/// <summary>What is left of a closed job, all that must not depend on what happened meanwhile.</summary>
/// <param name="Model">The bytes of its newest snapshot.</param>
internal sealed record JobOutcome(string Results, string Counts, long Records, string Model)
{
    public static async Task<JobOutcome> ReadAsync(MlClient client, string job, IJobStore store)
    {
        var results = await client.ResultsAsync(job);
        var counts = (await client.StatsAsync(job))["data_counts"]!.AsObject();
        foreach (var clock in (string[])["last_data_time", "log_time"]) counts.Remove(clock);
        var id = (await store.ReadStatusAsync(job))?.ModelSnapshotId;
        var model = id is null ? null : (await store.ReadSnapshotAsync(job, id))?.State;
        return new JobOutcome(results, counts.ToJsonString(), (long)counts["processed_record_count"]!, model is null ? "" : Convert.ToBase64String(model));
    }

    /// <returns>Where the two differ, <c>null</c> if nowhere.</returns>
    public string? DifferenceTo(JobOutcome other)
    {
        if (Counts != other.Counts) return $"counts {Counts} instead of {other.Counts}";
        if (Results != other.Results)
        {
            var (mine, theirs) = (Results.Split('\n'), other.Results.Split('\n'));
            var at = Enumerable.Range(0, Math.Min(mine.Length, theirs.Length)).FirstOrDefault(i => mine[i] != theirs[i], Math.Min(mine.Length, theirs.Length) - 1);
            return $"{mine.Length} results instead of {theirs.Length}; the first that differs: {mine[at]} instead of {theirs[at]}";
        }
        return Model != other.Model ? $"a model of {Model.Length} other bytes than the {other.Model.Length}" : null;
    }
}

/// <summary>The same as was acknowledged in the cluster, on a single server with its own database and without faults.</summary>
internal sealed class Replay : IAsyncDisposable
{
    private readonly TemporaryData _data;
    private readonly ServerInProcess _server;
    private readonly MlClient _client;
    private readonly ChaosClient _asker;
    private readonly RunReport _report;

    private Replay(TemporaryData data, ServerInProcess server, RunReport report)
    {
        (_data, _server, _report, _client) = (data, server, report, new MlClient(server.Url));
        _asker = new ChaosClient([_client], new Random(0), new RunReport(0));
    }

    public static async Task<Replay> StartAsync(RunReport report)
    {
        var data = new TemporaryData();
        var replay = new Replay(data, await ServerInProcess.StartAsync(data.Path), report);
        await FeedScript.FillAsync(replay._asker);
        return replay;
    }

    public async Task<JobOutcome> OfAsync(JobLedger ledger)
    {
        var path = "/_ml/anomaly_detectors/" + ledger.Job;
        await _asker.ExpectAsync(HttpMethod.Put, path, JobLedger.Config);
        foreach (var step in ledger.Steps)
        {
            await (step.Kind switch
            {
                StepKind.Open => _asker.ExpectAsync(HttpMethod.Post, path + "/_open"),
                StepKind.Post => _asker.ExpectAsync(HttpMethod.Post, path + "/_data", ledger.Body(step)),
                StepKind.Flush => _asker.ExpectAsync(HttpMethod.Post, path + "/_flush?calc_interim=false"),
                StepKind.FlushInterim => _asker.ExpectAsync(HttpMethod.Post, path + "/_flush?calc_interim=true"),
                StepKind.Close => _asker.ExpectAsync(HttpMethod.Post, path + "/_close"),
                _ => _asker.ExpectAsync(HttpMethod.Post, path + "/_close?force=true"),
            });
        }
        return await JobOutcome.ReadAsync(_client, ledger.Job, _server.Store);
    }

    public async Task<JobOutcome> OfFeedAsync(string job)
    {
        var feed = new FeedScript(job, 0, _asker, _report);
        await feed.CreateAsync();
        await feed.ReadAsync(interrupt: false);
        return await JobOutcome.ReadAsync(_client, job, _server.Store);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _data.Dispose();
    }
}
