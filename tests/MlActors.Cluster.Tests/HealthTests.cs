using MlActors.Cluster.Tests.Support;
using MlActors.Storage.Postgres;

namespace MlActors.Cluster.Tests;

[Collection(OnDatabase.Name)]
public sealed class HealthTests(SharedDatabase database)
{
    [Fact]
    public async Task Nodes_that_are_asked_at_the_same_time_do_not_take_each_others_probes_for_a_failure()
    {
        var options = new PostgresOptions { ConnectionString = database.ConnectionString, Schema = SharedDatabase.NewSchema() };
        await using var one = PostgresStorage.Open(options);
        await using var other = PostgresStorage.Open(options);
        var patience = TimeSpan.FromSeconds(30);
        // Their numbers differ, as those of nodes do that did not start together.
        (await one.CheckAsync(patience)).Problem.ShouldBeNull();
        for (var round = 0; round < 100; round++)
            foreach (var health in await Task.WhenAll(one.CheckAsync(patience), other.CheckAsync(patience))) health.Problem.ShouldBeNull();
    }
}
