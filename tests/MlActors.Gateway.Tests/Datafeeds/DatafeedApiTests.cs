using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Tests.Datafeeds;

public sealed class DatafeedApiTests : IAsyncLifetime
{
    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private async Task PutAsync(string id = "f", string job = "j", JobState state = JobState.Closed, string index = "logs", string more = "")
    {
        await _server.PutJobAsync(job, state);
        var answer = await _server.SendAsync("PUT", $"/_ml/datafeeds/{id}", $$"""{"job_id":"{{job}}","indices":["{{index}}"]{{more}}}""");
        answer.Status.ShouldBe(200, answer.Text);
    }

    [Fact]
    public async Task A_datafeed_comes_back_with_its_defaults()
    {
        await PutAsync(more: ""","query":{"term":{"host":"a"}},"max_empty_searches":-1,"runtime_mappings":{}""");
        var feed = (await _server.GetAsync("/_ml/datafeeds/f")).Json.GetProperty("datafeeds")[0];
        feed.GetProperty("job_id").GetString().ShouldBe("j");
        feed.GetProperty("indices")[0].GetString().ShouldBe("logs");
        feed.GetProperty("query").GetRawText().ShouldBe("""{"term":{"host":"a"}}""");
        feed.GetProperty("scroll_size").GetInt32().ShouldBe(1000);
        feed.GetProperty("chunking_config").GetProperty("mode").GetString().ShouldBe("auto");
        feed.GetProperty("delayed_data_check_config").GetProperty("enabled").GetBoolean().ShouldBeTrue();
        feed.TryGetProperty("max_empty_searches", out _).ShouldBeFalse();
        var delay = int.Parse(feed.GetProperty("query_delay").GetString()!.Replace("ms", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
        delay.ShouldBeInRange(60_000, 120_000);
        (await _server.GetAsync("/_ml/anomaly_detectors/j")).Json.GetProperty("jobs")[0].GetProperty("datafeed_config").GetProperty("datafeed_id").GetString().ShouldBe("f");
    }

    [Fact]
    public async Task A_job_may_bring_its_datafeed()
    {
        await _server.PutJobAsync("j", more: ""","datafeed_config":{"indices":"logs"}""");
        (await _server.GetAsync("/_ml/datafeeds/j")).Json.GetProperty("count").GetInt32().ShouldBe(1);
        var wrong = await _server.SendAsync("PUT", "/_ml/anomaly_detectors/k",
            """{"analysis_config":{"detectors":[{"function":"count"}]},"data_description":{},"datafeed_config":{"frequency":"0s","indices":["x"]}}""");
        wrong.Status.ShouldBe(400);
        wrong.Text.ShouldContain("datafeed_config.frequency");
        (await _server.GetAsync("/_ml/anomaly_detectors/k")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("""{"indices":["x"]}""", 400, "job_id")]
    [InlineData("""{"job_id":"nobody","indices":["x"]}""", 404, "nobody")]
    [InlineData("""{"job_id":"j"}""", 400, "indices")]
    [InlineData("""{"job_id":"j","indices":["x"],"indexes":["y"]}""", 400, "indexes")]
    [InlineData("""{"job_id":"j","indices":["x"],"frequency":"1500ms"}""", 400, "frequency")]
    [InlineData("""{"job_id":"j","indices":["x"],"scroll_size":0}""", 400, "scroll_size")]
    [InlineData("""{"job_id":"j","indices":["x"],"chunking_config":{"mode":"manual"}}""", 400, "time_span")]
    [InlineData("""{"job_id":"j","indices":["x"],"chunking_config":{"mode":"auto","time_span":"1h"}}""", 400, "time_span")]
    [InlineData("""{"job_id":"j","indices":["x"],"max_empty_searches":0}""", 400, "max_empty_searches")]
    [InlineData("""{"job_id":"j","indices":["x"],"delayed_data_check_config":{"check_window":"1m"}}""", 400, "check_window")]
    [InlineData("""{"job_id":"j","indices":["x"],"delayed_data_check_config":{"enabled":false,"heal":true}}""", 400, "heal")]
    [InlineData("""{"job_id":"j","indices":["x"],"aggregations":{"b":{}}}""", 400, "summary_count_field_name")]
    [InlineData("""{"job_id":"j","indices":["x"],"queri":{}}""", 400, "did you mean [query]")]
    [InlineData("""{"job_id":"j","indices":["x"],"datafeed_id":"other"}""", 400, "datafeed_id")]
    [InlineData("""not json""", 400, "JSON")]
    public async Task What_is_wrong_is_named_and_nothing_is_created(string body, int status, string named)
    {
        await _server.PutJobAsync("j");
        var answer = await _server.SendAsync("PUT", "/_ml/datafeeds/f", body);
        answer.Status.ShouldBe(status, answer.Text);
        answer.Text.ShouldContain(named);
        (await _server.GetAsync("/_ml/datafeeds")).Json.GetProperty("count").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task An_id_stands_for_one_datafeed_and_a_job_has_one()
    {
        await PutAsync();
        await _server.PutJobAsync("k");
        var taken = await _server.SendAsync("PUT", "/_ml/datafeeds/f", """{"job_id":"k","indices":["x"]}""");
        (taken.Status, taken.Text.Contains("resource_already_exists_exception", StringComparison.Ordinal)).ShouldBe((400, true));
        (await _server.SendAsync("PUT", "/_ml/datafeeds/g", """{"job_id":"j","indices":["x"]}""")).Status.ShouldBe(409);
    }

    [Fact]
    public async Task Expressions_stand_for_ids_and_a_literal_has_to_exist()
    {
        await PutAsync("feed-a", "a");
        await PutAsync("feed-b", "b");
        (await _server.GetAsync("/_ml/datafeeds/feed-*")).Json.GetProperty("count").GetInt32().ShouldBe(2);
        (await _server.GetAsync("/_ml/datafeeds/_all")).Json.GetProperty("count").GetInt32().ShouldBe(2);
        (await _server.GetAsync("/_ml/datafeeds/feed-b,none-*")).Json.GetProperty("count").GetInt32().ShouldBe(1);
        (await _server.GetAsync("/_ml/datafeeds/none-*?allow_no_match=false")).Status.ShouldBe(404);
        (await _server.GetAsync("/_ml/datafeeds/feed-a,nobody")).Status.ShouldBe(404);
        (await _server.GetAsync("/_ml/datafeeds/feed-a,,")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task An_update_changes_what_it_names()
    {
        await PutAsync(more: ""","frequency":"90s" """);
        var updated = await _server.PostAsync("/_ml/datafeeds/f/_update", """{"query_delay":"5m"}""");
        updated.Json.GetProperty("query_delay").GetString().ShouldBe("5m");
        updated.Json.GetProperty("frequency").GetString().ShouldBe("90s");
        (await _server.PostAsync("/_ml/datafeeds/g/_update", "{}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task It_starts_and_stops_and_its_statistics_say_so()
    {
        await PutAsync(state: JobState.Opened);
        var started = await _server.PostAsync("/_ml/datafeeds/f/_start?start=2024-01-01T00:00:00Z&end=2024-02-01T00:00:00Z");
        started.Json.GetProperty("started").GetBoolean().ShouldBeTrue();
        _server.Jobs.Asked.OfType<StartDatafeed>().Single().ShouldBe(new StartDatafeed("j", "f", 1_704_067_200_000, 1_706_745_600_000) { By = new Caller("_anonymous", "127.0.0.1") });
        var stats = (await _server.GetAsync("/_ml/datafeeds/f/_stats")).Json.GetProperty("datafeeds")[0];
        stats.GetProperty("state").GetString().ShouldBe("started");
        stats.GetProperty("running_state").GetProperty("real_time_configured").GetBoolean().ShouldBeFalse();
        stats.GetProperty("timing_stats").GetProperty("search_count").GetInt64().ShouldBe(0);
        stats.GetProperty("node").GetProperty("id").GetString().ShouldBe("node-1");
        (await _server.GetAsync("/_cat/ml/datafeeds?h=id,s")).Text.ShouldBe("f started\n");
        (await _server.PostAsync("/_ml/datafeeds/_all/_stop", """{"close_job":true}""")).Json.GetProperty("stopped").GetBoolean().ShouldBeTrue();
        (await _server.GetAsync("/_ml/datafeeds/f/_stats")).Json.GetProperty("datafeeds")[0].GetProperty("state").GetString().ShouldBe("stopped");
        (await _server.PostAsync("/_ml/datafeeds/f/_stop")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("missing", 404)]
    [InlineData("wrong", 400)]
    [InlineData("away", 200)]
    [InlineData("logs", 200)]
    public async Task What_can_never_be_read_is_said_at_the_start(string index, int status)
    {
        await PutAsync(state: JobState.Opened, index: index);
        (await _server.PostAsync("/_ml/datafeeds/f/_start")).Status.ShouldBe(status);
    }

    [Fact]
    public async Task A_start_of_a_closed_job_or_backwards_in_time_is_refused()
    {
        await PutAsync();
        (await _server.PostAsync("/_ml/datafeeds/f/_start")).Status.ShouldBe(409);
        (await _server.PostAsync("/_ml/datafeeds/f/_start?start=2024-02-01T00:00:00Z&end=2024-01-01T00:00:00Z")).Status.ShouldBe(400);
        (await _server.PostAsync("/_ml/datafeeds/nobody/_start")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_preview_shows_the_records_as_the_job_would_get_them()
    {
        await PutAsync();
        var stored = (await _server.GetAsync("/_ml/datafeeds/f/_preview?start=1970-01-01T00:00:01Z&end=1970-01-01T00:00:03Z")).Json;
        stored.GetRawText().ShouldBe("""[{"time":1000,"host":"web"},{"time":2000,"value":1,"host":"web"}]""");
        var given = await _server.PostAsync("/_ml/datafeeds/_preview", """
            {"datafeed_config":{"indices":["x"],"scroll_size":3},
             "job_config":{"analysis_config":{"detectors":[{"function":"count"}]},"data_description":{"time_field":"ts"}}}
            """);
        given.Json.GetRawText().ShouldBe("""[{"ts":0},{"ts":1000},{"ts":2000}]""");
        (await _server.PostAsync("/_ml/datafeeds/f/_preview", "{}")).Status.ShouldBe(400);
        (await _server.PostAsync("/_ml/datafeeds/_preview", """{"datafeed_config":{"indices":["x"]}}""")).Status.ShouldBe(400);
        (await _server.PostAsync("/_ml/datafeeds/_preview", """{"datafeed_config":{"job_id":"j","indices":["missing"]}}""")).Status.ShouldBe(404);
        (await _server.PostAsync("/_ml/datafeeds/_preview", """{"datafeed_config":{"job_id":"j","indices":["away"]}}""")).Status.ShouldBe(503);
    }

    [Fact]
    public async Task A_deleted_datafeed_is_gone()
    {
        await PutAsync();
        (await _server.SendAsync("DELETE", "/_ml/datafeeds/f")).Status.ShouldBe(200);
        (await _server.GetAsync("/_ml/datafeeds/f")).Status.ShouldBe(404);
        (await _server.SendAsync("DELETE", "/_ml/datafeeds/f")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Connections_are_listed_with_their_health_and_without_secrets()
    {
        var connections = (await _server.GetAsync("/_ml/connections")).Json.GetProperty("connections");
        connections[0].GetRawText().ShouldBe("""{"name":"warehouse","type":"postgresql","address":"db:5432/metrics","healthy":true}""");
        connections[1].GetProperty("problem").GetString().ShouldBe("the connection was refused");
    }
}
