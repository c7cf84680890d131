using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Tests.Jobs;

public sealed class CloseTests : IAsyncLifetime
{
    private GatewayServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await GatewayServer.StartAsync(new GatewayOptions { NamesShown = 3 });
        await _server.PutJobAsync("web-1", JobState.Opened, ""","groups":["web"]""");
        await _server.PutJobAsync("web-2", JobState.Opened, ""","groups":["web"]""");
        await _server.PutJobAsync("idle");
        _server.Jobs.Asked.Clear();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private Task<Answer> CloseAsync(string expression, string query = "", string? body = null) =>
        _server.PostAsync($"/_ml/anomaly_detectors/{expression}/_close{query}", body);

    private BulkRequest? Bulk => _server.Jobs.Asked.OfType<BulkRequest>().SingleOrDefault();

    [Theory]
    [InlineData("web-1", "web-1")]
    [InlineData("web", "web-1,web-2")]
    [InlineData("web-*", "web-1,web-2")]
    [InlineData("_all", "web-1,web-2")]
    [InlineData("*", "web-1,web-2")]
    [InlineData("idle,web-2,web-2", "web-2")]
    public async Task The_running_jobs_of_an_expression_are_closed(string expression, string expected)
    {
        var answer = await CloseAsync(expression);
        answer.Status.ShouldBe(200, answer.Text);
        answer.Text.ShouldBe("""{"closed":true}""");
        Bulk!.JobIds.ShouldBe(expected.Split(','));
        Bulk.Operation.ShouldBe(BulkOperation.Close);
    }

