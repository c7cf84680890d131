using System.Text.Json;
using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Tests.Filters;

public sealed class FilterTests : IAsyncLifetime
{
    private const string One = "/_ml/filters/safe";
    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_filter_is_put_once_and_answered_with_sorted_items()
    {
        var answer = await PutAsync("safe", """{"description":"domains","items":["b.com","*.org","b.com"]}""");
        answer.Json.ToString().ShouldBe("""{"filter_id":"safe","description":"domains","items":["*.org","b.com"]}""");
        (await _server.SendAsync("PUT", One, "{}")).ShouldBeError(400, "resource_already_exists_exception", "[safe]", "_update");
        (await _server.SendAsync("PUT", "/_ml/filters/other", """{"filter_id":"safe"}""")).ShouldBeError(400, "illegal_argument_exception", "[filter_id]", "[other]");
        (await _server.SendAsync("PUT", "/_ml/filters/Upper", "{}")).ShouldBeError(400, "illegal_argument_exception", "[Upper]", "lower-case");
        (await _server.SendAsync("PUT", "/_ml/filters/other", """{"items":[1]}""")).ShouldBeError(400, "x_content_parse_exception", "[items]", "list of strings");
        (await _server.SendAsync("PUT", "/_ml/filters/other", """{"itmes":[]}""")).ShouldBeError(400, "x_content_parse_exception", "did you mean [items]");
    }

    [Fact]
    public async Task A_filter_holds_ten_thousand_items_and_no_more()
    {
        string Items(int count) => JsonSerializer.Serialize(Enumerable.Range(0, count).Select(i => $"item {i}"));
        (await PutAsync("safe", $$"""{"items":{{Items(10_000)}}}""")).Json.GetProperty("items").GetArrayLength().ShouldBe(10_000);
        (await _server.SendAsync("PUT", "/_ml/filters/other", $$"""{"items":{{Items(10_001)}}}""")).ShouldBeError(400, "illegal_argument_exception", "[items]", "at most 10000");
        (await _server.PostAsync(One + "/_update", """{"add_items":["one more"]}""")).ShouldBeError(400, "illegal_argument_exception", "[add_items]", "10000");
        (await _server.PostAsync(One + "/_update", """{"add_items":["one more"],"remove_items":["item 7"]}""")).Status.ShouldBe(200);
        (await _server.SendAsync("PUT", "/_ml/filters/other", JsonSerializer.Serialize(new { items = new[] { new string('x', 1025) } })))
            .ShouldBeError(400, "illegal_argument_exception", "[items]", "1025", "1024");
    }

    [Fact]
    public async Task Filters_are_listed_in_pages_and_picked_by_ids_and_wildcards()
    {
        foreach (var id in new[] { "safe-b", "safe-a", "other" }) await PutAsync(id, "{}");
        await Found("", 3, "other", "safe-a", "safe-b");
        await Found("?from=1&size=1", 3, "safe-a");
        await Found("/_all", 3, "other", "safe-a", "safe-b");
        await Found("/safe-*", 2, "safe-a", "safe-b");
        await Found("/other,*b", 2, "other", "safe-b");
        await Found("/none*", 0);
        (await _server.GetAsync("/_ml/filters/other,none")).ShouldBeError(404, "resource_not_found_exception", "[none]");
        (await _server.GetAsync("/_ml/filters/other,,none")).ShouldBeError(400, "illegal_argument_exception", "empty element");

        async Task Found(string path, int count, params string[] ids)
        {
            var answer = await _server.GetAsync("/_ml/filters" + path);
            answer.Status.ShouldBe(200, answer.Text);
            answer.Json.GetProperty("count").GetInt32().ShouldBe(count);
            answer.Json.GetProperty("filters").EnumerateArray().Select(filter => filter.GetProperty("filter_id").GetString()).ShouldBe(ids);
        }
    }

    [Fact]
    public async Task An_update_is_whole_or_not_at_all_and_answers_with_the_filter()
    {
        await PutAsync("safe", """{"description":"old","items":["a","b"]}""");
        (await _server.PostAsync(One + "/_update", """{"add_items":["c"],"remove_items":["z"],"description":"new"}"""))
            .ShouldBeError(400, "illegal_argument_exception", "[remove_items]", "[z]", "nothing was changed");
        (await _server.GetAsync(One)).Json.GetProperty("filters")[0].ToString().ShouldBe("""{"filter_id":"safe","description":"old","items":["a","b"]}""");
        (await _server.PostAsync(One + "/_update", """{"add_items":["c"],"remove_items":["a"],"description":"new"}""")).Json.ToString()
            .ShouldBe("""{"filter_id":"safe","description":"new","items":["b","c"]}""");
        (await _server.PostAsync("/_ml/filters/none/_update", """{"add_items":["c"]}""")).ShouldBeError(404, "resource_not_found_exception", "[none]");
    }

