using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;
using MlActors.Servers;
using Npgsql;

namespace MlActors.Cluster.Tests;

/// <summary>The database that the nodes share goes and comes back while they have work.</summary>
[Collection(OnDatabase.Name)]
public sealed class DatabaseTests(SharedDatabase database)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nodes_outlive_their_database_and_go_on_by_themselves(bool killed)
    {
        await using var nodes = new Nodes(database);
        var all = await nodes.StartAsync(3);
        foreach (var node in all) await Nodes.SeesAsync(node, 3);
        await using var load = new Load(nodes, all);
        await load.OpenAsync();
        await load.PostAsync(0, 3);
        var owners = await OwnersAsync(load, all[0]);

        await database.Server.StopAsync(killed);
        var posted = load.PostAsync(3, 9);
        await Poll.UntilAsync(() => Task.FromResult(load.Refusals.Count), refusals => refusals > 0);
        foreach (var node in all) await HealthAsync(node, "ready", HttpStatusCode.ServiceUnavailable);
        foreach (var node in all) await HealthAsync(node, "live", HttpStatusCode.OK);
        await database.Server.StartAgainAsync();

        await posted;
        foreach (var node in all) await HealthAsync(node, "ready", HttpStatusCode.OK);
        await load.PostAsync(9, 12);
        // Nobody was given up for it.
        foreach (var node in all) await Nodes.SeesAsync(node, 3);
        (await OwnersAsync(load, all[0])).ShouldBe(owners);
        await load.ShouldHaveBeenAnalysedOnceAsync();
    }

    [Fact]
    public async Task A_slow_database_and_one_that_stands_still_for_a_while_cost_time_only()
    {
        await using var way = TcpProxy.OnLoopback(database.Server.Port);
        var slow = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = way.Port }.ConnectionString;
        await using var nodes = new Nodes(database);
        var all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => nodes.StartAsync(settings: $"mlactors.storage.postgresql.connection-string = \"{slow}\"")));
        foreach (var node in all) await Nodes.SeesAsync(node, 3);
        await using var load = new Load(nodes, all);
        await load.OpenAsync();
        way.Delay = TimeSpan.FromMilliseconds(300);
        await load.PostAsync(0, 2);
        way.Delay = TimeSpan.Zero;

        way.Stall();
        var posted = load.PostAsync(2, 9);
        // Nobody waits for ever, and nobody dies of it.
        await Poll.UntilAsync(() => Task.FromResult(load.Refusals.Count), refusals => refusals > 0);
        foreach (var node in all) await HealthAsync(node, "ready", HttpStatusCode.ServiceUnavailable);
        way.GoOn();
        await posted;
        await load.PostAsync(9, 12);
        foreach (var node in all) await Nodes.SeesAsync(node, 3);
        await load.ShouldHaveBeenAnalysedOnceAsync();
    }

    private static Task<string[]> OwnersAsync(Load load, ClusterNode asked) => Task.WhenAll(load.Jobs.Select(job => Load.OwnerAsync(asked, job)));

    private static Task HealthAsync(ClusterNode node, string kind, HttpStatusCode wanted) =>
        Poll.UntilAsync(async () => (await node.Client.SendAsync(HttpMethod.Get, "/_health/" + kind)).Status, status => status == wanted);
}
