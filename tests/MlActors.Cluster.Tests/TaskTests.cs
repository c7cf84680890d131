using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>Work that nobody waits for, asked about at other nodes than the one that was told to do it.</summary>
[Collection(OnDatabase.Name)]
public sealed class TaskTests(SharedDatabase database)
{
    [Fact]
    public async Task A_task_is_told_by_every_node_as_long_as_its_own_lives()
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync();
        var close = (await owner.Client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{Workload.Job}/_close?wait_for_completion=false")).Expect(HttpStatusCode.OK);
        var task = close["task"]!.ToString();
        var told = (await gateway.Client.SendAsync(HttpMethod.Get, $"/_tasks/{task}?wait_for_completion=true")).Expect(HttpStatusCode.OK);
        ((bool)told["completed"]!, told["task"]!["node"]!.ToString(), (bool)told["response"]!["closed"]!).ShouldBe((true, owner.Id, true));
        ((int)told["task"]!["status"]!["done"]!).ShouldBe(1);

        var reset = (await owner.Client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{Workload.Job}/_reset?wait_for_completion=false")).Expect(HttpStatusCode.OK);
        var ended = (await gateway.Client.SendAsync(HttpMethod.Get, $"/_tasks/{reset["task"]}?wait_for_completion=true")).Expect(HttpStatusCode.OK);
        ((bool)ended["completed"]!, (bool)ended["response"]!["acknowledged"]!).ShouldBe((true, true));

        owner.Process.Kill();
        await Nodes.SeesAsync(gateway, 2);
        var gone = (await gateway.Client.SendAsync(HttpMethod.Get, $"/_tasks/{task}")).Expect(HttpStatusCode.NotFound);
        gone["error"]!["reason"]!.ToString().ShouldContain("or with its node");
    }
}
