using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Jobs.Lifecycle;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>The owner of a job goes, in each of the ways in which it can; the first node started is the owner, requests go through another.</summary>
[Collection(OnDatabase.Name)]
public sealed class DeathTests(SharedDatabase database)
{
    private const int SIGCONT = 18;
    private const int SIGSTOP = 19;

    [Fact]
    public async Task The_owner_is_killed_and_uploads_go_on_with_the_results_of_an_undisturbed_run()
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync();
        await Nodes.PostAsync(gateway, 0, 6);
        owner.Process.Kill();
        // No record is named by the client, none fails, and each counts once.
        await Nodes.PostAsync(gateway, 6, 12);
        (await nodes.OwnerAsync(gateway)).Id.ShouldNotBe(owner.Id);
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OutcomeAsync(gateway)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }

    [Theory]
    [InlineData("close.journaled")]
    [InlineData("close.analysed")]
    [InlineData("close.finished")]
    public async Task The_owner_dies_in_the_middle_of_a_close_and_the_next_one_finishes_it(string point)
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync(point + "=kill");
        await Nodes.PostAsync(gateway, 0, 12);
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await owner.Process.ExitAsync()).ShouldBe(ServerProcess.Killed);
        (await nodes.OutcomeAsync(gateway)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }

    [Fact]
    public async Task A_close_that_nobody_asks_for_any_more_is_finished_by_the_nodes_that_are_left()
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync("close.journaled=kill");
        await Nodes.PostAsync(gateway, 0, 12);
        // Who asked dies with the owner.
        await Should.ThrowAsync<HttpRequestException>(() => owner.Client.CloseAsync(Workload.Job));
        // Looking into the database wakes nobody.
        await Poll.UntilAsync(nodes.StoredStateAsync, state => state == JobState.Closed);
        (await nodes.OutcomeAsync(gateway)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_servers_the_one_that_is_left_goes_on_whichever_it_is(bool lowerDies)
    {
        await using var nodes = new Nodes(database);
        // Between sides of the same size the addresses would decide.
        var ports = new[] { Servers.ServerProcess.FreePort(), Servers.ServerProcess.FreePort() }.Order().ToArray();
        var owner = await nodes.StartAsync(port: ports[lowerDies ? 0 : 1]);
        await Nodes.PutAndOpenAsync(owner);
        var gateway = await nodes.StartAsync(port: ports[lowerDies ? 1 : 0]);
        await Nodes.SeesAsync(gateway, 2);
        owner.Process.Kill();
        await Nodes.PostAsync(gateway, 0, 1);
        await Nodes.SeesAsync(gateway, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_second_death_soon_after_a_first_leaves_those_in_charge_that_are_left(bool ofWhoDecidedThen)
    {
        await using var nodes = new Nodes(database);
        var ports = new[] { Servers.ServerProcess.FreePort(), Servers.ServerProcess.FreePort(), Servers.ServerProcess.FreePort() }.Order().ToArray();
        // Of those that are seen the lowest decides who is given up: the second decides about the first, and the first, back again, about the next.
        var (third, second) = (await nodes.StartAsync(port: ports[2]), await nodes.StartAsync(port: ports[1]));
        var first = await nodes.StartAsync(port: ports[0]);
        await Nodes.PutAndOpenAsync(third);
        foreach (var node in (ClusterNode[])[first, second, third]) await Nodes.SeesAsync(node, 3);
        first.Process.Kill();
        await Nodes.SeesAsync(second, 2);
        first = await nodes.StartAsync(port: ports[0]);
        foreach (var node in (ClusterNode[])[first, second, third]) await Nodes.SeesAsync(node, 3);
        var (victim, left) = ofWhoDecidedThen ? (second, third) : (third, second);
        // The hardest moment for the others: it has just made sure that it is the one who decides.
        var until = await nodes.LeaseUntilAsync();
        await Poll.UntilAsync(nodes.LeaseUntilAsync, now => now != until);
        victim.Process.Kill();
        await Nodes.PostAsync(left, 0, 1);
        await Nodes.SeesAsync(first, 2);
        await Nodes.SeesAsync(left, 2);
    }

    [Fact]
    public async Task An_owner_that_was_frozen_for_long_writes_nothing_when_it_wakes_up_and_ends()
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync();
        await Nodes.PostAsync(gateway, 0, 3);
        owner.Process.Signal(SIGSTOP);
        await Nodes.PostAsync(gateway, 3, 9);
        owner.Process.Signal(SIGCONT);
        await Nodes.PostAsync(gateway, 9, 12);
        (await owner.Process.ExitAsync()).ShouldBe(ServerProcess.Killed);
        await Poll.UntilAsync(() => Task.FromResult(owner.Process.Said), said => said.Contains("other nodes have its jobs now", StringComparison.Ordinal));
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OutcomeAsync(gateway)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }

    [Fact]
    public async Task A_reset_that_lay_before_a_frozen_owner_until_its_client_was_gone_is_not_carried_out()
    {
        await using var nodes = new Nodes(database);
        var (owner, gateway) = await nodes.OpenAsync();
        await Nodes.PostAsync(gateway, 0, 3);
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        owner.Process.Signal(SIGSTOP);
        using (var client = new CancellationTokenSource(TimeSpan.FromMilliseconds(500)))
            await Should.ThrowAsync<OperationCanceledException>(() => gateway.Client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{Workload.Job}/_reset", null, client.Token));
        // The gateway goes on, and has seen that the client is gone.
        (await gateway.Client.SendAsync(HttpMethod.Get, "/_cluster/health")).Expect(HttpStatusCode.OK);
        owner.Process.Signal(SIGCONT);
        (await gateway.Client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        await Nodes.PostAsync(gateway, 3, 12);
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        // The copy was there, and was asked about.
        owner.Process.Said.ShouldContain("came when nobody waited for it any more");
        (await gateway.Client.StatsAsync(Workload.Job))["data_counts"]!["input_record_count"]!.GetValue<long>().ShouldBe(Workload.Pieces.Sum(piece => (long)piece.AsSpan().Count('\n')));
    }
}
