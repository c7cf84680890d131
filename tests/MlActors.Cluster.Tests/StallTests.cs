using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;
using MlActors.Servers;
using Npgsql;

namespace MlActors.Cluster.Tests;

/// <summary>The database takes what it is asked and says nothing for so long that requests are refused; then it goes on. Nobody closes a connection.</summary>
[Collection(OnDatabase.Name)]
public sealed class StallTests(SharedDatabase database)
{
    // So long a silent connection is waited for: statement-timeout, busy-timeout, and until the driver has tried to cancel what it asked.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(8);

    [Fact]
    public Task A_database_that_stood_still_is_used_at_once_when_it_goes_on() =>
        StallAsync(database.ConnectionString, () => database.Server.Freeze(), () => database.Server.Thaw());

    [Fact]
    public async Task Connections_that_stay_silent_after_a_stall_hold_nobody_up()
    {
        await using var way = TcpProxy.OnLoopback(database.Server.Port);
        var through = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = way.Port }.ConnectionString;
        await StallAsync(through, () => way.Swallows = true, () => way.Swallows = false);
    }

    [Fact]
    public async Task Of_connections_that_something_on_the_way_has_forgotten_one_is_waited_for_and_no_other()
    {
        await using var way = TcpProxy.OnLoopback(database.Server.Port);
        var through = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = way.Port }.ConnectionString;
        await using var nodes = new Nodes(database);
        var node = await nodes.StartAsync(settings: Settings(through));
        await Nodes.PutAndOpenAsync(node);
        await Nodes.PostAsync(node, 0, 1);
        way.Swallows = true;
        way.Swallows = false;
        var start = TimeProvider.System.GetTimestamp();
        await ShouldWaitOnceAsync(nodes, node, Workload.Job);
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Silence + Soon, nodes.Said);
        await Nodes.PostAsync(node, 1, 2);
    }

    private static string Settings(string connection) => $"mlactors.storage.postgresql {{ connection-string = \"{connection}\", statement-timeout = 5s }}";

    private async Task StallAsync(string connection, Action stall, Action goOn)
    {
        await using var nodes = new Nodes(database);
        var all = await nodes.StartAsync(3, Settings(connection));
        foreach (var node in all) await Nodes.SeesAsync(node, 3);
        await using var load = new Load(nodes, all);
        await load.OpenAsync();
        await load.PostAsync(0, 3);

        stall();
        var posted = load.PostAsync(3, 9);
        try
        {
            await Poll.UntilAsync(() => Task.FromResult(load.Refusals.Count), refusals => refusals > 0);
        }
        finally
        {
            goOn();
        }
        var start = TimeProvider.System.GetTimestamp();
        foreach (var node in all) await ShouldWaitOnceAsync(nodes, node, load.Jobs[0]);
        await posted;
        await load.PostAsync(9, 12);
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(4 * Soon, nodes.Said);
        foreach (var node in all) await Nodes.SeesAsync(node, 3);
        await load.ShouldHaveBeenAnalysedOnceAsync();
    }

    private static async Task ShouldWaitOnceAsync(Nodes nodes, ClusterNode node, string job)
    {
        var results = $"/_ml/anomaly_detectors/{job}/results/buckets";
        await AnswersAsync(node, results);
        var noticed = TimeProvider.System.GetTimestamp();
        // More than there are connections that read.
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AnswersAsync(node, results)));
        // Reads other tables by other connections.
        await AnswersAsync(node, "/_health/ready");
        TimeProvider.System.GetElapsedTime(noticed).ShouldBeLessThan(Soon, nodes.Said);
    }

    private static Task AnswersAsync(ClusterNode node, string path) =>
        Poll.UntilAsync(async () => (await node.Client.SendAsync(HttpMethod.Get, path)).Status, status => status == HttpStatusCode.OK);
}
