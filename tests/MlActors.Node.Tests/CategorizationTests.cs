using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

/// <summary>Lines of a log on their whole way: posted, sorted into categories, counted by category, read back.</summary>
public sealed class CategorizationTests
{
    private const string Job = "logs";
    private const string Categories = $"/_ml/anomaly_detectors/{Job}/results/categories";
    private const int Minutes = 90;
    private const int Burst = 80;

    private const string Config = """
        {
          "analysis_config": {
            "bucket_span": "60s", "categorization_field_name": "message", "influencers": ["mlcategory"],
            "detectors": [{ "function": "count", "by_field_name": "mlcategory" }]
          },
          "data_description": { "time_field": "time", "time_format": "epoch" }
        }
        """;

    [Fact]
    public async Task A_burst_of_one_message_is_a_record_of_its_category_and_the_category_can_be_looked_up()
    {
        using var space = new Workspace();
        await using var server = ServerProcess.Start(space.Data, config: space.Config);
        using var client = new MlClient(await server.ListeningAsync());
        await RunAsync(client, Config, parts: 1);

        var record = (await GetAsync(client, $"/_ml/anomaly_detectors/{Job}/results/records?size=1"))["records"]![0]!;
        ((string)record["by_field_name"]!).ShouldBe("mlcategory");
        ((long)record["timestamp"]!).ShouldBe(TimeOf(Burst) * 1000);
        ((double)record["actual"]![0]!).ShouldBe(60);
        var id = (string)record["by_field_value"]!;
        ((string)record["mlcategory"]![0]!).ShouldBe(id);

        var category = (await GetAsync(client, $"{Categories}/{id}"))["categories"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)category["terms"]!).ShouldBe("Connection to refused");
        ((long)category["num_matches"]!).ShouldBe((Minutes - 1) * 3 + 60);
        category["examples"]!.AsArray().Count.ShouldBe(4);
        ((string)category["examples"]![0]!).ShouldBe("Connection to 10.0.0.0 refused");

