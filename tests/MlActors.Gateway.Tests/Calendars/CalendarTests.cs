using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Tests.Calendars;

public sealed class CalendarTests : IAsyncLifetime
{
    private const string One = "/_ml/calendars/sales";
    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_calendar_is_put_once_with_or_without_a_body()
    {
        (await _server.SendAsync("PUT", One, """{"description":"fairs","job_ids":["job-1","_all","team"]}""")).Json.ToString()
            .ShouldBe("""{"calendar_id":"sales","job_ids":["_all","job-1","team"],"description":"fairs"}""");
        (await _server.SendAsync("PUT", "/_ml/calendars/plain")).Json.ToString().ShouldBe("""{"calendar_id":"plain","job_ids":[]}""");
        (await _server.SendAsync("PUT", "/_ml/calendars/empty", """{"job_ids":[]}""")).Status.ShouldBe(200);
        (await _server.SendAsync("PUT", One)).ShouldBeError(400, "resource_already_exists_exception", "[sales]");
        (await _server.SendAsync("PUT", "/_ml/calendars/_all")).ShouldBeError(400, "illegal_argument_exception", "[_all]");
        (await _server.SendAsync("PUT", "/_ml/calendars/c", """{"job_ids":["No!"]}""")).ShouldBeError(400, "illegal_argument_exception", "[job_ids[0]]", "[No!]");
        (await _server.SendAsync("PUT", "/_ml/calendars/c", """{"job_id":["a"]}""")).ShouldBeError(400, "x_content_parse_exception", "did you mean [job_ids]");
    }

    [Fact]
    public async Task Calendars_are_listed_by_get_and_post()
    {
        foreach (var id in new[] { "sales", "fairs", "down" }) await _server.SendAsync("PUT", "/_ml/calendars/" + id);
        await Found("GET", "", null, 3, "down", "fairs", "sales");
        await Found("GET", "?from=1&size=1", null, 3, "fairs");
        await Found("POST", "", """{"page":{"from":2,"size":5}}""", 3, "sales");
        await Found("GET", "/_all", null, 3, "down", "fairs", "sales");
        await Found("GET", "/*s", null, 2, "fairs", "sales");
        (await _server.GetAsync("/_ml/calendars/none")).ShouldBeError(404, "resource_not_found_exception", "[none]");
        (await _server.GetAsync(One + "?size=1")).ShouldBeError(400, "illegal_argument_exception", "[sales]");

        async Task Found(string method, string path, string? body, int count, params string[] ids)
        {
            var answer = await _server.SendAsync(method, "/_ml/calendars" + path, body);
            answer.Status.ShouldBe(200, answer.Text);
            answer.Json.GetProperty("count").GetInt32().ShouldBe(count);
            answer.Json.GetProperty("calendars").EnumerateArray().Select(calendar => calendar.GetProperty("calendar_id").GetString()).ShouldBe(ids);
        }
    }

    [Fact]
    public async Task Jobs_and_groups_come_and_go()
    {
        await _server.SendAsync("PUT", One, """{"job_ids":["a"]}""");
        (await _server.SendAsync("PUT", One + "/jobs/b,team")).Json.GetProperty("job_ids").ToString().ShouldBe("""["a","b","team"]""");
        (await _server.SendAsync("PUT", One + "/jobs/_all")).Json.GetProperty("job_ids").GetArrayLength().ShouldBe(4);
        (await _server.SendAsync("DELETE", One + "/jobs/a,team")).Json.GetProperty("job_ids").ToString().ShouldBe("""["_all","b"]""");
        (await _server.SendAsync("DELETE", One + "/jobs/b,a")).ShouldBeError(404, "resource_not_found_exception", "[sales]", "[a]");
        (await _server.SendAsync("PUT", One + "/jobs/a,B!")).ShouldBeError(400, "illegal_argument_exception", "[B!]");
        foreach (var method in new[] { "PUT", "DELETE" })
            (await _server.SendAsync(method, "/_ml/calendars/none/jobs/a")).ShouldBeError(404, "resource_not_found_exception", "[none]");
    }

