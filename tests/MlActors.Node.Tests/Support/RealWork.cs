using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MlActors.Node.Tests.Support;

/// <summary>
/// A server that has something of everything: jobs with results, models, categories, annotations, a forecast and messages, one of them open with input that no
/// snapshot contains yet; a datafeed that has come half way through documents; filters, calendars, snapshots, a quarantine of uploads.
/// </summary>
internal static class RealWork
{
    public const string Fed = "fed";
    private const string Lines = "lines";
    private const string Levels = "levels";
    private const int HalfWay = 7;
    private const long Start = 1_700_006_400;

    private static readonly string[] Volatile = ["node", "assignment_explanation", "processing_time_ms", "open_time", "took", "task_id", "timing_stats", "log_time"];

    private const string Moments = "last_data_time|finished_time|model_snapshot_id|snapshot_id|search_count|total_search_time_ms|(?:average|exponential_average)_search_time\\w*";
    private static readonly Regex Clock = new($"\"({Moments})\":(\"[^\"]*\"|[-0-9.eE+]+)");
    private static readonly Regex ClockOfSnapshots = new($"\"({Moments}|timestamp|description)\":(\"[^\"]*\"|[-0-9.eE+]+)");

    /// <summary>What the API is asked. Each of it has an answer with something in it.</summary>
    private static IReadOnlyList<string> Questions { get; } =
    [
        "/_ml/anomaly_detectors", "/_ml/anomaly_detectors/_stats", "/_ml/datafeeds", "/_ml/datafeeds/_stats", "/_ml/filters", "/_ml/calendars", "/_ml/calendars/sales/events",
        .. new[] { Workload.Job, Fed, Lines }.SelectMany(job => Of(job, "results/buckets", "results/records", "results/influencers")), .. new[] { Workload.Job, Fed }.SelectMany(job => Of(job, "model_snapshots")),
        .. Of(Workload.Job, "results/model_plot"), $"/_ml/anomaly_detectors/{Workload.Job}/_forecast", $"/_ml/anomaly_detectors/{Workload.Job}/results/overall_buckets",
        .. Of(Lines, "results/categories"), .. Of(Levels, "results/annotations"),
        $"/{DatafeedCrashTests.Index}", $"/{DatafeedCrashTests.Index}/_search?size=10000&sort=time:asc", $"/{DatafeedCrashTests.Index}/_doc/named", "/_cat/indices?format=json",
    ];