        var all = await GetAsync(client, Categories);
        ((int)all["count"]!).ShouldBe(3, "what the records hold under the name [mlcategory] is not read");
        var size = (await client.StatsAsync(Job))["model_size_stats"]!;
        ((long)size["total_category_count"]!).ShouldBe(3);
        ((long)size["frequent_category_count"]!).ShouldBe(3);
        ((long)size["categorized_doc_count"]!).ShouldBe((Minutes * 8) + 57);
        ((long)(await client.StatsAsync(Job))["data_counts"]!["missing_field_count"]!).ShouldBe(0);
    }

    [Fact]
    public async Task Categories_are_the_same_when_the_server_was_killed_while_they_came()
    {
        var calm = await OutcomeAsync(deaths: 0);
        calm.ShouldContain("Connection to refused");
        (await OutcomeAsync(deaths: 3)).ShouldBe(calm);
    }

    [Fact]
    public async Task Each_partition_has_categories_of_its_own()
    {
        using var space = new Workspace();
        await using var server = ServerProcess.Start(space.Data, config: space.Config);
        using var client = new MlClient(await server.ListeningAsync());
        await RunAsync(client, PerHost, parts: 1);

        // Orders come from one, jobs from the other, refused connections from both.
        ((int)(await GetAsync(client, Categories))["count"]!).ShouldBe(4);
        var ofOne = await GetAsync(client, Categories + "?partition_field_value=web-1");
        ((int)ofOne["count"]!).ShouldBe(2);
        foreach (var category in ofOne["categories"]!.AsArray()) ((string)category!["partition_field_value"]!).ShouldBe("web-1");
        var page = (await client.SendAsync(HttpMethod.Post, Categories, """{"page":{"from":3,"size":10}}""")).Expect(HttpStatusCode.OK);
        page["categories"]!.AsArray().Select(category => (int)category!["category_id"]!).ShouldBe([4]);
    }

    [Fact]
    public async Task A_partition_of_one_message_only_is_warned_of_and_left_alone_when_that_is_asked_for_meanwhile()
    {
        const int records = 200;
        var dull = string.Concat(Enumerable.Range(0, records).Select(i => Line(0, 0, "always the same")));
        using var space = new Workspace();
        await using var server = ServerProcess.Start(space.Data, config: space.Config);
        using var client = new MlClient(await server.ListeningAsync());
        (await client.PutAsync(Job, PerHost)).Expect(HttpStatusCode.OK);
        (await client.OpenAsync(Job)).Expect(HttpStatusCode.OK);
        await PostAsync(client, 0, dull);
        const string stop = """{"per_partition_categorization":{"enabled":true,"stop_on_warn":true}}""";
        (await client.SendAsync(HttpMethod.Post, $"/_ml/anomaly_detectors/{Job}/_update", stop)).Expect(HttpStatusCode.OK);
        await PostAsync(client, 1, dull);
        (await client.CloseAsync(Job)).Expect(HttpStatusCode.OK);

        var stats = await client.StatsAsync(Job);
        ((string)stats["model_size_stats"]!["categorization_status"]!).ShouldBe("warn");
        ((long)stats["model_size_stats"]!["categorized_doc_count"]!).ShouldBe(records);
        ((long)stats["data_counts"]!["processed_record_count"]!).ShouldBe(2 * records);
        await Poll.UntilAsync(() => Task.FromResult(server.Said),
            said => said.Contains($"The texts of job {Job} where [host] is [web-0] are hardly fit for categories", StringComparison.Ordinal));
    }

    private static string PerHost
    {
        get
        {
            var config = JsonNode.Parse(Config)!;
            config["analysis_config"]!["detectors"]![0]!["partition_field_name"] = "host";
            config["analysis_config"]!["per_partition_categorization"] = new JsonObject { ["enabled"] = true };
            return config.ToJsonString();
        }
    }

    // All results and categories of a job in whose course the server died so often, each time right after an answer, with analysing to be done.
    private static async Task<string> OutcomeAsync(int deaths)
    {
        using var space = new Workspace();
        var parts = Lines(parts: 12);
        var killAfter = Enumerable.Range(1, deaths).Select(death => death * 3).ToHashSet();
        var server = ServerProcess.Start(space.Data, config: space.Config);
        try
        {
            var client = new MlClient(await server.ListeningAsync());
            (await client.PutAsync(Job, Config)).Expect(HttpStatusCode.OK);
            (await client.OpenAsync(Job)).Expect(HttpStatusCode.OK);
            for (var part = 0; part < parts.Count; part++)
            {
                await PostAsync(client, part, parts[part]);
                if (!killAfter.Contains(part)) continue;
                server.Kill();
                await server.DisposeAsync();
                client.Dispose();
                server = ServerProcess.Start(space.Data, config: space.Config);
                client = new MlClient(await server.ListeningAsync());
                await client.UntilAsync(Job, "opened");
            }
            (await client.CloseAsync(Job)).Expect(HttpStatusCode.OK);
            var outcome = await client.ResultsAsync(Job) + (await GetAsync(client, Categories)).ToJsonString();
            client.Dispose();
            return outcome;
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task RunAsync(MlClient client, string config, int parts)
    {
        (await client.PutAsync(Job, config)).Expect(HttpStatusCode.OK);
        (await client.OpenAsync(Job)).Expect(HttpStatusCode.OK);
        foreach (var (part, lines) in Lines(parts).Index()) await PostAsync(client, part, lines);
        (await client.CloseAsync(Job)).Expect(HttpStatusCode.OK);
    }

    private static async Task PostAsync(MlClient client, int part, string lines) =>
        (await client.PostAsync(Job, $"part-{part}", lines)).Expect(HttpStatusCode.Accepted);

    private static async Task<JsonNode> GetAsync(MlClient client, string path) => (await client.SendAsync(HttpMethod.Get, path)).Expect(HttpStatusCode.OK);

    private static long TimeOf(int minute) => 1_700_006_400 + (minute * 60L);

    // Each minute five orders and jobs, three refused connections, sixty in one minute; from two hosts, and with a field that must not be taken.
    private static List<string> Lines(int parts)
    {
        var texts = new List<string>[parts];
        for (var minute = 0; minute < Minutes; minute++)
        {
            var lines = texts[minute * parts / Minutes] ??= [];
            for (var i = 0; i < 5; i++) lines.Add(Line(minute, i, i % 2 == 0 ? $"Order {minute}{i} shipped" : $"Job nightly-{i} started"));
            for (var i = 0; i < (minute == Burst ? 60 : 3); i++) lines.Add(Line(minute, i, $"Connection to 10.0.{minute}.{i} refused"));
        }
        return [.. texts.Select(lines => string.Concat(lines))];
    }

    private static string Line(int minute, int i, string message) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"time":{{TimeOf(minute) + i}},"host":"web-{{i % 2}}","mlcategory":"{{i}}","message":"{{message}}"}""") + "\n";
}
