using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

public sealed class RandomDeathTests
{
    private const int Kills = 5;
    private const int LatestMomentMs = 60;

    [Theory]
    [InlineData(20260101, Database.Sqlite)]
    [InlineData(20260102, Database.Postgres)]
    public async Task Nothing_is_lost_or_counted_twice_when_the_server_is_killed_at_any_moment_of_posting(int seed, Database database)
    {
        var undisturbed = await Outcome.OfAnUndisturbedRunAsync();
        var random = new Random(seed);
        var struck = Enumerable.Range(0, Workload.Pieces.Count).OrderBy(_ => random.Next()).Take(Kills).ToHashSet();
        using var space = new Workspace(database);
        await using var client = new PersistentClient(space);
        await client.PutAsync();
        await client.OpenAsync();
        for (var piece = 0; piece < Workload.Pieces.Count; piece++)
        {
            if (!struck.Contains(piece))
            {
                await client.PostAsync(piece);
                continue;
            }
            // The one before may have been killed after its last answer: only now that is noticed.
            await client.UntilDoneAsync((connection, _) => connection.StateAsync(Workload.Job));
            var server = client.Server!;
            var killing = KillAsync(server, random.Next(LatestMomentMs));
            await client.PostAsync(piece);
            await killing;
            await server.ExitAsync();
        }
        await client.CloseAsync();
        client.Deaths.ShouldBe(Kills);
        (await client.OutcomeAsync()).ShouldBeThatOf(undisturbed);
    }

    private static async Task KillAsync(ServerProcess server, int afterMs)
    {
        await Task.Delay(afterMs);
        server.Kill();
    }
}
