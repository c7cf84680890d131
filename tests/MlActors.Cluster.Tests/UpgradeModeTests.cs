using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>Upgrade mode of several nodes: set at one, it is there on all when it is acknowledged.</summary>
[Collection(OnDatabase.Name)]
public sealed class UpgradeModeTests(SharedDatabase database)
{
    [Fact]
    public async Task It_holds_on_all_nodes_at_once_also_on_one_that_comes_and_when_it_ends_jobs_go_on_where_they_are()
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync();
        await Nodes.PostAsync(gateway, 0, 4);
        (await SetAsync(gateway, true)).Expect(HttpStatusCode.OK);
        await ShouldRestAsync(owner);
        await ShouldRestAsync(gateway);
        var late = await nodes.StartAsync();
        await Nodes.SeesAsync(late, 4);
        await ShouldRestAsync(late);

        // The next owner rests too.
        owner.Process.Kill();
        await owner.Process.ExitAsync();
        await Poll.UntilAsync(async () => (await PostAsync(gateway, 4)).Status, status => status == HttpStatusCode.TooManyRequests);
        await Nodes.SeesAsync(late, 3);
        (await SetAsync(late, false)).Expect(HttpStatusCode.OK);
        await Nodes.PostAsync(gateway, 4, 12);
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OutcomeAsync(gateway)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_named()
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync();
        owner.Process.Signal(19);
        var answer = (await SetAsync(gateway, true, "1s")).Expect(HttpStatusCode.RequestTimeout).ToJsonString();
        owner.Process.Signal(18);
        answer.ShouldContain("[127.0.0.1:");
        answer.ShouldContain("upgrade mode is on and stays so");
        await Poll.UntilAsync(async () => (await SetAsync(gateway, true)).Status, status => status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_holds_after_the_death_of_all_nodes_and_when_it_ends_all_goes_on()
    {
        await using var nodes = new Nodes(database);
        var (_, gateway) = await nodes.OpenAsync();
        await Nodes.PostAsync(gateway, 0, 4);
        (await SetAsync(gateway, true)).Expect(HttpStatusCode.OK);
        var results = await gateway.Client.ResultsAsync(Workload.Job);
        results.ShouldNotBeEmpty();
        await nodes.KillAllAsync();

        var all = await nodes.StartAsync(3);
        foreach (var node in all) await Nodes.SeesAsync(node, 3);
        foreach (var node in all)
        {
            await ShouldRestAsync(node);
            (await node.Client.ResultsAsync(Workload.Job)).ShouldBe(results);
        }
        (await SetAsync(all[1], false)).Expect(HttpStatusCode.OK);
        await Nodes.PostAsync(all[2], 4, 12);
        (await all[0].Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OutcomeAsync(all[1])).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }

    private static async Task ShouldRestAsync(ClusterNode node)
    {
        ((bool)(await node.Client.SendAsync(HttpMethod.Get, "/_ml/info")).Expect(HttpStatusCode.OK)["upgrade_mode"]!).ShouldBeTrue();
        var stats = await node.Client.StatsAsync(Workload.Job);
        ((string)stats["state"]!, stats["node"]).ShouldBe(("opened", null));
        (await PostAsync(node, 4)).Expect(HttpStatusCode.TooManyRequests);
    }

    private static Task<Answer> PostAsync(ClusterNode node, int piece) =>
        node.Client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{Workload.Job}/_data", Workload.Pieces[piece]);

    private static Task<Answer> SetAsync(ClusterNode node, bool enabled, string timeout = "30s") =>
        node.Client.SendAsync(HttpMethod.Post, $"/_ml/set_upgrade_mode?enabled={(enabled ? "true" : "false")}&timeout={timeout}");
}
