using System.Net;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

public sealed class InterruptedDeleteTests
{
    [Theory]
    [InlineData("remove.chunk", Database.Sqlite)]
    [InlineData("remove.done", Database.Sqlite)]
    [InlineData("remove.chunk", Database.Postgres)]
    [InlineData("remove.done", Database.Postgres)]
    public async Task A_delete_that_the_server_dies_in_is_finished_by_the_next_one_and_leaves_nothing(string point, Database database)
    {
        using var space = new Workspace(database);
        await using var client = new PersistentClient(space, point + "=kill");
        await client.RunToCloseAsync();
        await client.UntilDoneAsync(async (connection, again) =>
        {
            // Only the first server is asked.
            if (!again) (await DeleteAsync(connection)).Expect(HttpStatusCode.OK);
            else await Poll.UntilAsync(() => StatusAsync(connection), status => status == HttpStatusCode.NotFound);
        });
        client.Deaths.ShouldBe(1, "the fault did not strike");

        client.Server!.Kill();
        await client.Server.ExitAsync();
        await using var storage = space.OpenStorage();
        (await storage.Jobs.ReadStatusAsync(Workload.Job)).ShouldBeNull();
        (await storage.Jobs.HasWorkAsync(Workload.Job)).ShouldBeFalse();
    }

    private static Task<Answer> DeleteAsync(MlClient client) => client.SendAsync(HttpMethod.Delete, "/_ml/anomaly_detectors/" + Workload.Job);

    private static async Task<HttpStatusCode> StatusAsync(MlClient client) =>
        (await client.SendAsync(HttpMethod.Get, "/_ml/anomaly_detectors/" + Workload.Job)).Status;
}
