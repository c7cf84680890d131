using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

/// <summary>
/// A datafeed in real time that takes in late data, as a client of the API sees it; and a server that is killed at any step of it: results and model are those
/// of data that was never late.
/// </summary>
public sealed class HealingCrashTests
{
    private const string Feed =
        """{"indices":["shop-data"],"frequency":"1s","query_delay":"0s","delayed_data_check_config":{"check_window":"2h","heal":true}}""";

    // Two hours that ended before now. All runs are ended at the same time in the future: less than an hour after the data, so that as many buckets are
    // granted to one step of time as to many.
    private static readonly long StartMs = (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - (125 * 60_000)) / 60_000 * 60_000;
    private static readonly long SnapshotMs = StartMs + (90 * 60_000);
    private static readonly long EndMs = StartMs + (175 * 60_000);

    private static readonly Lazy<Task<Outcome>> NeverLate = new(async () =>
    {
        using var space = new Workspace();
        await using var client = new PersistentClient(space);
        await BeginAsync(client, [.. OnTime, Late]);
        await EndAsync(client);
        return await client.OutcomeAsync();
    });

    private static IEnumerable<string> Lines => DatafeedCrashTests.Shifted(StartMs).SelectMany(piece => piece.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    // What one host says in three minutes of the part that is read in real time.
    private static bool IsLate(string line) => JsonNode.Parse(line)! is var record && (string)record["host"]! == "host-2"
        && (long)record["time"]! - SnapshotMs is >= 5 * 60_000 and < 8 * 60_000;

    private static IEnumerable<string> OnTime => Lines.Where(line => !IsLate(line)).Chunk(600).Select(lines => string.Join('\n', lines));

    private static string Late => string.Join('\n', Lines.Where(IsLate));

    [Fact]
    public async Task Late_data_is_taken_in_and_a_client_sees_when_and_how_much()
    {
        using var space = new Workspace();
        await using var client = new PersistentClient(space);
        await RunAsync(client, space);
        var ml = await client.ConnectAsync();
        var healed = (await StatsAsync(ml))["healed"]!;
        ((int)healed["times"]!, (int)healed["records"]!).ShouldBe((1, 36));
        ((long)healed["start"]!, (long)healed["end"]!).ShouldBe((SnapshotMs + (5 * 60_000), SnapshotMs + (8 * 60_000)));
        ((long)healed["read_again_from"]!).ShouldBeLessThanOrEqualTo(SnapshotMs);
        var snapshots = (await ml.SendAsync(HttpMethod.Get, $"/_ml/anomaly_detectors/{Workload.Job}/model_snapshots")).Expect(HttpStatusCode.OK);
        snapshots["model_snapshots"]!.AsArray().Select(snapshot => (string)snapshot!["snapshot_id"]!).ShouldContain((string)healed["snapshot_id"]!);
        ShouldBeAs(await client.OutcomeAsync(), await NeverLate.Value);
    }

    [Theory]
    [InlineData("heal.found")]
    [InlineData("heal.journaled")]
    [InlineData("remove.chunk")]
    [InlineData("remove.done")]
    [InlineData("heal.reverted")]
    [InlineData("open.restored:3")]
    [InlineData("open.opened:3")]
    [InlineData("datafeed.realtime:2")]
    public async Task Healing_survives_the_death_of_the_server_at(string point)
    {
        using var space = new Workspace();
        await using var client = new PersistentClient(space, point + "=kill");
        await RunAsync(client, space);
        client.Deaths.ShouldBe(1, "the fault did not strike");
        ShouldBeAs(await client.OutcomeAsync(), await NeverLate.Value);
    }

    // Counts say what was analysed, also what was analysed twice.
    private static void ShouldBeAs(Outcome outcome, Outcome neverLate)
    {
        outcome.ProcessedRecords.ShouldBeGreaterThan(neverLate.ProcessedRecords);
        outcome.Results.ShouldBe(neverLate.Results);
        outcome.ModelState.ShouldBe(neverLate.ModelState);
    }

    private static async Task RunAsync(PersistentClient client, Workspace space)
    {
        await File.AppendAllTextAsync(space.Config, "\nmlactors.datafeeds.delayed-check-every = 1s\n");
        await BeginAsync(client, OnTime);
        await client.UntilDoneAsync(async (ml, again) =>
        {
            // The server dies by what it makes of it, after the answer or before.
            if (!again) await DatafeedCrashTests.BulkAsync(ml, Late);
            await Poll.UntilAsync(() => StatsAsync(ml), stats => (int?)stats["healed"]?["times"] == 1 && IsFollowing(stats));
        });
        await EndAsync(client);
    }

    /// <summary>Reads ninety minutes to a snapshot, then follows time.</summary>
    private static async Task BeginAsync(PersistentClient client, IEnumerable<string> pieces)
    {
        var ml = await client.ConnectAsync();
        (await ml.SendAsync(HttpMethod.Put, "/" + DatafeedCrashTests.Index, """{"mappings":{"properties":{"time":{"type":"date"}}}}""")).Expect(HttpStatusCode.OK);
        foreach (var piece in pieces) await DatafeedCrashTests.BulkAsync(ml, piece);
        var config = JsonNode.Parse(Workload.Config)!.AsObject();
        config["datafeed_config"] = JsonNode.Parse(Feed);
        (await ml.PutAsync(Workload.Job, config.ToJsonString())).Expect(HttpStatusCode.OK);
        (await ml.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        await PostAsync(ml, string.Create(CultureInfo.InvariantCulture, $"/_ml/datafeeds/{Workload.Job}/_start?end={SnapshotMs}"));
        await ml.UntilAsync(Workload.Job, "closed");
        (await ml.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        await PostAsync(ml, $"/_ml/datafeeds/{Workload.Job}/_start");
        await Poll.UntilAsync(() => StatsAsync(ml), IsFollowing);
    }

    private static async Task EndAsync(PersistentClient client)
    {
        var ml = await client.ConnectAsync();
        await PostAsync(ml, $"/_ml/datafeeds/{Workload.Job}/_stop");
        await PostAsync(ml, string.Create(CultureInfo.InvariantCulture, $"/_ml/anomaly_detectors/{Workload.Job}/_flush?advance_time={EndMs}"));
        (await ml.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
    }

    private static async Task PostAsync(MlClient ml, string path) => (await ml.SendAsync(HttpMethod.Post, path)).Expect(HttpStatusCode.OK);

    private static async Task<JsonNode> StatsAsync(MlClient ml) =>
        (await ml.SendAsync(HttpMethod.Get, $"/_ml/datafeeds/{Workload.Job}/_stats")).Expect(HttpStatusCode.OK)["datafeeds"]![0]!;

    private static bool IsFollowing(JsonNode stats) => (string)stats["state"]! == "started" && (bool?)stats["running_state"]?["real_time_running"] == true;
}
