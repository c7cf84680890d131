using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;
using MlActors.Servers;

namespace MlActors.Cluster.Tests;

/// <summary>The database is there and takes its time, for all nodes.</summary>
[Collection(OnDatabase.Name)]
public sealed class SlowDatabaseTests(SharedDatabase database)
{
    [Fact]
    public async Task Answers_that_come_late_make_uploads_slow_and_nothing_else()
    {
        await using var way = TcpProxy.OnLoopback(database.Server.Port);
        await using var nodes = new Nodes(database, slow: way);
        var (owner, gateway) = await nodes.OpenAsync();
        var feed = new Feed(gateway);
        await feed.GoesOnAsync();

        way.Delay = TimeSpan.FromMilliseconds(300);
        await feed.GoesOnAsync(5);
        foreach (var node in nodes.All) await node.IsHealthyAsync("ready", true);
        // Not refused and not lost: only late.
        feed.Refusals.ShouldBeEmpty();
        (await nodes.OwnerAsync(gateway)).Id.ShouldBe(owner.Id);
        way.Delay = TimeSpan.Zero;

        await EndAsync(nodes, gateway, feed);
    }

    [Fact]
    public async Task A_database_that_says_nothing_for_15_seconds_costs_time_and_no_record()
    {
        await using var way = TcpProxy.OnLoopback(database.Server.Port);
        await using var nodes = new Nodes(database, slow: way);
        var (_, gateway) = await nodes.OpenAsync();
        var feed = new Feed(gateway);
        await feed.GoesOnAsync();

        await way.StallAsync(TimeSpan.FromSeconds(15));

        await feed.GoesOnAsync();
        await EndAsync(nodes, gateway, feed);
    }

    private static async Task EndAsync(Nodes nodes, ClusterNode gateway, Feed feed)
    {
        await feed.EndAsync();
        (await gateway.Client.StateAsync(Workload.Job)).ShouldBe("opened");
        await Task.WhenAll(nodes.All.Select(node => node.IsHealthyAsync("ready", true)));
        foreach (var node in nodes.All) await Nodes.SeesAsync(node, 3);
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OutcomeAsync(gateway)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }
}
