using System.Net;
using MlActors.Jobs.Lifecycle;
using MlActors.Node.Tests.Support;
using MlActors.Storage.Postgres;

namespace MlActors.Cluster.Tests.Support;

/// <summary>A server of a cluster, in a process of its own.</summary>
internal sealed record ClusterNode(string Id, ServerProcess Process, MlClient Client)
{
    /// <summary>Where it runs, if not on the one of the tests.</summary>
    public Machine? Machine { get; init; }
}

/// <summary>What is special about a server.</summary>
internal sealed record NodeSetup
{
    /// <summary>Where it is to die.</summary>
    public string? Faults { get; init; }

    public string Roles { get; init; } = "gateway, jobs";

    public int? Port { get; init; }

    /// <summary>Where it runs, if not on the machine of the tests.</summary>
    public Machine? Machine { get; init; }

    /// <summary>How it reaches the database.</summary>
    public string? Database { get; init; }

    /// <summary>Settings besides those that all have.</summary>
    public string Settings { get; init; } = "";

    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}

/// <summary>Real servers that share a database and find each other in it.</summary>
internal sealed class Nodes(SharedDatabase database) : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mlactors-cluster-tests-").FullName;
    private readonly string _schema = SharedDatabase.NewSchema();
    private readonly List<ClusterNode> _nodes = [];

    /// <summary>Starts a server; it is a member when this completes.</summary>
    /// <param name="faults">Where it is to die.</param>
    public Task<ClusterNode> StartAsync(string? faults = null, string roles = "gateway, jobs", int? port = null) =>
        StartAsync(new NodeSetup { Faults = faults, Roles = roles, Port = port });

    /// <inheritdoc cref="StartAsync(string?, string, int?)"/>
    public async Task<ClusterNode> StartAsync(NodeSetup setup)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, Guid.NewGuid().ToString("N"))).FullName;
        var process = await StartAsync(setup, folder);
        var node = new ClusterNode("", process, new MlClient(await process.ListeningAsync(), setup.Machine?.Way())) { Machine = setup.Machine };
        node = node with { Id = await File.ReadAllTextAsync(Path.Combine(folder, "node.id")) };
        lock (_nodes) _nodes.Add(node);
        return node;
    }

    /// <summary>Starts the process of a server, whatever becomes of it.</summary>
    /// <param name="folder">Its data.</param>
    public async Task<ServerProcess> StartAsync(NodeSetup setup, string folder)
    {
        var config = Path.Combine(_root, Guid.NewGuid().ToString("N") + ".conf");
        await File.WriteAllTextAsync(config, $$"""
            mlactors {
              log-level = info
              jobs.checkpoint-after-inputs = 3
              storage { provider = postgresql, postgresql { connection-string = "{{setup.Database ?? ConnectionString}}", schema = {{_schema}} } }
              cluster { enabled = on, host = "{{setup.Machine?.Address ?? "127.0.0.1"}}", port = {{setup.Port ?? Servers.ServerProcess.FreePort()}}, roles = "{{setup.Roles}}" }
              # The machine of a test may have no idle core: the pause is the usual one.
              cluster { acceptable-pause = 3s, stable-after = 3s }
            }
            {{setup.Settings}}
            """);
        return ServerProcess.Start(folder, setup.Faults, config, before: setup.Machine?.Before, environment: setup.Environment);
    }

    private string ConnectionString => Database ?? database.ConnectionString;

    /// <summary>How all that does not say otherwise reaches the database; the shared one, if it is not set.</summary>
    public string? Database { get; init; }

    public Task<ClusterNode[]> StartAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(_ => StartAsync()));

    /// <summary>Starts servers, and waits until each sees all.</summary>
    public async Task<ClusterNode[]> StartTogetherAsync(params IEnumerable<NodeSetup> setups)
    {
        var all = await Task.WhenAll(setups.Select(StartAsync));
        foreach (var node in all) await SeesAsync(node, all.Length);
        return all;
    }

    public ClusterNode this[string id] => _nodes.Single(node => node.Id == id);

    /// <summary>Waits until a node sees so many, itself included.</summary>
    public static Task SeesAsync(ClusterNode node, int count) => Poll.UntilAsync(
        async () => (int)(await node.Client.SendAsync(HttpMethod.Get, "/_cluster/health")).Expect(HttpStatusCode.OK)["number_of_nodes"]!, seen => seen == count);

    /// <summary>The node that runs the job of the workload.</summary>
    public async Task<ClusterNode> OwnerAsync(ClusterNode asked)
    {
        var id = (string)(await asked.Client.StatsAsync(Workload.Job))["node"]!["id"]!;
        return _nodes.Single(node => node.Id == id);
    }

    /// <summary>Opens the job of the workload on a first node, and starts two more.</summary>
    /// <param name="faults">Where the first is to die.</param>
    /// <returns>The first, which runs the job, and another one.</returns>
    public async Task<(ClusterNode Owner, ClusterNode Gateway)> OpenAsync(string? faults = null)
    {
        var owner = await StartAsync(faults);
        await PutAndOpenAsync(owner);
        var others = await StartAsync(2);
        foreach (var node in others) await SeesAsync(node, 3);
        (await OwnerAsync(others[0])).Id.ShouldBe(owner.Id);
        return (owner, others[0]);
    }

    public static async Task PutAndOpenAsync(ClusterNode node)
    {
        (await node.Client.PutAsync(Workload.Job, Workload.Config)).Expect(HttpStatusCode.OK);
        (await node.Client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
    }

    /// <summary>Posts pieces of the workload, from the first up to and without the second number; none may fail. The client gives the uploads no names.</summary>
    public static async Task PostAsync(ClusterNode gateway, int from, int to)
    {
        for (var piece = from; piece < to; piece++)
            (await gateway.Client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{Workload.Job}/_data", Workload.Pieces[piece])).Expect(HttpStatusCode.Accepted);
    }

    public async Task<JobState?> StoredStateAsync()
    {
        await using var storage = Open();
        return (await storage.Jobs.ReadStatusAsync(Workload.Job))?.State;
    }

    /// <summary>How ready a node says it is, and what of it is ill.</summary>
    public static async Task<string> HealthAsync(ClusterNode node, string question = "ready")
    {
        var report = (await node.Client.SendAsync(HttpMethod.Get, "/_health/" + question)).Body;
        return string.Join(' ', report["checks"]!.AsObject().Where(check => (string)check.Value! != "healthy").Select(check => check.Key).Prepend((string)report["status"]!));
    }

    /// <summary>Reads what is left of the closed job, as <see cref="Outcome"/> does of a single server.</summary>
    /// <param name="job">One that had the workload; what it is called makes no difference in the outcome.</param>
    public async Task<Outcome> OutcomeAsync(ClusterNode asked, string job = Workload.Job)
    {
        (await asked.Client.StateAsync(job)).ShouldBe("closed");
        var results = await asked.Client.ResultsAsync(job);
        var counts = (await asked.Client.StatsAsync(job))["data_counts"]!.AsObject();
        foreach (var clock in (string[])["last_data_time", "log_time"]) counts.Remove(clock);
        await using var storage = Open();
        var id = (await storage.Jobs.ReadStatusAsync(job))!.ModelSnapshotId.ShouldNotBeNull();
        var model = (await storage.Jobs.ReadSnapshotAsync(job, id)).ShouldNotBeNull().State;
        return new Outcome(Named(results), Named(counts.ToJsonString()), Convert.ToBase64String(model));

        string Named(string text) => text.Replace($"\"job_id\":\"{job}\"", $"\"job_id\":\"{Workload.Job}\"", StringComparison.Ordinal);
    }

    private PostgresStorage Open() => PostgresStorage.Open(new PostgresOptions { ConnectionString = ConnectionString, Schema = _schema });

    /// <summary>All that the servers said: what to look at when a test fails.</summary>
    public string Said => string.Join("\n", _nodes.Select(node => $"--- {node.Id}\n{node.Process.Said}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            node.Client.Dispose();
            await node.Process.DisposeAsync();
        }
        Directory.Delete(_root, recursive: true);
    }
}