    public static async Task FillAsync(MlClient client)
    {
        (await client.SendAsync(HttpMethod.Put, "/_ml/filters/quiet", """{"description":"häßlich 🦊","items":["host-4","lab-*"]}""")).Expect(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Put, "/_ml/calendars/sales", $$"""{"job_ids":["{{Workload.Job}}"]}""")).Expect(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Post, "/_ml/calendars/sales/events",
            $$"""{"events":[{"description":"sale","start_time":{{(Start + 7200) * 1000}},"end_time":{{(Start + 7800) * 1000}}}]}""")).Expect(HttpStatusCode.OK);
        var config = JsonNode.Parse(Workload.Config)!.AsObject();
        config["groups"] = new JsonArray("shops");
        config["model_plot_config"] = JsonNode.Parse("""{"enabled":true,"terms":"host-2"}""");
        config["analysis_config"]!["detectors"]![0]!["custom_rules"] = JsonNode.Parse("""[{"actions":["skip_result"],"scope":{"host":{"filter_id":"quiet"}}}]""");
        await RunAsync(client, Workload.Job, config.ToJsonString(), Workload.Pieces.Take(HalfWay));
        var forecast = (string)(await client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{Workload.Job}/_forecast")).Expect(HttpStatusCode.OK)["forecast_id"]!;
        await Poll.UntilAsync(async () => (string)(await AskAsync(client, $"/_ml/anomaly_detectors/{Workload.Job}/_forecast/{forecast}"))["forecasts"]![0]!["forecast_status"]!, status => status == "finished");

        await RunAsync(client, Lines, """
            {"analysis_config":{"bucket_span":"60s","categorization_field_name":"message","detectors":[{"function":"count","by_field_name":"mlcategory"}],"influencers":["mlcategory"]},
             "data_description":{"time_field":"time","time_format":"epoch"}}
            """, [LogLines(0, 60)]);
        await RunAsync(client, Levels, """
            {"analysis_config":{"bucket_span":"15m","detectors":[{"function":"mean","field_name":"value"}]},"data_description":{"time_field":"time","time_format":"epoch"}}
            """, [LevelLines()]);
        (await client.CloseAsync(Levels)).Expect(HttpStatusCode.OK);

        (await client.SendAsync(HttpMethod.Put, "/" + DatafeedCrashTests.Index, """{"mappings":{"properties":{"time":{"type":"date"}}}}""")).Expect(HttpStatusCode.OK);
        foreach (var piece in Workload.Pieces) await DatafeedCrashTests.BulkAsync(client, piece);
        (await client.SendAsync(HttpMethod.Put, $"/{DatafeedCrashTests.Index}/_doc/named", """{"time":1600000000000,"host":"a\u0000b","value":1}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await client.SendAsync(HttpMethod.Put, "/gone", "{}")).Expect(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Delete, "/gone")).Expect(HttpStatusCode.OK);
        config = JsonNode.Parse(Workload.Config)!.AsObject();
        config["datafeed_config"] = JsonNode.Parse("""{"indices":["shop-data"],"scroll_size":700}""");
        (await client.PutAsync(Fed, config.ToJsonString())).Expect(HttpStatusCode.OK);
        await FeedAsync(client, end: 1_700_006_430 + 3000);
    }

    /// <summary>All that comes after: the same on whatever server it is done.</summary>
    public static async Task GoOnAsync(MlClient client)
    {
        await client.UntilAsync(Workload.Job, "opened");
        // A piece that came before counts once.
        for (var piece = HalfWay - 1; piece < Workload.Pieces.Count; piece++)
            (await client.PostAsync(Workload.Job, $"piece-{piece}", Workload.Pieces[piece])).Expect(HttpStatusCode.Accepted);
        await client.UntilAsync(Lines, "opened");
        (await client.PostAsync(Lines, "later", LogLines(60, 90))).Expect(HttpStatusCode.Accepted);
        foreach (var job in (string[])[Workload.Job, Lines]) (await client.CloseAsync(job)).Expect(HttpStatusCode.OK);
        (await client.OpenAsync(Levels)).Expect(HttpStatusCode.OK);
        (await client.CloseAsync(Levels)).Expect(HttpStatusCode.OK);
        await FeedAsync(client, end: 1_700_020_000);
        (await client.StatsAsync(Workload.Job))["data_counts"]!["processed_record_count"]!.GetValue<long>().ShouldBe(Workload.Pieces.Count * Workload.RecordsPerPiece);
    }

    /// <summary>What the API answers to everything, without what is of the moment.</summary>
    public static async Task<IReadOnlyList<string>> AnswersAsync(MlClient client)
    {
        var answers = new List<string>();
        // All that was posted is in what is answered; but for the size of the model, which an open job reports now and then.
        var volatiles = Volatile;
        foreach (var job in (string[])[Workload.Job, Lines])
        {
            if (await client.StateAsync(job) != "opened") continue;
            (await client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{job}/_flush")).Expect(HttpStatusCode.OK);
            volatiles = [.. Volatile, "model_size_stats"];
        }
        foreach (var question in Questions)
        {
            var body = await AskAsync(client, question);
            if (body is JsonObject && body["count"] is { } count) count.GetValue<long>().ShouldBeGreaterThan(0, question);
            Strip(body, volatiles);
            answers.Add(question + " " + body.ToJsonString());
        }
        // The start of a server may tell something itself.
        var told = (await AskAsync(client, "/_ml/_messages?size=1000")).ToJsonString();
        told.ShouldContain("\"shop\"");
        return answers;
    }

    /// <summary>All messages up to a moment, epoch milliseconds.</summary>
    public static async Task<string> MessagesAsync(MlClient client, long before) => string.Join('\n',
        (await AskAsync(client, "/_ml/_messages?size=1000"))["messages"]!.AsArray().Where(message => (long)message!["timestamp"]! < before).Select(message => message!.ToJsonString()));

    /// <summary>Takes the times of the clock out of answers of servers that did the same one after the other.</summary>
    public static IReadOnlyList<string> WithoutClock(IReadOnlyList<string> answers) =>
        [.. answers.Select(answer => (answer.Contains("/model_snapshots") ? ClockOfSnapshots : Clock).Replace(answer, "\"$1\":*"))];

    private static IEnumerable<string> Of(string job, params string[] things) => things.Select(thing => $"/_ml/anomaly_detectors/{job}/{thing}?size=10000");

    private static async Task<JsonNode> AskAsync(MlClient client, string path) => (await client.SendAsync(HttpMethod.Get, path)).Expect(HttpStatusCode.OK);

    private static async Task FeedAsync(MlClient client, long end)
    {
        (await client.OpenAsync(Fed)).Expect(HttpStatusCode.OK);
        (await client.SendAsync(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"/_ml/datafeeds/{Fed}/_start?end={end * 1000}"))).Expect(HttpStatusCode.OK);
        await client.UntilAsync(Fed, "closed");
    }

    private static async Task RunAsync(MlClient client, string job, string config, IEnumerable<string> pieces)
    {
        (await client.PutAsync(job, config)).Expect(HttpStatusCode.OK);
        (await client.OpenAsync(job)).Expect(HttpStatusCode.OK);
        foreach (var (number, piece) in pieces.Index()) (await client.PostAsync(job, $"piece-{number}", piece)).Expect(HttpStatusCode.Accepted);
    }

    private static string LogLines(int from, int to)
    {
        var text = new StringBuilder();
        for (var minute = from; minute < to; minute++)
            for (var i = 0; i < (minute == 50 ? 60 : 6); i++)
                text.Append(CultureInfo.InvariantCulture, $$"""{"time":{{Start + (minute * 60) + (i / 2)}},"message":"{{(i % 2 == 0 ? $"Order {minute}{i} shipped" : $"Connection to 10.0.{minute}.{i} refused")}}"}""").Append('\n');
        return text.ToString();
    }

    private static string LevelLines()
    {
        var random = new Random(3);
        var text = new StringBuilder();
        for (var bucket = 0; bucket < 25 * 96; bucket++)
        {
            var noise = Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
            text.Append(CultureInfo.InvariantCulture, $$"""{"time":{{Start + (bucket * 900)}},"value":{{100 + (3 * noise) + (bucket < 15 * 96 ? 0 : 30):F3}}}""").Append('\n');
        }
        return text.ToString();
    }

    private static void Strip(JsonNode? node, string[] names)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array) Strip(item, names);
            return;
        }
        if (node is not JsonObject fields) return;
        foreach (var name in names) fields.Remove(name);
        foreach (var (_, value) in fields) Strip(value, names);
    }
}