    [Theory]
    [InlineData("%20")]
    [InlineData("web-1,")]
    [InlineData(",web-1")]
    [InlineData("web-1,,web-2")]
    [InlineData("web-1,%20,web-2")]
    public async Task A_blank_anywhere_in_the_expression_closes_nothing(string expression)
    {
        (await CloseAsync(expression)).ShouldBeError(400, "illegal_argument_exception");
        _server.Jobs.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_empty_expression_closes_nothing()
    {
        (await CloseAsync("")).ShouldBeError(400, "illegal_argument_exception", "empty part");
        _server.Jobs.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nope", "", "[nope]")]
    [InlineData("web-1,nope,nada", "", "[nope,nada]")]
    [InlineData("web-*,nope", "?allow_no_match=true", "[nope]")]
    [InlineData("no*", "?allow_no_match=false", "[no*]")]
    [InlineData("web-1,no*", "?allow_no_match=false", "[no*]")]
    public async Task What_does_not_exist_refuses_the_whole_request_and_is_named(string expression, string query, string named)
    {
        (await CloseAsync(expression, query)).ShouldBeError(404, "resource_not_found_exception", named);
        _server.Jobs.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("no*")]
    [InlineData("idle")]
    public async Task Nothing_to_close_is_success_and_wakes_nobody(string expression)
    {
        (await CloseAsync(expression)).Text.ShouldBe("""{"closed":true}""");
        _server.Jobs.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Failed_jobs_refuse_the_request_and_every_one_of_them_is_named_with_the_fix()
    {
        for (var i = 1; i <= 5; i++) await _server.PutJobAsync($"broken-{i}", JobState.Failed);
        _server.Jobs.Asked.Clear();
        var answer = await CloseAsync("_all");
        answer.ShouldBeError(409, "status_exception", "force=true", "ignore_failed=true");
        for (var i = 1; i <= 5; i++) answer.Reason.ShouldContain($"broken-{i}");
        _server.Jobs.Asked.ShouldBeEmpty();
        (await _server.StateOfAsync("web-1")).ShouldBe(JobState.Opened);
    }

    [Fact]
    public async Task Failed_jobs_can_be_left_out_and_are_listed_then()
    {
        await _server.PutJobAsync("broken", JobState.Failed);
        var answer = await CloseAsync("_all", body: """{"ignore_failed":true}""");
        answer.Text.ShouldBe("""{"closed":true,"failed_jobs":["broken"]}""");
        (await _server.StateOfAsync("web-1")).ShouldBe(JobState.Closed);
        (await _server.StateOfAsync("broken")).ShouldBe(JobState.Failed);
    }

    [Theory]
    [InlineData("?force=true", null)]
    [InlineData("", """{"force":true}""")]
    public async Task Force_closes_failed_jobs_too(string query, string? body)
    {
        await _server.PutJobAsync("broken", JobState.Failed);
        (await CloseAsync("_all", query, body)).Text.ShouldBe("""{"closed":true}""");
        Bulk!.Operation.ShouldBe(BulkOperation.ForceClose);
        (await _server.StateOfAsync("broken")).ShouldBe(JobState.Closed);
    }

    [Fact]
    public async Task The_timeout_ends_the_answer_and_says_what_is_closed_and_what_is_not()
    {
        foreach (var id in new[] { "slow-1", "slow-2", "slow-3", "slow-4", "slow-5" })
        {
            await _server.PutJobAsync(id, JobState.Opened);
            _server.Jobs.Stuck.Add(id);
        }
        var answer = await CloseAsync("_all", "?timeout=50ms");
        answer.ShouldBeError(500, "illegal_state_exception", "2 of 7 jobs are closed", "[slow-1, slow-2, slow-3] and 2 more", "goes on in the background",
            "0.05s");
    }

    [Fact]
    public async Task Without_waiting_the_answer_is_a_task()
    {
        (await CloseAsync("web", "?wait_for_completion=false")).Text.ShouldBe("""{"task":"node-1:1"}""");
        Bulk!.JobIds.Count.ShouldBe(2);
        Bulk.Timeout.ShouldBeGreaterThan(TimeSpan.FromMinutes(29));
    }

    [Fact]
    public async Task Details_tell_the_outcome_of_every_job_also_of_those_that_were_closed_before()
    {
        _server.Jobs.Script = message => message.JobId == "web-2" ? new Refused("web-2", RefusalKind.NotFound, "gone") : null;
        var jobs = (await CloseAsync("_all", "?detailed=true")).Json.GetProperty("jobs");
        jobs.GetProperty("web-1").GetProperty("outcome").GetString().ShouldBe("closed");
        jobs.GetProperty("web-2").GetProperty("outcome").GetString().ShouldBe("gone");
        jobs.GetProperty("idle").GetProperty("outcome").GetString().ShouldBe("already_closed");
    }

    [Fact]
    public async Task A_job_that_fails_while_it_closes_is_reported_or_listed()
    {
        _server.Jobs.Script = message => message.JobId == "web-2" ? new Refused("web-2", RefusalKind.Conflict, "it has just failed") : null;
        (await CloseAsync("web")).ShouldBeError(409, "status_exception", "[web-2]: it has just failed");
        await _server.PutJobAsync("web-3", JobState.Opened, ""","groups":["web"]""");
        (await CloseAsync("web", "?ignore_failed=true")).Text.ShouldBe("""{"closed":true,"failed_jobs":["web-2"]}""");
    }

    [Fact]
    public async Task One_job_is_opened_exactly_as_the_api_says()
    {
        (await _server.PostAsync("/_ml/anomaly_detectors/idle/_open")).Text.ShouldBe("""{"opened":true,"node":"node-1"}""");
        (await _server.PostAsync("/_ml/anomaly_detectors/idle/_open")).ShouldBeError(409, "status_exception", "[idle]");
        (await _server.PostAsync("/_ml/anomaly_detectors/nope/_open")).ShouldBeError(404, "resource_not_found_exception", "[nope]");
        (await _server.PostAsync("/_ml/anomaly_detectors/%20/_open")).ShouldBeError(400, "illegal_argument_exception");
    }

    [Fact]
    public async Task An_opening_that_takes_too_long_is_a_408()
    {
        _server.Jobs.Stuck.Add("idle");
        (await _server.PostAsync("/_ml/anomaly_detectors/idle/_open", """{"timeout":"20ms"}"""))
            .ShouldBeError(408, "status_exception", "[idle]", "may still open");
    }

    [Fact]
    public async Task An_expression_opens_what_is_not_open_yet()
    {
        await _server.PutJobAsync("web-3", JobState.Closed, ""","groups":["web"]""");
        _server.Jobs.Asked.Clear();
        var answer = await _server.PostAsync("/_ml/anomaly_detectors/web/_open?detailed=true");
        answer.Status.ShouldBe(200, answer.Text);
        Bulk!.JobIds.ShouldBe(["web-3"]);
        answer.Json.GetProperty("node").GetString().ShouldBe("");
        answer.Json.GetProperty("jobs").GetProperty("web-1").GetProperty("outcome").GetString().ShouldBe("already_opened");
        answer.Json.GetProperty("jobs").GetProperty("web-3").GetProperty("outcome").GetString().ShouldBe("opened");
    }

    [Fact]
    public async Task An_expression_with_a_failed_job_opens_nothing()
    {
        await _server.PutJobAsync("web-3", JobState.Failed, ""","groups":["web"]""");
        _server.Jobs.Asked.Clear();
        (await _server.PostAsync("/_ml/anomaly_detectors/web/_open")).ShouldBeError(409, "status_exception", "web-3 (failed)", "nothing was opened");
        _server.Jobs.Asked.ShouldBeEmpty();
    }
}
