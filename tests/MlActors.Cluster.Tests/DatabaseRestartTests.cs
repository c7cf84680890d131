using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>The database that the nodes share goes and comes back.</summary>
[Collection(OnDatabase.Name)]
public sealed class DatabaseRestartTests(SharedDatabase database)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nodes_outlive_the_database_and_go_on_by_themselves(bool killed)
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync();
        var feed = new Feed(gateway);
        await feed.GoesOnAsync();

        await database.Server.StopAsync(killed);
        // Who asks is told: that nothing was written, or that nobody knows.
        await feed.IsRefusedAsync();
        await Task.WhenAll(nodes.All.Select(node => node.IsHealthyAsync("ready", false)));
        await Task.WhenAll(nodes.All.Select(node => node.IsHealthyAsync("live", true)));
        await database.Server.StartAgainAsync();

        await feed.GoesOnAsync();
        await feed.EndAsync();
        feed.Refusals.ShouldAllBe(reason => reason.Contains("database", StringComparison.Ordinal) || reason.Contains("did not answer", StringComparison.Ordinal));
        await Task.WhenAll(nodes.All.Select(node => node.IsHealthyAsync("ready", true)));
        // Nobody was given up for it.
        foreach (var node in nodes.All) await Nodes.SeesAsync(node, 3);
        (await nodes.OwnerAsync(gateway)).Id.ShouldBe(owner.Id);
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OutcomeAsync(gateway)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }
}
