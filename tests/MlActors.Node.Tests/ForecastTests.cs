using System.Net;
using System.Text.Json.Nodes;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

/// <summary>Forecasts and model plots of a real server, which may die in the middle of a forecast.</summary>
public sealed class ForecastTests
{
    private const string Job = "/_ml/anomaly_detectors/" + Workload.Job;

    // Five hosts and the count, buckets of a minute.
    private const int Points = 6 * 1440;

    [Theory]
    [InlineData("forecast.accepted")]
    [InlineData("forecast.taken")]
    [InlineData("forecast.begun")]
    [InlineData("forecast.piece:1")]
    [InlineData("forecast.piece:4")]
    public async Task A_forecast_is_the_same_after_the_death_of_the_server_at(string point)
    {
        using var space = new Workspace();
        List<string> calm;
        await using (var server = ServerProcess.Start(space["calm"], config: space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            await FeedAsync(client);
            var id = await AskAsync(client);
            calm = await PointsAsync(client, await EndedAsync(client));
            calm.Count.ShouldBe(Points);
            id.ShouldNotBeEmpty();
        }

        await using (var server = ServerProcess.Start(space.Data, point + "=kill", space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            await FeedAsync(client);
            // It may die before it answers; what was accepted is made all the same.
            try
            {
                await AskAsync(client);
            }
            catch (Exception died) when (died is HttpRequestException or IOException)
            {
            }
            (await server.ExitAsync()).ShouldBe(ServerProcess.Killed, "the fault did not strike");
        }

        await using (var server = ServerProcess.Start(space.Data, config: space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            var forecast = await EndedAsync(client);
            ((string)forecast["forecast_status"]!).ShouldBe("finished", forecast.ToJsonString());
            ((long)forecast["processed_record_count"]!).ShouldBe(Points);
            (await PointsAsync(client, forecast)).ShouldBe(calm);
        }
    }

    [Fact]
    public async Task A_forecast_and_a_model_plot_from_the_request_to_the_removal()
    {
        using var space = new Workspace();
        await using var server = ServerProcess.Start(space.Data, config: space.Config);
        using var client = new MlClient(await server.ListeningAsync());
        (await client.PutAsync(Workload.Job, Workload.Config)).Expect(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Post, Job + "/_forecast")).Expect(HttpStatusCode.Conflict).ToJsonString().ShouldContain("it must be opened");
        (await client.SendAsync(HttpMethod.Post, Job + "/_update", """{"model_plot_config":{"enabled":true,"terms":"host-2"}}""")).Expect(HttpStatusCode.OK);
        (await client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Post, Job + "/_forecast")).Expect(HttpStatusCode.BadRequest).ToJsonString().ShouldContain("no data yet");
        await PostAllAsync(client);
        (await client.SendAsync(HttpMethod.Post, Job + "/_forecast?duration=10s")).Expect(HttpStatusCode.BadRequest).ToJsonString().ShouldContain("at least the bucket span");

        var kept = await AskAsync(client, """{"duration":"2h","expires_in":0}""");
        await EndedAsync(client, kept);
        var brief = await AskAsync(client, """{"duration":"1h","expires_in":"1ms"}""");
        await Poll.UntilAsync(async () => (long)(await client.StatsAsync(Workload.Job))["forecasts_stats"]!["total"]!, total => total == 1);
        (await client.SendAsync(HttpMethod.Get, $"{Job}/_forecast/{brief}")).Expect(HttpStatusCode.NotFound);
        var stats = (await client.StatsAsync(Workload.Job))["forecasts_stats"]!;
        ((long)stats["records"]!["total"]!).ShouldBe(6 * 120);
        ((long)stats["status"]!["finished"]!).ShouldBe(1);
        var page = (await client.SendAsync(HttpMethod.Get, $"{Job}/results/forecasts/{kept}?from=6&size=6")).Expect(HttpStatusCode.OK);
        ((long)page["count"]!).ShouldBe(6 * 120);
        page["forecasts"]!.AsArray().Select(point => (long)point!["timestamp"]!).Distinct().ShouldHaveSingleItem();

        (await client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        var plot = (await client.SendAsync(HttpMethod.Get, $"{Job}/results/model_plot?size=1000")).Expect(HttpStatusCode.OK)["model_plot"]!.AsArray();
        var buckets = (await client.SendAsync(HttpMethod.Get, $"{Job}/results/buckets?size=1000")).Expect(HttpStatusCode.OK)["buckets"]!.AsArray();
        plot.Select(row => (long)row!["timestamp"]!).ShouldBe(buckets.Select(bucket => (long)bucket!["timestamp"]!));
        plot.ShouldAllBe(row => (string)row!["partition_field_value"]! == "host-2");

        (await client.SendAsync(HttpMethod.Delete, $"{Job}/_forecast/{kept}")).Expect(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Delete, $"{Job}/_forecast/{kept}")).Expect(HttpStatusCode.NotFound);
        (await client.SendAsync(HttpMethod.Get, Job + "/_forecast")).Expect(HttpStatusCode.OK)["count"]!.GetValue<int>().ShouldBe(0);
    }

    private static async Task FeedAsync(MlClient client)
    {
        (await client.PutAsync(Workload.Job, Workload.Config)).Expect(HttpStatusCode.OK);
        (await client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        await PostAllAsync(client);
    }

    private static async Task PostAllAsync(MlClient client)
    {
        for (var piece = 0; piece < Workload.Pieces.Count; piece++)
            (await client.PostAsync(Workload.Job, $"piece-{piece}", Workload.Pieces[piece])).Expect(HttpStatusCode.Accepted);
    }

    private static async Task<string> AskAsync(MlClient client, string? body = null) =>
        (string)(await client.SendAsync(HttpMethod.Post, Job + "/_forecast", body)).Expect(HttpStatusCode.OK)["forecast_id"]!;

    private static Task<JsonNode> EndedAsync(MlClient client, string id = "_all") => Poll.UntilAsync(
        async () => (await client.SendAsync(HttpMethod.Get, $"{Job}/_forecast/{id}")).Expect(HttpStatusCode.OK)["forecasts"]!.AsArray().ShouldHaveSingleItem()!,
        forecast => (string)forecast["forecast_status"]! is "finished" or "failed");

    // Without what is another for every forecast.
    private static async Task<List<string>> PointsAsync(MlClient client, JsonNode forecast)
    {
        var answer = (await client.SendAsync(HttpMethod.Get, $"{Job}/results/forecasts/{(string)forecast["forecast_id"]!}?size=10000")).Expect(HttpStatusCode.OK);
        return [.. answer["forecasts"]!.AsArray().Select(point =>
        {
            point!.AsObject().Remove("forecast_id");
            return point.ToJsonString();
        })];
    }
}
