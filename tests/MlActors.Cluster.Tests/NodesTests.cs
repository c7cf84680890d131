using System.Net;
using System.Text.Json.Nodes;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>What <c>GET _ml/nodes</c> tells of real nodes.</summary>
[Collection(OnDatabase.Name)]
public sealed class NodesTests(SharedDatabase database)
{
    [Fact]
    public async Task It_tells_where_each_job_is_how_it_came_there_and_which_node_does_not_answer()
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync();
        await Nodes.PostAsync(gateway, 0, 3);
        (await gateway.Client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{Workload.Job}/_flush")).Expect(HttpStatusCode.OK);
        var all = await ReadAsync(gateway);
        all.Count.ShouldBe(3);
        all.Count(node => (bool)node["leader"]!).ShouldBe(1);
        all.Single(node => (bool)node["oldest"]!)["id"]!.ToString().ShouldBe(owner.Id);
        var (first, job) = JobOf(all);
        first["id"]!.ToString().ShouldBe(owner.Id);
        job["came"].ShouldBeNull();
        ((int)first["total"]!["running"]!).ShouldBe(1);
        ((int)first["room"]!["jobs"]!).ShouldBe(1);
        ((long)job["model_bytes"]!).ShouldBeGreaterThan(0);
        first["shards"]!.AsArray().Single()!["shard"]!.ToString().ShouldBe(job["shard"]!.ToString());

        // It is asked to stop: the job says from where it comes, and why.
        owner.Process.Terminate();
        (await owner.Process.ExitAsync()).ShouldBe(0, owner.Process.Said);
        await Nodes.PostAsync(gateway, 3, 4);
        // What the old owner says may come behind the first request.
        var moving = await Poll.UntilAsync(() => ReadAsync(gateway), all => JobOf(all).Job["came"]?["why"]?.ToString() is not (null or "its node was gone"));
        var (second, moved) = JobOf(moving);
        second["id"]!.ToString().ShouldNotBe(owner.Id);
        moved["came"]!["from"]!.ToString().ShouldBe(first["name"]!.ToString());
        moved["came"]!["why"]!.ToString().ShouldBe("its node was asked to stop");

        // It dies.
        var next = await nodes.OwnerAsync(gateway);
        var other = next.Id == gateway.Id ? await nodes.StartAsync() : gateway;
        await Nodes.SeesAsync(other, next.Id == gateway.Id ? 3 : 2);
        next.Process.Kill();
        await next.Process.ExitAsync();
        await Nodes.PostAsync(other, 4, 5);
        var (_, saved) = JobOf(await ReadAsync(other));
        saved["came"]!["from"]!.ToString().ShouldBe(next.Id);
        saved["came"]!["why"]!.ToString().ShouldBe("its node was gone");
    }

    [Fact]
    public async Task A_node_that_is_frozen_does_not_hold_up_the_answer()
    {
        await using var nodes = new Nodes(database);
        var started = await nodes.StartAsync(2);
        foreach (var node in started) await Nodes.SeesAsync(node, 2);
        started[1].Process.Signal(19);
        var all = await ReadAsync(started[0], "?timeout=300ms");
        started[1].Process.Signal(18);
        all.Count(node => node["problem"] is not null).ShouldBe(1);
        all.Count(node => node["id"]?.ToString() == started[0].Id).ShouldBe(1);
    }

    private static async Task<List<JsonNode>> ReadAsync(ClusterNode asked, string query = "") =>
        [.. (await asked.Client.SendAsync(HttpMethod.Get, "/_ml/nodes" + query)).Expect(HttpStatusCode.OK)["nodes"]!.AsArray().Select(node => node!)];

    private static (JsonNode Node, JsonNode Job) JobOf(List<JsonNode> nodes)
    {
        var node = nodes.Single(node => node["jobs"] is JsonArray { Count: > 0 });
        return (node, node["jobs"]!.AsArray().Single()!);
    }
}
