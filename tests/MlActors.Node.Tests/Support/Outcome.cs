using System.Text.Json.Nodes;

namespace MlActors.Node.Tests.Support;

/// <summary>What is left of a job that was closed: all that must not depend on how often the server died meanwhile.</summary>
/// <param name="Results">All results as the API gives them.</param>
/// <param name="Counts">The data counts without wall-clock times.</param>
/// <param name="ModelState">The bytes of the model snapshot that the job would start from.</param>
internal sealed record Outcome(string Results, string Counts, string ModelState)
{
    private static readonly Lazy<Task<Outcome>> Reference = new(UndisturbedAsync);

    /// <summary>The outcome of a run in which nothing goes wrong; run once, and the same on every database.</summary>
    public static Task<Outcome> OfAnUndisturbedRunAsync() => Reference.Value;

    /// <summary>Reads it from a closed job; the server is killed on the way, so that its data can be opened.</summary>
    public static async Task<Outcome> ReadAsync(MlClient client, ServerProcess server, Workspace space)
    {
        (await client.StateAsync(Workload.Job)).ShouldBe("closed");
        var results = await client.ResultsAsync(Workload.Job);
        var counts = (await client.StatsAsync(Workload.Job))["data_counts"]!.AsObject();
        foreach (var clock in (string[])["last_data_time", "log_time"]) counts.Remove(clock);
        server.Kill();
        await server.ExitAsync();
        return new Outcome(results, counts.ToJsonString(), await ReadModelStateAsync(space));
    }

    public long ProcessedRecords => (long)JsonNode.Parse(Counts)!["processed_record_count"]!;

    public void ShouldBeThatOf(Outcome undisturbed)
    {
        ProcessedRecords.ShouldBe(Workload.Pieces.Count * Workload.RecordsPerPiece);
        Counts.ShouldBe(undisturbed.Counts);
        Results.ShouldBe(undisturbed.Results);
        ModelState.ShouldBe(undisturbed.ModelState);
    }

    private static async Task<string> ReadModelStateAsync(Workspace space)
    {
        await using var storage = space.OpenStorage();
        var id = (await storage.Jobs.ReadStatusAsync(Workload.Job))?.ModelSnapshotId;
        id.ShouldNotBeNull("the closed job has no model snapshot");
        var stored = await storage.Jobs.ReadSnapshotAsync(Workload.Job, id);
        return Convert.ToBase64String(stored.ShouldNotBeNull().State);
    }

    private static async Task<Outcome> UndisturbedAsync()
    {
        using var space = new Workspace();
        await using var client = new PersistentClient(space);
        await client.RunToCloseAsync();
        client.Deaths.ShouldBe(0);
        var outcome = await client.OutcomeAsync();
        // Equality with nothing would show nothing.
        outcome.Results.ShouldContain("buckets ");
        outcome.Results.ShouldContain("records ");
        outcome.Results.ShouldContain("influencers ");
        outcome.ModelState.Length.ShouldBeGreaterThan(100);
        return outcome;
    }
}
