using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>A server is asked to stop, as in an upgrade.</summary>
[Collection(OnDatabase.Name)]
public sealed class LeaveTests(SharedDatabase database)
{
    [Fact]
    public async Task No_request_at_the_other_servers_fails_while_one_leaves_and_the_results_are_those_of_an_undisturbed_run()
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync();
        await Nodes.PostAsync(gateway, 0, 3);
        using var left = new CancellationTokenSource();
        var looking = LookAsync(gateway, left.Token);
        owner.Process.Terminate();
        await Nodes.PostAsync(gateway, 3, 12);
        (await owner.Process.ExitAsync()).ShouldBe(0, owner.Process.Said);
        await left.CancelAsync();
        // One look may take as long as the job is on its way.
        (await looking).ShouldBeGreaterThan(0);
        (await nodes.OwnerAsync(gateway)).Id.ShouldNotBe(owner.Id);
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OutcomeAsync(gateway)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }

    [Fact]
    public async Task What_was_analysed_is_saved_so_that_the_next_owner_need_not_do_it_again()
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync();
        // One more than what a snapshot follows by itself.
        await Nodes.PostAsync(gateway, 0, 4);
        (await gateway.Client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{Workload.Job}/_flush")).Expect(HttpStatusCode.OK);
        owner.Process.Terminate();
        (await owner.Process.ExitAsync()).ShouldBe(0, owner.Process.Said);
        var newest = (await gateway.Client.SendAsync(HttpMethod.Get, $"/_ml/anomaly_detectors/{Workload.Job}/model_snapshots?sort=timestamp&desc=true"))
            .Expect(HttpStatusCode.OK)["model_snapshots"]![0]!;
        var counts = (await gateway.Client.StatsAsync(Workload.Job))["data_counts"]!;
        ((long)newest["latest_record_time_stamp"]!).ShouldBe((long)counts["latest_record_timestamp"]!);
    }

    /// <returns>How often it looked without a failure.</returns>
    private static async Task<int> LookAsync(ClusterNode gateway, CancellationToken left)
    {
        var looks = 0;
        for (; !left.IsCancellationRequested; looks++) (await gateway.Client.StateAsync(Workload.Job)).ShouldBe("opened");
        return looks;
    }
}
