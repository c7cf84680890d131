using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>The clock of one node is wrong, that of the owner of the job, which also looks after all jobs; it works in a hurry.</summary>
[Collection(OnDatabase.Name)]
public sealed class ClockTests(SharedDatabase database)
{
    // A wrong clock makes an hour out of a moment where that of another node is compared with it. Only what has hours, like this, bears that: so nothing else may compare.
    private const string Hurry = """
        mlactors {
          maintenance { every = 1s, idle-job-auto-close-timeout = 2h }
          watchdog.every = 1s
        }
        """;

    [WrongClockTheory]
    [InlineData("+1h", 1)]
    [InlineData("-1h", -1)]
    public async Task A_node_whose_clock_is_an_hour_off_is_a_node_like_any_other(string off, int hours)
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync(environment: WrongClock.Environment(off), settings: Hurry);
        var feed = new Feed(gateway);
        await feed.GoesOnAsync();
        // The wrong clock is in use.
        var created = DateTimeOffset.FromUnixTimeMilliseconds((long)(await gateway.Client.SendAsync(HttpMethod.Get, "/_ml/anomaly_detectors/" + Workload.Job))
            .Expect(HttpStatusCode.OK)["jobs"]![0]!["create_time"]!);
        Math.Round((created - TimeProvider.System.GetUtcNow()).TotalHours).ShouldBe(hours);

        // Meanwhile the maintenance and the watchdog look at the job each second.
        await feed.GoesOnAsync(200);
        await Task.WhenAll(nodes.All.Select(node => Nodes.SeesAsync(node, 3)));
        (await nodes.OwnerAsync(gateway)).Id.ShouldBe(owner.Id);

        // Its job goes on at one whose clock is right.
        owner.Process.Kill();
        await feed.GoesOnAsync(200);
        await feed.EndAsync();
        (await gateway.Client.StateAsync(Workload.Job)).ShouldBe("opened");
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        feed.Refusals.ShouldBeEmpty();
        (await nodes.OutcomeAsync(gateway)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }
}