    [Fact]
    public async Task A_deleted_job_is_in_no_calendar_any_more()
    {
        await _server.PutJobAsync("job-1");
        await _server.SendAsync("PUT", One, """{"job_ids":["job-1","team"]}""");
        await _server.SendAsync("DELETE", "/_ml/anomaly_detectors/job-1");
        (await _server.GetAsync(One)).Json.GetProperty("calendars")[0].GetProperty("job_ids").ToString().ShouldBe("""["team"]""");
    }

    [Fact]
    public async Task Events_are_posted_completed_with_defaults_and_listed()
    {
        await _server.SendAsync("PUT", One, """{"job_ids":["job-1"]}""");
        await _server.SendAsync("PUT", "/_ml/calendars/other", """{"job_ids":["team"]}""");
        var posted = await _server.PostAsync(One + "/events", """
            {"events":[{"description":"late","start_time":"2026-02-01T00:00:00Z","end_time":"2026-02-02T00:00:00Z","skip_result":false,"force_time_shift":null},
                       {"description":"early","start_time":1767225600000,"end_time":1767229200,"skip_model_update":false}]}
            """);
        posted.Status.ShouldBe(200, posted.Text);
        var ids = posted.Json.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("event_id").GetString()!).ToArray();
        await _server.PostAsync("/_ml/calendars/other/events", """{"events":{"description":"alone","start_time":1,"end_time":2}}""");

        var all = await _server.GetAsync(One + "/events");
        all.Json.GetProperty("count").GetInt32().ShouldBe(2);
        all.Json.GetProperty("events")[0].ToString().ShouldBe(
            $$"""{"calendar_id":"sales","event_id":"{{ids[1]}}","description":"early","start_time":1767225600000,"end_time":1767229200000,"skip_result":true,"skip_model_update":false}""");
        await Found("/_ml/calendars/_all/events", 3, "alone", "early", "late");
        await Found("/_ml/calendars/o*,sales/events?from=1&size=1", 3, "early");
        await Found(One + "/events?start=2026-01-15T00:00:00Z", 1, "late");
        await Found(One + "/events?end=2026-01-15T00:00:00Z", 1, "early");

