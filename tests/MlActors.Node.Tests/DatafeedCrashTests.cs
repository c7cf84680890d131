using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

/// <summary>
/// A datafeed with an end, whose server is killed at a named point, ends all the same with a closed job, by itself, and with what it would have ended with.
/// </summary>
public sealed class DatafeedCrashTests
{
    internal const string Index = "shop-data";

    private static readonly Lazy<Task<Outcome>> Undisturbed = new(async () =>
    {
        using var space = new Workspace();
        await using var client = new PersistentClient(space);
        await RunAsync(client, Workload.Pieces, LookBack, end: null);
        return await client.OutcomeAsync();
    });

    private const string LookBack = """{"indices":["shop-data"],"scroll_size":700}""";

    // New data is looked for every second, and at once.
    private const string Following = """{"indices":["shop-data"],"scroll_size":700,"frequency":"1s","query_delay":"0s"}""";

    [Theory]
    [InlineData("datafeed.started")]
    [InlineData("datafeed.read:1")]
    [InlineData("datafeed.read:5")]
    [InlineData("datafeed.journaled:1")]
    [InlineData("datafeed.journaled:8")]
    [InlineData("datafeed.taken:4")]
    [InlineData("analyse.folded:3")]
    [InlineData("snapshot.journaled:2")]
    [InlineData("datafeed.ended")]
    [InlineData("datafeed.finished")]
    [InlineData("close.journaled")]
    [InlineData("close.finished")]
    [InlineData("close.closed")]
    public async Task A_look_back_survives_the_death_of_the_server_at(string point)
    {
        var undisturbed = await Undisturbed.Value;
        using var space = new Workspace();
        await using var client = new PersistentClient(space, point + "=kill");
        await RunAsync(client, Workload.Pieces, LookBack, end: null);
        client.Deaths.ShouldBe(1, "the fault did not strike");
        (await client.OutcomeAsync()).ShouldBeThatOf(undisturbed);
    }

    [Theory]
    [InlineData("datafeed.realtime")]
    [InlineData("datafeed.looked:2")]
    [InlineData("datafeed.ended")]
    public async Task Real_time_survives_the_death_of_the_server_at(string point)
    {
        // Both at the same time, so that they follow the same time to the same end.
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var end = (now / 1000 / 10 * 10_000) + 30_000;
        var pieces = Shifted(end - 20_000 - (2 * 3600 * 1000));
        using var calmSpace = new Workspace();
        using var space = new Workspace();
        await using var calm = new PersistentClient(calmSpace);
        await using var client = new PersistentClient(space, point + "=kill");
        await Task.WhenAll(RunAsync(calm, pieces, Following, end), RunAsync(client, pieces, Following, end));
        client.Deaths.ShouldBe(1, "the fault did not strike");
        (await client.OutcomeAsync()).ShouldBeThatOf(await calm.OutcomeAsync());
    }

    /// <summary>The workload, moved in time.</summary>
    internal static List<string> Shifted(long startMs)
    {
        var shift = startMs / 60_000 * 60_000;
        long? first = null;
        return [.. Workload.Pieces.Select(piece =>
        {
            var text = new StringBuilder();
            foreach (var line in piece.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var record = JsonNode.Parse(line)!.AsObject();
                first ??= (long)record["time"]!;
                record["time"] = (long)record["time"]! - first + shift;
                text.Append(record.ToJsonString()).Append('\n');
            }
            return text.ToString();
        })];
    }

    private static async Task RunAsync(PersistentClient client, IReadOnlyList<string> pieces, string feed, long? end)
    {
        await client.UntilDoneAsync(async (ml, _) =>
        {
            (await ml.SendAsync(HttpMethod.Put, "/" + Index, """{"mappings":{"properties":{"time":{"type":"date"}}}}""")).Expect(HttpStatusCode.OK);
            foreach (var piece in pieces) await BulkAsync(ml, piece);
            var config = JsonNode.Parse(Workload.Config)!.AsObject();
            config["datafeed_config"] = JsonNode.Parse(feed);
            (await ml.PutAsync(Workload.Job, config.ToJsonString())).Expect(HttpStatusCode.OK);
            (await ml.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        });
        await client.UntilDoneAsync(async (ml, again) =>
        {
            // The answer was lost; the intention was not.
            if (again) return;
            var until = end ?? 1_800_000_000_000;
            var path = string.Create(CultureInfo.InvariantCulture, $"/_ml/datafeeds/{Workload.Job}/_start?end={(end is null ? "2024-06-01T00:00:00Z" : until)}");
            (await ml.SendAsync(HttpMethod.Post, path)).Expect(HttpStatusCode.OK);
        });
        await client.UntilDoneAsync(async (ml, _) => await ml.UntilAsync(Workload.Job, "closed"));
        await client.UntilDoneAsync(async (ml, _) =>
        {
            var stats = (await ml.SendAsync(HttpMethod.Get, $"/_ml/datafeeds/{Workload.Job}/_stats")).Expect(HttpStatusCode.OK)["datafeeds"]![0]!;
            ((string)stats["state"]!).ShouldBe("stopped");
            stats["reason"].ShouldBeNull();
        });
    }

    internal static async Task BulkAsync(MlClient ml, string piece)
    {
        var body = new StringBuilder();
        foreach (var line in piece.Split('\n', StringSplitOptions.RemoveEmptyEntries)) body.Append("{\"index\":{}}\n").Append(line).Append('\n');
        var answer = (await ml.SendAsync(HttpMethod.Post, $"/{Index}/_bulk", body.ToString())).Expect(HttpStatusCode.OK);
        ((bool)answer["errors"]!).ShouldBeFalse(answer.ToJsonString()[..200]);
    }
}
