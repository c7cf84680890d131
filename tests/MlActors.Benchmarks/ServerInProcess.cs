using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MlActors.Jobs;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Running;
using MlActors.Jobs.Storage;
using MlActors.Node.Configuration;
using MlActors.Node.Serving;

namespace MlActors.Benchmarks;

/// <summary>The whole server in this process, on a data directory, with its default settings but for the number of jobs that it takes.</summary>
internal sealed class ServerInProcess : IAsyncDisposable
{
    // Callers that wait for a reply at the same time.
    private const int Window = 512;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly WebApplication _app;

    private ServerInProcess(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_app.Urls.First());

    public IJobStore Store => _app.Services.GetRequiredService<IJobStore>();

    private IJobs Jobs => _app.Services.GetRequiredService<IJobs>();

    public static async Task<ServerInProcess> StartAsync(string data)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["data"] = data, ["urls"] = "http://127.0.0.1:0", ["log-level"] = "error", ["jobs.max-open"] = "10000000", ["jobs.max-model-memory"] = "1000000g",
        };
        var app = ServerHost.Build(ServerConfig.Load(null, settings));
        await app.StartAsync();
        return new ServerInProcess(app);
    }

    /// <summary>Sends a message to each job, a bounded number at a time, and waits for the replies.</summary>
    /// <exception cref="InvalidOperationException">A reply is not of the kind <typeparamref name="T"/>.</exception>
    public Task AskEachAsync<T>(IReadOnlyList<string> jobIds, Func<string, JobMessage> message) where T : JobReply =>
        Parallel.ForEachAsync(jobIds, new ParallelOptions { MaxDegreeOfParallelism = Window }, async (id, cancellation) =>
        {
            var reply = await Jobs.AskAsync(message(id), Patience, cancellation);
            if (reply is not T) throw new InvalidOperationException($"Job {id} answered {reply}");
        });

    /// <summary>One bulk request over all jobs, every one of which has to change.</summary>
    public async Task RunAsync(BulkOperation operation, IReadOnlyList<string> jobIds)
    {
        var progress = await Jobs.RunAsync(new BulkRequest(operation, jobIds, Patience));
        if (!progress.Completed || progress.Jobs.Count(job => job.Outcome == BulkOutcome.Done) != jobIds.Count)
            throw new InvalidOperationException($"{operation} ended with {progress.Jobs.First(job => job.Outcome != BulkOutcome.Done)}");
    }

    /// <summary>How many jobs have an actor in memory. Asking wakes none.</summary>
    public async Task<int> AwakeAsync()
    {
        var region = await _app.Services.GetRequiredService<IRequiredActor<JobActor>>().GetAsync();
        var state = await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Patience);
        return state.Shards.Sum(shard => shard.EntityIds.Count);
    }

    /// <summary>Stops the server; jobs that are open stay so.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