    [Fact]
    public async Task A_filter_that_rules_name_stays_as_long()
    {
        const string Rules = """[{"scope":{"host":{"filter_id":"safe","filter_type":"exclude"}}}]""";
        await PutAsync("safe", "{}");
        (await PutJobAsync("job-1", Rules)).Status.ShouldBe(200);
        var detector = (await _server.GetAsync("/_ml/anomaly_detectors/job-1")).Json.GetProperty("jobs")[0].GetProperty("analysis_config").GetProperty("detectors")[0];
        detector.GetProperty("custom_rules")[0].ToString().ShouldBe(
            """{"actions":["skip_result"],"scope":{"host":{"filter_id":"safe","filter_type":"exclude"}},"conditions":[]}""");
        (await _server.SendAsync("DELETE", One)).ShouldBeError(409, "status_exception", "[safe]", "[job-1]");
        (await UpdateRulesAsync("[]")).Status.ShouldBe(200);
        (await _server.SendAsync("DELETE", One)).Json.GetProperty("acknowledged").GetBoolean().ShouldBeTrue();
        (await _server.SendAsync("DELETE", One)).ShouldBeError(404, "resource_not_found_exception", "[safe]");
    }

    [Fact]
    public async Task A_job_whose_rules_name_a_filter_that_does_not_exist_is_not_opened()
    {
        const string Rules = """[{"scope":{"host":{"filter_id":"safe"}}}]""", Open = "/_ml/anomaly_detectors/job-1/_open";
        (await PutJobAsync("job-1", Rules)).Status.ShouldBe(200);
        (await PutJobAsync("job-2", "[]")).Status.ShouldBe(200);
        (await _server.PostAsync(Open)).ShouldBeError(404, "resource_not_found_exception", "safe", "job-1", "[custom_rules]");
        (await _server.PostAsync("/_ml/anomaly_detectors/job-*/_open")).ShouldBeError(404, "resource_not_found_exception", "safe", "job-1");
        (await _server.StateOfAsync("job-2")).ShouldBe(JobState.Closed, "nothing was opened");
        (await UpdateRulesAsync("""[{"scope":{"host":{"filter_id":"later"}}}]""")).Status.ShouldBe(200);
        await PutAsync("later", "{}");
        (await _server.PostAsync(Open)).Status.ShouldBe(200);
        (await UpdateRulesAsync(Rules)).ShouldBeError(404, "resource_not_found_exception", "[safe]", "[scope]");
    }

    [Fact]
    public async Task An_update_tells_the_open_jobs_that_use_the_filter_and_no_others()
    {
        await PutAsync("safe", "{}");
        const string Rules = """[{"scope":{"host":{"filter_id":"safe"}}}]""";
        foreach (var id in new[] { "open-1", "open-2", "closed" }) await PutJobAsync(id, Rules);
        await PutJobAsync("open-other", "[]");
        foreach (var id in new[] { "open-1", "open-2", "open-other" }) (await _server.PostAsync($"/_ml/anomaly_detectors/{id}/_open")).Status.ShouldBe(200);
        _server.Jobs.Asked.Clear();
        (await _server.PostAsync(One + "/_update", """{"add_items":["a"]}""")).Status.ShouldBe(200);
        _server.Jobs.Asked.OfType<RefreshContext>().Select(told => told.JobId).Order().ShouldBe(["open-1", "open-2"]);
    }

    [Fact]
    public async Task A_job_that_does_not_answer_holds_up_an_update_for_a_while_only()
    {
        await using var server = await GatewayServer.StartAsync(new GatewayOptions { CommandTimeout = TimeSpan.FromMilliseconds(200) });
        await server.SendAsync("PUT", One, "{}");
        await PutJobAsync("job-1", """[{"scope":{"host":{"filter_id":"safe"}}}]""", server);
        await server.PostAsync("/_ml/anomaly_detectors/job-1/_open");
        server.Jobs.Stuck.Add("job-1");
        (await server.PostAsync(One + "/_update", """{"add_items":["a"]}""")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        server.Jobs.Asked.OfType<RefreshContext>().ShouldHaveSingleItem();
    }

    private async Task<Answer> PutAsync(string id, string body)
    {
        var answer = await _server.SendAsync("PUT", "/_ml/filters/" + id, body);
        answer.Status.ShouldBe(200, answer.Text);
        return answer;
    }

    private Task<Answer> UpdateRulesAsync(string rules) =>
        _server.PostAsync("/_ml/anomaly_detectors/job-1/_update", $$"""{"detectors":[{"detector_index":0,"custom_rules":{{rules}}}]}""");

    private Task<Answer> PutJobAsync(string id, string rules, GatewayServer? server = null) => (server ?? _server).SendAsync("PUT", $"/_ml/anomaly_detectors/{id}",
        $$$"""{"analysis_config":{"detectors":[{"function":"count","by_field_name":"host","custom_rules":{{{rules}}}}]},"data_description":{}}""");
}
