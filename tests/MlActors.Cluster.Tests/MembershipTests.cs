using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;
using MlActors.Storage.Cluster;
using MlActors.Storage.Postgres;

namespace MlActors.Cluster.Tests;

[Collection(OnDatabase.Name)]
public sealed class MembershipTests(SharedDatabase database)
{
    [Fact]
    public async Task Servers_that_start_together_make_one_cluster_and_each_answers_for_all_jobs()
    {
        await using var nodes = new Nodes(database);
        var all = await nodes.StartAsync(3);
        foreach (var node in all) await Nodes.SeesAsync(node, 3);

        (await all[0].Client.PutAsync(Workload.Job, Workload.Config)).Expect(HttpStatusCode.OK);
        (await all[1].Client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        foreach (var (piece, i) in Workload.Pieces.Select((piece, i) => (piece, i)))
            (await all[i % 3].Client.PostAsync(Workload.Job, $"piece-{i}", piece)).Expect(HttpStatusCode.Accepted);
        (await all[2].Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OutcomeAsync(all[0])).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }

    [Fact]
    public async Task A_server_without_the_role_runs_no_jobs_and_answers_for_those_of_others()
    {
        await using var nodes = new Nodes(database);
        var worker = await nodes.StartAsync(roles: "jobs");
        var gateway = await nodes.StartAsync(roles: "gateway");
        await Nodes.SeesAsync(gateway, 2);

        (await gateway.Client.PutAsync(Workload.Job, Workload.Config)).Expect(HttpStatusCode.OK);
        (await gateway.Client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OwnerAsync(gateway)).Id.ShouldBe(worker.Id);
        (await gateway.Client.PostAsync(Workload.Job, "one", Workload.Pieces[0])).Expect(HttpStatusCode.Accepted);
        (await gateway.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        ((string?)(await worker.Client.SendAsync(HttpMethod.Get, "/_ml/anomaly_detectors/" + Workload.Job)).Expect(HttpStatusCode.ServiceUnavailable)["error"]!["reason"])
            .ShouldNotBeNull().ShouldContain("does not answer the API");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Those_that_a_node_let_in_before_it_died_go_on_with_the_cluster_with_or_without_it(bool comesAgain)
    {
        const string three = "akka.cluster.min-nr-of-members = 3";
        await using var nodes = new Nodes(database);
        var port = Servers.ServerProcess.FreePort();
        var (first, _) = await nodes.BeginAsync(three, port);
        await Poll.UntilAsync(() => Task.FromResult(first.Said), said => said.Contains("forms the cluster", StringComparison.Ordinal));
        var (second, secondIsMember) = await nodes.BeginAsync(three + "\nmlactors.log-level = debug");
        await Poll.UntilAsync(() => Task.FromResult(second.Said), said => said.Contains("Welcome from", StringComparison.Ordinal));

        first.Kill();
        await first.ExitAsync();
        var (third, thirdIsMember) = await nodes.BeginAsync(three, comesAgain ? port : null);
        var (fourth, fourthIsMember) = await nodes.BeginAsync(three);
        await Task.WhenAll(secondIsMember, thirdIsMember, fourthIsMember);
        foreach (var process in (ServerProcess[])[second, third, fourth]) process.Said.ShouldNotContain("forms the cluster");
    }

    [Fact]
    public async Task Of_ten_that_look_into_the_table_at_the_same_time_exactly_one_is_to_make_the_cluster()
    {
        await using var storage = PostgresStorage.Open(new PostgresOptions
        {
            // However slow the machine is: it is about who comes first, not how soon.
            ConnectionString = database.ConnectionString, Schema = SharedDatabase.NewSchema(), BusyTimeout = TimeSpan.FromMinutes(1),
        });
        for (var round = 0; round < 5; round++)
        {
            var addresses = Enumerable.Range(0, 10).Select(i => $"akka.tcp://mlactors@10.0.0.{i}:9300").ToList();
            var looks = await Task.WhenAll(addresses.Select(address =>
                storage.Nodes.BeatAsync(address, NodeStage.Seeking, others => others.All(other => other.Stage == NodeStage.Seeking))));
            looks.Count(look => look.Forms).ShouldBe(1);
            foreach (var address in addresses) await storage.Nodes.RemoveAsync(address);
        }
    }
}
