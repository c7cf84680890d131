using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>A node is full, and another comes.</summary>
[Collection(OnDatabase.Name)]
public sealed class RoomTests(SharedDatabase database)
{
    // Each in a shard of its own.
    private static readonly string[] Jobs = ["one", "two", "three"];

    private const string Settings = "mlactors.jobs.max-open = 2\nakka.cluster.sharding.rebalance-interval = 2s";

    [Fact]
    public async Task A_job_that_waits_on_a_full_node_opens_when_another_takes_some_of_the_jobs()
    {
        await using var nodes = new Nodes(database);
        var first = await nodes.StartAsync(settings: Settings);
        foreach (var job in Jobs)
        {
            (await first.Client.PutAsync(job, "{\"allow_lazy_open\":true," + Workload.Config.Trim()[1..])).Expect(HttpStatusCode.OK);
            (await first.Client.OpenAsync(job)).Expect(HttpStatusCode.OK);
        }
        (await StatesAsync(first)).ShouldBe(["opened", "opened", "opening"]);

        var second = await nodes.StartAsync(settings: Settings);
        await Poll.UntilAsync(async () => string.Join(' ', await StatesAsync(second)), states => states == "opened opened opened");
        var places = new List<string>();
        foreach (var job in Jobs) places.Add((string)(await second.Client.StatsAsync(job))["node"]!["id"]!);
        places.Count(id => id == first.Id).ShouldBe(2);
        places.Count(id => id == second.Id).ShouldBe(1);
    }

    private static async Task<List<string>> StatesAsync(ClusterNode asked)
    {
        var states = new List<string>();
        foreach (var job in Jobs) states.Add(await asked.Client.StateAsync(job));
        return states;
    }
}
