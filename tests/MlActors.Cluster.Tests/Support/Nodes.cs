using System.Net;
using MlActors.Jobs.Lifecycle;
using MlActors.Node.Tests.Support;
using MlActors.Storage.Postgres;
using Npgsql;

namespace MlActors.Cluster.Tests.Support;

/// <summary>Real servers that share a database and find each other in it.</summary>
internal sealed class Nodes(SharedDatabase database) : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mlactors-cluster-tests-").FullName;
    private readonly string _schema = SharedDatabase.NewSchema();
    private readonly List<ClusterNode> _nodes = [];
    private readonly List<ServerProcess> _strangers = [];

    /// <summary>Starts a server; it is a member when this completes.</summary>
    /// <param name="faults">Where it is to die.</param>
    /// <param name="settings">More of the configuration.</param>
    /// <param name="before">A command that becomes the server when it is given the server's command.</param>
    /// <param name="folder">Of its data, if not a new one.</param>
    public Task<ClusterNode> StartAsync(
        string? faults = null, string roles = "gateway, jobs", int? port = null, string settings = "", string[]? before = null, string? folder = null) =>
        StartAsync(Place(port) with { Before = before }, Settings(roles, settings), faults, folder);

    /// <summary>Starts a server on a machine of a network.</summary>
    public Task<ClusterNode> StartAsync(Network network, Machine machine) => StartAsync(
        new NodePlace(network.Database, _schema, 9300) { Host = machine.Address, Before = machine.Before, Way = machine.Way }, Settings("gateway, jobs", ""), faults: null);

    private async Task<ClusterNode> StartAsync(NodePlace place, string settings, string? faults, string? folder = null)
    {
        var node = await ClusterNode.StartAsync(folder ?? NewFolder(), place, settings, faults: faults);
        lock (_nodes) _nodes.Add(node);
        return node;
    }

    /// <summary>Starts a server that may never become a member.</summary>
    /// <returns>It, and what completes if it does.</returns>
    public async Task<(ServerProcess Process, Task Member)> BeginAsync(string settings, int? port = null)
    {
        var process = await ClusterNode.BeginAsync(NewFolder(), Place(port), Settings("gateway, jobs", settings));
        lock (_strangers) _strangers.Add(process);
        return (process, process.ListeningAsync());
    }

    private string NewFolder() => Directory.CreateDirectory(Path.Combine(_root, Guid.NewGuid().ToString("N"))).FullName;

    private NodePlace Place(int? port) => new(database.ConnectionString, _schema, port ?? Servers.ServerProcess.FreePort());

    // The machine of a test may have no idle core: the pause is the usual one.
    private static string Settings(string roles, string more) => $$"""
        mlactors {
          jobs.checkpoint-after-inputs = 3
          cluster { roles = "{{roles}}", acceptable-pause = 3s, stable-after = 3s }
        }
        {{more}}
        """;

    public Task<ClusterNode[]> StartAsync(int count, string settings = "") => Task.WhenAll(Enumerable.Range(0, count).Select(_ => StartAsync(settings: settings)));

    /// <summary>SIGKILL for all; completes when none is there any more.</summary>
    public Task KillAllAsync()
    {
        foreach (var node in _nodes) node.Process.Kill();
        return Task.WhenAll(_nodes.Select(node => node.Process.ExitAsync()));
    }

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

    /// <summary>Until when the lease is held by which a side of a split cluster goes on; <c>null</c> if nobody has it.</summary>
    public async Task<DateTime?> LeaseUntilAsync()
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT until FROM {_schema}.node_lease", connection);
        return (DateTime?)await command.ExecuteScalarAsync();
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

    private PostgresStorage Open() => PostgresStorage.Open(new PostgresOptions { ConnectionString = database.ConnectionString, Schema = _schema });

    /// <summary>All that the servers said: what to look at when a test fails.</summary>
    public string Said => string.Join("\n", _nodes.Select(node => $"--- {node.Id}\n{node.Process.Said}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            node.Client.Dispose();
            await node.Process.DisposeAsync();
        }
        foreach (var stranger in _strangers) await stranger.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}
