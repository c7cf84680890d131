using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;
using Npgsql;

namespace MlActors.Cluster.Tests;

/// <summary>What docker-compose.yml describes, as processes: its nodes with their configuration and variables, on a real database.</summary>
[Collection(OnDatabase.Name)]
public sealed class DeployTests(SharedDatabase database)
{
    [Fact]
    public async Task The_nodes_of_compose_find_each_other_and_open_and_close_a_job_together()
    {
        using var space = new Workspace();
        using var certificates = new TestCertificates(space);
        var environment = Environment(space, certificates);
        var key = (await ServerProcess.RunAsync(["keys", "add", "tester", "--privilege", "all", "--config", DeployFiles.Config], faults: null, environment)).Output.TrimEnd().Split('\n')[^1];

        var count = int.Parse($"{DeployFiles.Service["deploy"]["replicas"]}", CultureInfo.InvariantCulture);
        count.ShouldBe(3);
        var processes = Enumerable.Range(0, count).Select(i => ServerProcess.Start(Directory.CreateDirectory(space[$"node-{i}"]).FullName, config: DeployFiles.Config,
            urls: "https://127.0.0.1:0", environment: new Dictionary<string, string>(environment, StringComparer.Ordinal)
            {
                ["MLACTORS_CLUSTER_PORT"] = Servers.ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture),
            })).ToList();
        try
        {
            var nodes = await Task.WhenAll(processes.Select(async process => certificates.Client(await process.ListeningAsync())));
            foreach (var node in nodes)
            {
                node.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("ApiKey", key);
                await Poll.UntilAsync(async () => (int)(await SendAsync(node, HttpMethod.Get, "/_cluster/health"))["number_of_nodes"]!, seen => seen == count);
            }
            await SendAsync(nodes[0], HttpMethod.Put, Job, Workload.Config);
            await SendAsync(nodes[1], HttpMethod.Post, Job + "/_open");
            await SendAsync(nodes[2], HttpMethod.Post, Job + "/_data", Workload.Pieces[0]);
            (await SendAsync(nodes[0], HttpMethod.Post, Job + "/_close"))["closed"]!.GetValue<bool>().ShouldBeTrue();
            var job = (await SendAsync(nodes[1], HttpMethod.Get, Job + "/_stats"))["jobs"]![0]!;
            ((string?)job["state"]).ShouldBe("closed");
            ((int)job["data_counts"]!["processed_record_count"]!).ShouldBe(Workload.RecordsPerPiece);
            foreach (var node in nodes) node.Dispose();
            // As the supervisor stops them.
            foreach (var process in processes) process.Terminate();
            foreach (var process in processes) (await process.ExitAsync()).ShouldBe(0, process.Said);
        }
        finally
        {
            foreach (var process in processes) await process.DisposeAsync();
        }
    }

    private const string Job = "/_ml/anomaly_detectors/" + Workload.Job;

    /// <summary>The variables of the service, whose places are here instead.</summary>
    private Dictionary<string, string> Environment(Workspace space, TestCertificates certificates)
    {
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        File.WriteAllText(space["password"], server.Password);
        server.Remove("Password");
        var environment = DeployFiles.Map(DeployFiles.Service["environment"]);
        environment.ShouldContainKey("MLACTORS_DATABASE");
        environment["MLACTORS_DATABASE"] = server.ToString();
        environment["MLACTORS_DATABASE_PASSWORD_FILE"] = space["password"];
        environment["MLACTORS_DATABASE_SCHEMA"] = SharedDatabase.NewSchema();
        environment["MLACTORS_TLS_CERTIFICATE"] = certificates.Chain;
        environment["MLACTORS_TLS_KEY"] = certificates.Key;
        environment["HOSTNAME"] = "127.0.0.1";
        return environment;
    }

    private static async Task<JsonNode> SendAsync(HttpClient node, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await node.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.Accepted], text);
        return JsonNode.Parse(text)!;
    }
}