        (await _server.SendAsync("DELETE", $"{One}/events/{ids[0]}")).Json.GetProperty("acknowledged").GetBoolean().ShouldBeTrue();
        (await _server.SendAsync("DELETE", $"{One}/events/{ids[0]}")).ShouldBeError(404, "resource_not_found_exception", $"[{ids[0]}]");
        (await _server.SendAsync("DELETE", $"/_ml/calendars/none/events/{ids[0]}")).ShouldBeError(404, "resource_not_found_exception", "[none]");
        (await _server.SendAsync("DELETE", One)).Status.ShouldBe(200);
        await Found("/_ml/calendars/_all/events", 1, "alone");
        (await _server.SendAsync("DELETE", One)).ShouldBeError(404, "resource_not_found_exception", "[sales]");
    }

    [Fact]
    public async Task Events_of_a_job_are_those_of_its_calendars_its_groups_and_everybodys()
    {
        await _server.PutJobAsync("job-1", more: ""","groups":["team"]""");
        foreach (var (calendar, name) in new[] { ("own", "job-1"), ("group", "team"), ("all", "_all"), ("foreign", "job-2") })
        {
            await _server.SendAsync("PUT", "/_ml/calendars/" + calendar, $$"""{"job_ids":["{{name}}"]}""");
            await _server.PostAsync($"/_ml/calendars/{calendar}/events", $$"""{"events":[{"description":"{{calendar}}","start_time":1,"end_time":2}]}""");
        }
        var ofJob = (await _server.GetAsync("/_ml/calendars/_all/events?job_id=job-1")).Json;
        ofJob.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("description").GetString()).Order().ShouldBe(["all", "group", "own"]);
        (await _server.GetAsync("/_ml/calendars/*/events?job_id=team")).Json.GetProperty("count").GetInt32().ShouldBe(2);
        (await _server.GetAsync("/_ml/calendars/own/events?job_id=job-1")).ShouldBeError(400, "illegal_argument_exception", "[job_id]", "[_all]");
        (await _server.GetAsync("/_ml/calendars/_all/events?job_id=nobody")).ShouldBeError(404, "resource_not_found_exception", "[nobody]");
    }

    [Theory]
    [InlineData("""{"events":[]}""", "illegal_argument_exception", "[events]", "at least one")]
    [InlineData("{}", "illegal_argument_exception", "[events]", "required")]
    [InlineData("""{"events":[{"start_time":1,"end_time":2}]}""", "illegal_argument_exception", "[events[0].description]", "required")]
    [InlineData("""{"events":[{"description":"a","start_time":2,"end_time":2}]}""", "illegal_argument_exception", "[events[0].end_time]", "after [start_time]")]
    [InlineData("""{"events":[{"description":"a","start_time":"soon","end_time":2}]}""", "illegal_argument_exception", "[events[0].start_time]", "[soon]")]
    [InlineData("""{"events":[{"description":"a","start_time":1,"end_time":true}]}""", "x_content_parse_exception", "[events[0].end_time]", "a date")]
    [InlineData("""{"events":[{"description":"a","start_time":1,"end_time":2,"force_time_shift":3600}]}""", "status_exception", "[events[0].force_time_shift]", "not supported")]
    [InlineData("""{"events":[{"description":"a","start_time":1,"end_time":2,"calendar_id":"b"}]}""", "illegal_argument_exception", "[events[0].calendar_id]", "[sales]")]
    public async Task A_wrong_event_is_refused_and_nothing_is_added(string body, string type, params string[] inReason)
    {
        await _server.SendAsync("PUT", One);
        (await _server.PostAsync(One + "/events", body)).ShouldBeError(400, type, inReason);
        (await _server.GetAsync(One + "/events")).Json.GetProperty("count").GetInt32().ShouldBe(0);
        (await _server.PostAsync("/_ml/calendars/none/events", """{"events":[{"description":"a","start_time":1,"end_time":2}]}"""))
            .ShouldBeError(404, "resource_not_found_exception", "[none]");
    }

    [Fact]
    public async Task Every_change_tells_the_open_jobs_that_it_concerns()
    {
        foreach (var id in new[] { "a", "b", "c" }) await _server.PutJobAsync(id, JobState.Opened, id == "b" ? ""","groups":["team"]""" : "");
        await _server.PutJobAsync("closed", more: ""","groups":["team"]""");
        await _server.SendAsync("PUT", One, """{"job_ids":["a","nobody"]}""");
        (await ToldAsync("POST", One + "/events", """{"events":[{"description":"x","start_time":1,"end_time":2}]}""")).ShouldBe(["a"]);
        (await ToldAsync("PUT", One + "/jobs/team")).ShouldBe(["b"]);
        (await ToldAsync("PUT", One + "/jobs/_all")).ShouldBe(["a", "b", "c"]);
        (await ToldAsync("DELETE", One + "/jobs/_all")).ShouldBe(["a", "b", "c"]);
        var id0 = (await _server.GetAsync(One + "/events")).Json.GetProperty("events")[0].GetProperty("event_id").GetString();
        (await ToldAsync("DELETE", $"{One}/events/{id0}")).ShouldBe(["a", "b"]);
        (await ToldAsync("DELETE", One)).ShouldBe(["a", "b"]);

        async Task<string[]> ToldAsync(string method, string path, string? body = null)
        {
            _server.Jobs.Asked.Clear();
            var answer = await _server.SendAsync(method, path, body);
            answer.Status.ShouldBe(200, answer.Text);
            return [.. _server.Jobs.Asked.OfType<RefreshContext>().Select(told => told.JobId).Order()];
        }
    }

    private async Task Found(string path, int count, params string[] descriptions)
    {
        var answer = await _server.GetAsync(path);
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.GetProperty("count").GetInt32().ShouldBe(count);
        answer.Json.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("description").GetString()).ShouldBe(descriptions);
    }
}
