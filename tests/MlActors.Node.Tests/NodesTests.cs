using System.Net;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

public sealed class NodesTests
{
    [Fact]
    public async Task A_server_that_is_alone_tells_of_itself()
    {
        using var space = new Workspace();
        await using var server = ServerProcess.Start(space.Data, config: space.Config);
        using var client = new MlClient(await server.ListeningAsync());
        (await client.PutAsync(Workload.Job, Workload.Config)).Expect(HttpStatusCode.OK);
        (await client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        var answer = (await client.SendAsync(HttpMethod.Get, "/_ml/nodes")).Expect(HttpStatusCode.OK);
        var node = answer["nodes"]!.AsArray().Single()!;
        (node["state"]!.ToString(), node["address"]!.ToString()).ShouldBe(("up", "127.0.0.1"));
        ((bool)node["leader"]!, (bool)node["oldest"]!).ShouldBe((true, true));
        node["jobs"]!.AsArray().Single()!["job_id"]!.ToString().ShouldBe(Workload.Job);
        ((int)node["room"]!["jobs"]!).ShouldBe(1);
        ((long)node["uptime_ms"]!).ShouldBeGreaterThan(0);
    }
}
