using System.Text.Json.Nodes;
using MlActors.Cluster.Tests.Support;
using MlActors.Jobs.Lifecycle;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>The node that looks after all jobs, which is the oldest, dies.</summary>
[Collection(OnDatabase.Name)]
public sealed class OldestTests(SharedDatabase database)
{
    // Long enough to see that the job is awake before it is closed.
    private const string Settings = "mlactors.maintenance { every = 1s, idle-job-auto-close-timeout = 30s }";

    [Fact]
    public async Task The_next_one_wakes_the_jobs_of_the_dead_and_closes_what_nobody_uses_without_being_asked()
    {
        await using var nodes = new Nodes(database);
        var first = await nodes.StartAsync(settings: Settings);
        await Nodes.PutAndOpenAsync(first);
        var others = await nodes.StartAsync(2, Settings);
        foreach (var node in others) await Nodes.SeesAsync(node, 3);
        var oldest = (await OldestAsync(others[0])).ShouldNotBeNull();
        oldest.ShouldBe(first.Id);
        await Nodes.PostAsync(others[0], 0, 12);

        first.Process.Kill();
        // Asks nodes, not jobs.
        var runs = await Poll.UntilAsync(() => RunsAsync(others[0]), node => node is not null && node != first.Id);
        others.Select(node => node.Id).ShouldContain(runs!);
        // It was not woken only to be closed.
        (await nodes.StoredStateAsync()).ShouldBe(JobState.Opened);
        var next = await Poll.UntilAsync(() => OldestAsync(others[0]), id => id is not null && id != first.Id);
        others.Select(node => node.Id).ShouldContain(next!);
        // Looking into the database wakes nobody and asks for nothing.
        await Poll.UntilAsync(nodes.StoredStateAsync, state => state == JobState.Closed);
        (await nodes.OutcomeAsync(others[0])).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }

    private static async Task<string?> OldestAsync(ClusterNode asked) =>
        (await NodesAsync(asked)).FirstOrDefault(node => (bool?)node["oldest"] == true)?["id"]?.ToString();

    private static async Task<string?> RunsAsync(ClusterNode asked) =>
        (await NodesAsync(asked)).FirstOrDefault(node => node["jobs"] is JsonArray { Count: > 0 })?["id"]?.ToString();

    private static async Task<IEnumerable<JsonNode>> NodesAsync(ClusterNode asked) =>
        (await asked.Client.SendAsync(HttpMethod.Get, "/_ml/nodes?timeout=1s")).Body["nodes"]?.AsArray().Select(node => node!) ?? [];
}
