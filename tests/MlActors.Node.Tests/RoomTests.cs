using System.Net;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

public sealed class RoomTests
{
    [Fact]
    public async Task A_server_takes_as_many_jobs_as_it_is_set_to_and_one_that_waits_goes_on_waiting_after_a_kill()
    {
        using var space = new Workspace();
        await File.AppendAllTextAsync(space.Config, "\nmlactors.jobs.max-open = 1\n");
        await using (var server = ServerProcess.Start(space.Data, config: space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            foreach (var job in (string[])["first", "second"]) (await client.PutAsync(job, Workload.Config)).Expect(HttpStatusCode.OK);
            (await client.PutAsync("lazy", "{\"allow_lazy_open\":true," + Workload.Config.Trim()[1..])).Expect(HttpStatusCode.OK);
            (await client.OpenAsync("first")).Expect(HttpStatusCode.OK);
            (await client.OpenAsync("second")).Expect(HttpStatusCode.TooManyRequests).ToJsonString().ShouldContain("[jobs.max-open] is 1");
            (await client.StateAsync("second")).ShouldBe("closed");
            ((string)(await client.OpenAsync("lazy")).Expect(HttpStatusCode.OK)["node"]!).ShouldBe("");
            server.Kill();
            await server.ExitAsync();
        }

        await using (var server = ServerProcess.Start(space.Data, config: space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            await client.UntilAsync("first", "opened");
            var waits = await client.StatsAsync("lazy");
            ((string)waits["state"]!).ShouldBe("opening");
            ((string)waits["assignment_explanation"]!).ShouldContain("[jobs.max-open] is 1");
            (await client.CloseAsync("first")).Expect(HttpStatusCode.OK);
            await client.UntilAsync("lazy", "opened");
        }
    }
}
