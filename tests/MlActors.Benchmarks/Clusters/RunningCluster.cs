using System.Net;
using MlActors.Benchmarks.Chaos;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;
using MlActors.Servers;
using MlActors.Storage.Postgres;

namespace MlActors.Benchmarks.Clusters;

/// <summary>A database, the nodes that share it, and what is done to them.</summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    private const string Schema = "benchmark";

    private readonly TemporaryData _data = new();
    private readonly PostgresProcess _database;
    private readonly SemaphoreSlim _databaseFault = new(1);

    private RunningCluster(PostgresProcess database, int nodes, RunReport report, string settings, string? build)
    {
        _database = database;
        Nodes =
        [
            .. Enumerable.Range(0, nodes).Select(i => new SupervisedNode(
                new NodePlace(database.ConnectionString, Schema, MlActors.Servers.ServerProcess.FreePort()) { Build = build }, Path.Combine(_data.Path, Text.Of($"node-{i}")), report, settings)),
        ];
    }

    public IReadOnlyList<SupervisedNode> Nodes { get; }

    /// <summary>Processor time of the nodes that run, and of the database.</summary>
    public (TimeSpan Nodes, TimeSpan Database) ProcessorTime =>
        (TimeSpan.FromTicks(Nodes.Sum(node => node.ProcessorTime.Ticks)), _database.ProcessorTime());

    /// <summary>What connects to the database.</summary>
    public string ConnectionString => _database.ConnectionString;

    /// <param name="settings">Of each node.</param>
    /// <param name="durable">See <see cref="PostgresProcess.StartAsync(string, bool)"/>.</param>
    /// <param name="build">The folder of the program of the nodes' first start, if it is not this build.</param>
    public static async Task<RunningCluster> StartAsync(int nodes, RunReport report, string settings, bool durable = false, string? build = null)
    {
        var cluster = new RunningCluster(await PostgresProcess.StartAsync("open-sesame-42", durable), nodes, report, settings, build);
        await Task.WhenAll(cluster.Nodes.Select(node => node.StartAsync()));
        await cluster.WholeAsync();
        return cluster;
    }

    /// <summary>Waits until each node sees all.</summary>
    public async Task WholeAsync()
    {
        foreach (var node in Nodes) await Poll.UntilAsync(() => SeenAsync(node), seen => seen == Nodes.Count);
    }

    /// <summary>The number of the node that runs each open job.</summary>
    public async Task<IReadOnlyDictionary<string, int>> OwnersAsync()
    {
        var numbers = Nodes.Select((node, number) => (node, number)).ToDictionary(pair => pair.node.Id!, pair => pair.number, StringComparer.Ordinal);
        var jobs = Crowd.Expect(await Nodes[0].Client.SendAsync(HttpMethod.Get, "/_ml/anomaly_detectors/_stats"))["jobs"]!.AsArray().Where(job => (string?)job!["state"] == "opened");
        return jobs.ToDictionary(job => (string)job!["job_id"]!, job => numbers[(string)job!["node"]!["id"]!], StringComparer.Ordinal);
    }

    /// <summary>The ids of the open jobs that a node runs, as another one says; of all nodes if the fault is the database's. Empty if nobody can say.</summary>
    public async Task<IReadOnlyList<string>> ConcernedAsync(Fault fault)
    {
        var asked = Nodes.Where((node, i) => node.Works && !(fault.IsOfNode && i == fault.Node)).FirstOrDefault();
        if (asked is null || (fault.IsOfNode && Nodes[fault.Node].Id is null)) return [];
        try
        {
            var answer = await asked.Client.SendAsync(HttpMethod.Get, "/_ml/anomaly_detectors/_stats").WaitAsync(TimeSpan.FromSeconds(2));
            if (answer.Status != HttpStatusCode.OK) return [];
            var concerned = answer.Body["jobs"]!.AsArray().Where(job => (string?)job!["state"] == "opened" && (!fault.IsOfNode || (string?)job["node"]?["id"] == Nodes[fault.Node].Id));
            return [.. concerned.Select(job => (string)job!["job_id"]!)];
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException or TimeoutException or OperationCanceledException)
        {
            return [];
        }
    }

    /// <returns>Whether there was something to do it to. Completes when the fault is over; a node may still have to start again.</returns>
    public async Task<bool> InflictAsync(Fault fault)
    {
        if (fault.IsOfNode) return await Nodes[fault.Node].InflictAsync(fault);
        await _databaseFault.WaitAsync();
        try
        {
            if (fault.Kind == FaultKind.CutConnections)
                await _database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
            else
                await _database.RestartAsync(immediate: fault.Kind == FaultKind.CrashDatabase);
            return true;
        }
        finally
        {
            _databaseFault.Release();
        }
    }

    /// <summary>The store of the cluster, to look into.</summary>
    public PostgresStorage Open() => PostgresStorage.Open(new PostgresOptions { ConnectionString = _database.ConnectionString, Schema = Schema });

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        await _database.DisposeAsync();
        _databaseFault.Dispose();
        _data.Dispose();
    }

    private static async Task<int> SeenAsync(SupervisedNode node)
    {
        try
        {
            return (int?)(await node.Client.SendAsync(HttpMethod.Get, "/_cluster/health")).Body["number_of_nodes"] ?? 0;
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException)
        {
            return 0;
        }
    }
}
