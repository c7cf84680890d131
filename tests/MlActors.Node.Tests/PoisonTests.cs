using System.Net;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

public sealed class PoisonTests
{
    private const string Healthy = "healthy";
    private const string Poison = "analyse.fold@shop/3=throw";

    [Fact]
    public async Task An_input_that_breaks_the_analysis_fails_its_job_alone_and_is_set_aside_when_the_job_is_opened_again()
    {
        using var space = new Workspace();
        await using (var server = ServerProcess.Start(space.Data, Poison, space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            foreach (var job in (string[])[Workload.Job, Healthy])
            {
                (await client.PutAsync(job, Workload.Config)).Expect(HttpStatusCode.OK);
                (await client.OpenAsync(job)).Expect(HttpStatusCode.OK);
            }
            for (var piece = 0; piece < 3; piece++) await PostAsync(client, Workload.Job, piece);
            await client.UntilAsync(Workload.Job, "failed");
            (await client.StatsAsync(Workload.Job)).ToJsonString().ShouldContain("the analysis failed on input 3");
            for (var piece = 0; piece < 6; piece++) await PostAsync(client, Healthy, piece);
            server.Kill();
            await server.ExitAsync();
        }

        // It does not bring the server down again, nor is it tried again.
        await using (var server = ServerProcess.Start(space.Data, Poison, space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            await client.UntilAsync(Healthy, "opened");
            for (var piece = 6; piece < Workload.Pieces.Count; piece++) await PostAsync(client, Healthy, piece);
            (await client.CloseAsync(Healthy)).Expect(HttpStatusCode.OK);
            (await client.StateAsync(Healthy)).ShouldBe("closed");
            (await ProcessedAsync(client, Healthy)).ShouldBe(Workload.Pieces.Count * Workload.RecordsPerPiece);
            (await client.StateAsync(Workload.Job)).ShouldBe("failed");
            server.Kill();
            await server.ExitAsync();
        }

        await using (var server = ServerProcess.Start(space.Data, config: space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            (await client.CloseAsync(Workload.Job, force: true)).Expect(HttpStatusCode.OK);
            (await client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
            for (var piece = 3; piece < Workload.Pieces.Count; piece++) await PostAsync(client, Workload.Job, piece);
            (await client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
            (await client.StateAsync(Workload.Job)).ShouldBe("closed");

            var quarantine = (await client.SendAsync(HttpMethod.Get, $"/_ml/anomaly_detectors/{Workload.Job}/_quarantine")).Expect(HttpStatusCode.OK);
            var batch = quarantine["batches"]!.AsArray().ShouldHaveSingleItem()!;
            ((long)batch["sequence"]!).ShouldBe(3);
            ((long)batch["record_count"]!).ShouldBe(Workload.RecordsPerPiece);
            // What came after it was analysed, up to the same last bucket as in the job that was never poisoned.
            var results = await client.ResultsAsync(Workload.Job);
            results.ShouldContain("buckets ");
            NewestBucket(results).ShouldBe(NewestBucket(await client.ResultsAsync(Healthy)));
        }
    }

    private static async Task PostAsync(MlClient client, string job, int piece) =>
        (await client.PostAsync(job, $"piece-{piece}", Workload.Pieces[piece])).Expect(HttpStatusCode.Accepted);

    private static async Task<long> ProcessedAsync(MlClient client, string job) => (long)(await client.StatsAsync(job))["data_counts"]!["processed_record_count"]!;

    private static long NewestBucket(string results) => results.Split('\n')
        .Where(line => line.StartsWith("buckets ", StringComparison.Ordinal))
        .Max(line => (long)System.Text.Json.Nodes.JsonNode.Parse(line["buckets ".Length..])!["timestamp"]!);
}
