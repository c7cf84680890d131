using System.Net;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

public sealed class UpgradeModeTests
{
    [Fact]
    public async Task It_outlives_a_kill_of_the_server_and_when_it_ends_jobs_go_on_as_if_nothing_had_been()
    {
        using var space = new Workspace();
        await using (var server = ServerProcess.Start(space.Data, config: space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            (await client.PutAsync(Workload.Job, Workload.Config)).Expect(HttpStatusCode.OK);
            (await client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
            for (var piece = 0; piece < 5; piece++) (await client.PostAsync(Workload.Job, $"p{piece}", Workload.Pieces[piece])).Expect(HttpStatusCode.Accepted);
            (await SetAsync(client, true)).Expect(HttpStatusCode.OK);
            server.Kill();
            await server.ExitAsync();
        }

        await using (var server = ServerProcess.Start(space.Data, config: space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            ((bool)(await client.SendAsync(HttpMethod.Get, "/_ml/info")).Expect(HttpStatusCode.OK)["upgrade_mode"]!).ShouldBeTrue();
            (await client.StateAsync(Workload.Job)).ShouldBe("opened");
            (await client.PostAsync(Workload.Job, "p5", Workload.Pieces[5])).Expect(HttpStatusCode.TooManyRequests);
            (await client.PutAsync("other", Workload.Config)).Expect(HttpStatusCode.OK);
            (await client.OpenAsync("other")).Expect(HttpStatusCode.TooManyRequests).ToJsonString().ShouldContain("upgrade mode is on");
            (await SetAsync(client, false)).Expect(HttpStatusCode.OK);
            for (var piece = 5; piece < 12; piece++) (await client.PostAsync(Workload.Job, $"p{piece}", Workload.Pieces[piece])).Expect(HttpStatusCode.Accepted);
            (await client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
            (await Outcome.ReadAsync(client, server, space)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
        }
    }

    private static Task<Answer> SetAsync(MlClient client, bool enabled) => client.SendAsync(HttpMethod.Post, $"/_ml/set_upgrade_mode?enabled={(enabled ? "true" : "false")}");
}
