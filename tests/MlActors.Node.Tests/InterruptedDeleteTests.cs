using System.Net;
using MlActors.Node.Tests.Support;
using MlActors.Storage;
using MlActors.Storage.Sqlite;

namespace MlActors.Node.Tests;

public sealed class InterruptedDeleteTests
{
    [Theory]
    [InlineData("remove.chunk")]
    [InlineData("remove.done")]
    public async Task A_delete_that_the_server_dies_in_is_finished_by_the_next_one_and_leaves_nothing(string point)
    {
        using var space = new Workspace();
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
        await using var storage = SqliteStorage.Open(new StorageOptions { DataDirectory = space.Data });
        (await storage.Jobs.ReadStatusAsync(Workload.Job)).ShouldBeNull();
        (await storage.Jobs.HasWorkAsync(Workload.Job)).ShouldBeFalse();
    }

    private static Task<Answer> DeleteAsync(MlClient client) => client.SendAsync(HttpMethod.Delete, "/_ml/anomaly_detectors/" + Workload.Job);

    private static async Task<HttpStatusCode> StatusAsync(MlClient client) =>
        (await client.SendAsync(HttpMethod.Get, "/_ml/anomaly_detectors/" + Workload.Job)).Status;
}
