using MlActors.Cluster.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>A server of three, which runs jobs and is the oldest, loses others out of sight, or the database.</summary>
[Collection(OnDatabase.Name)]
public sealed class CutTests(SharedDatabase database)
{
    private const int GivenUp = 3;

    [NetworkFact]
    public Task A_server_whose_plug_is_pulled_ends_and_the_others_go_on_with_its_jobs() => CutAsync((network, cut, _) => network.Isolate(cut));

    [NetworkFact]
    public Task A_server_that_still_has_the_database_but_not_the_others_ends() => CutAsync((_, cut, others) =>
    {
        foreach (var other in others) Network.Cut(cut, other);
    });

    [NetworkFact]
    public Task A_server_that_hears_the_others_and_is_not_heard_ends() => CutAsync((_, cut, others) =>
    {
        foreach (var other in others) Network.CutOneWay(cut, other);
    });

    [NetworkFact]
    public Task A_server_that_alone_has_no_database_is_given_up_by_those_that_have_it() => CutAsync((network, cut, _) => network.CutFromDatabase(cut));

    private async Task CutAsync(Action<Network, Machine, IEnumerable<Machine>> cut)
    {
        await using var network = new Network(database.Server);
        await using var nodes = new Nodes(database);
        Machine[] machines = [network.Add(), network.Add(), network.Add()];
        var oldest = await nodes.StartAsync(network, machines[0]);
        ClusterNode[] others = [await nodes.StartAsync(network, machines[1]), await nodes.StartAsync(network, machines[2])];
        foreach (var node in others) await Nodes.SeesAsync(node, 3);
        await using var load = new Load(nodes, others, jobs: 6);
        await load.OpenAsync();
        await load.PostAsync(0, 3);
        var lost = await load.JobsOfAsync(oldest, others[0]);
        lost.ShouldNotBeEmpty();

        cut(network, machines[0], machines[1..]);
        await load.PostAsync(3, 9);
        (await oldest.Process.ExitAsync()).ShouldBe(GivenUp, oldest.Process.Said);
        oldest.Process.Said.ShouldContain("The other nodes have given this one up");
        foreach (var job in lost) (await Load.OwnerAsync(others[0], job)).ShouldNotBe(oldest.Id);
        foreach (var node in others) await Nodes.SeesAsync(node, 2);
        await load.PostAsync(9, 12);
        await load.ShouldHaveBeenAnalysedOnceAsync();
    }
}
