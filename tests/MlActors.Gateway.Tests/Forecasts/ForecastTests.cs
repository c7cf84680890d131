using System.Text;
using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Tests.Forecasts;

public sealed class ForecastTests : IAsyncLifetime
{
    private const string Job = "/_ml/anomaly_detectors/job-1";
    private GatewayServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await GatewayServer.StartAsync();
        await _server.PutJobAsync("job-1");
        await _server.PutJobAsync("job-2");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private long Now { get; } = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Theory]
    [InlineData("", "", 86_400, 14 * 86_400_000L, 20)]
    [InlineData("?duration=2h&expires_in=0&max_model_memory=1mb", "", 7200, null, 1)]
    [InlineData("", """{"duration":"3650d","expires_in":"1ms","max_model_memory":"500mb"}""", 3650L * 86_400, 1L, 500)]
    public async Task A_request_reaches_the_owner_of_the_job_and_its_id_comes_back(string query, string body, long duration, long? expiresInMs, long mebibytes)
    {
        _server.Jobs.Script = message => message is StartForecast start ? new ForecastAccepted(start.JobId, start.ForecastId) : null;
        var answer = await _server.PostAsync(Job + "/_forecast" + query, body.Length == 0 ? null : body);
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.GetProperty("acknowledged").GetBoolean().ShouldBeTrue();
        var asked = _server.Jobs.Asked.OfType<StartForecast>().Single();
        asked.ForecastId.ShouldBe(answer.Json.GetProperty("forecast_id").GetString());
        asked.ShouldBe(new StartForecast("job-1", asked.ForecastId, duration, expiresInMs, mebibytes << 20));
        await _server.PostAsync(Job + "/_forecast");
        _server.Jobs.Asked.OfType<StartForecast>().Select(start => start.ForecastId).Distinct().Count().ShouldBe(2);
    }

    [Theory]
    [InlineData("duration=3651d", "[duration] in the query: [3651d] is too long: write at most 3650d")]
    [InlineData("duration=soon", "[duration]")]
    [InlineData("expires_in=-1", "[expires_in]")]
    [InlineData("max_model_memory=1kb", "[max_model_memory] in the query: [1kb] is out of bounds: write 1mb to 500mb")]
    [InlineData("max_model_memory=501mb", "write 1mb to 500mb")]
    [InlineData("max_model_memory=20", "such as 512mb")]
    [InlineData("durations=1d", "did you mean [duration]?")]
    public async Task Arguments_out_of_bounds_are_refused_by_name(string query, string part)
    {
        (await _server.PostAsync($"{Job}/_forecast?{query}")).ShouldBeError(400, "illegal_argument_exception", part);
        _server.Jobs.Asked.OfType<StartForecast>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(RefusalKind.Conflict, 409, "status_exception")]
    [InlineData(RefusalKind.Invalid, 400, "illegal_argument_exception")]
    [InlineData(RefusalKind.TooMany, 429, "status_exception")]
    public async Task A_refusal_of_the_owner_is_the_answer(RefusalKind kind, int status, string type)
    {
        _server.Jobs.Script = message => message is StartForecast ? new Refused("job-1", kind, "no, because") : null;
        (await _server.PostAsync(Job + "/_forecast")).ShouldBeError(status, type, "no, because");
    }

    [Fact]
    public async Task Forecasts_are_listed_with_their_state_until_they_expire()
    {
        await PutAsync(New("aa1") with { State = ForecastState.Finished, Start = 60, End = 180, Progress = 1, Records = 2, Memory = 2048, ProcessingMs = 3.6, ExpiresMs = Now + 100_000 });
        await PutAsync(New("aa2") with { State = ForecastState.Failed, Messages = ["why"], CreateMs = 6 });
        await PutAsync(New("bb") with { CreateMs = 7 });
        await PutAsync(New("old") with { State = ForecastState.Finished, ExpiresMs = Now - 1 });
        var all = (await _server.GetAsync(Job + "/_forecast")).Json;
        all.GetProperty("count").GetInt32().ShouldBe(3);
        all.GetProperty("forecasts")[0].GetRawText().ShouldBe($$"""
            {"job_id":"job-1","result_type":"model_forecast_request_stats","forecast_id":"aa1","forecast_status":"finished","forecast_progress":1,"processed_record_count":2,"forecast_messages":[],"forecast_memory_bytes":2048,"processing_time_ms":4,"forecast_create_timestamp":5,"forecast_start_timestamp":60000,"forecast_end_timestamp":180000,"forecast_expiry_timestamp":{{Now + 100_000}}}
            """.Trim());
        all.GetProperty("forecasts")[1].GetProperty("forecast_messages")[0].GetString().ShouldBe("why");
        all.GetProperty("forecasts")[2].GetProperty("forecast_status").GetString().ShouldBe("scheduled");
        all.GetProperty("forecasts")[2].TryGetProperty("forecast_expiry_timestamp", out _).ShouldBeFalse("it never expires");
        (await _server.GetAsync(Job + "/_forecast/aa*")).Json.GetProperty("count").GetInt32().ShouldBe(2);
        (await _server.GetAsync(Job + "/_forecast/bb,aa1")).Json.GetProperty("count").GetInt32().ShouldBe(2);
        (await _server.GetAsync(Job + "/_forecast/old")).ShouldBeError(404, "resource_not_found_exception", "[old]");
        (await _server.GetAsync(Job + "/_forecast/bb,")).ShouldBeError(400, "illegal_argument_exception", "empty element");
        (await _server.GetAsync("/_ml/anomaly_detectors/nope/_forecast")).ShouldBeError(404, "resource_not_found_exception", "[nope]");
    }

    [Fact]
    public async Task Points_are_read_by_time_in_pages()
    {
        await PutAsync(New("f") with { State = ForecastState.Started, Records = 4 });
        const string path = Job + "/results/forecasts/";
        var page = (await _server.PostAsync(path + "f", """{"start":60,"page":{"from":1,"size":2}}""")).Json;
        page.GetProperty("count").GetInt32().ShouldBe(3);
        page.GetProperty("forecasts").EnumerateArray().Select(point => point.GetProperty("n").GetInt32()).ShouldBe([2, 3]);
        (await _server.GetAsync(path + "f?end=60")).Json.GetProperty("count").GetInt32().ShouldBe(1);
        (await _server.GetAsync(path + "f?start=10&end=5")).ShouldBeError(400, "illegal_argument_exception", "[end]");
        (await _server.GetAsync(path + "f?size=10001")).ShouldBeError(400, "illegal_argument_exception", "10000");
        (await _server.GetAsync(path + "g")).ShouldBeError(404, "resource_not_found_exception", "[g]");
        await PutAsync(New("old") with { State = ForecastState.Finished, ExpiresMs = Now - 1, Records = 1 });
        (await _server.GetAsync(path + "old")).ShouldBeError(404, "resource_not_found_exception", "[old]");
    }

    [Theory]
    [InlineData("", "_all", true)]
    [InlineData("/a,b*?allow_no_forecasts=false", "a,b*", false)]
    public async Task A_deletion_is_the_owners_business(string rest, string expression, bool allowNone)
    {
        (await _server.SendAsync("DELETE", $"{Job}/_forecast{rest}")).Json.GetProperty("acknowledged").GetBoolean().ShouldBeTrue();
        _server.Jobs.Asked.OfType<RemoveForecasts>().Single().ShouldBe(new RemoveForecasts("job-1", expression, allowNone));
    }

    [Fact]
    public async Task A_deletion_that_takes_too_long_is_answered_in_time()
    {
        _server.Jobs.Stuck.Add("job-1");
        (await _server.SendAsync("DELETE", Job + "/_forecast?timeout=50ms")).ShouldBeError(408, "status_exception", "may still happen");
    }

    [Fact]
    public async Task Statistics_and_table_show_the_figures_of_the_forecasts()
    {
        await PutAsync(New("a") with { State = ForecastState.Finished, Records = 2, Memory = 1024, ProcessingMs = 10 });
        await PutAsync(New("b") with { State = ForecastState.Failed, Records = 4, Memory = 3072, ProcessingMs = 30 });
        await PutAsync(New("old") with { State = ForecastState.Finished, Records = 1, Memory = 9999, ExpiresMs = Now - 1 });
        var jobs = (await _server.GetAsync("/_ml/anomaly_detectors/_stats")).Json.GetProperty("jobs");
        jobs[0].GetProperty("forecasts_stats").GetRawText().ShouldBe("""
            {"total":2,"forecasted_jobs":1,"memory_bytes":{"total":4096,"min":1024,"avg":2048,"max":3072},"records":{"total":6,"min":2,"avg":3,"max":4},"processing_time_ms":{"total":40,"min":10,"avg":20,"max":30},"status":{"finished":1,"failed":1}}
            """.Trim());
        jobs[1].GetProperty("forecasts_stats").GetRawText().ShouldBe("""{"total":0,"forecasted_jobs":0}""");
        var row = (await _server.GetAsync("/_cat/ml/anomaly_detectors?format=json&h=forecasts.*,id")).Json;
        row[0].GetRawText().ShouldBe("""
            {"forecasts.total":"2","forecasts.memory.min":"1kb","forecasts.memory.max":"3kb","forecasts.memory.avg":"2kb","forecasts.memory.total":"4kb","forecasts.records.min":"2","forecasts.records.max":"4","forecasts.records.avg":"3","forecasts.records.total":"6","forecasts.time.min":"10ms","forecasts.time.max":"30ms","forecasts.time.avg":"20ms","forecasts.time.total":"40ms","id":"job-1"}
            """.Trim());
        row[1].GetProperty("forecasts.total").GetString().ShouldBe("0");
        row[1].GetProperty("forecasts.memory.min").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    private static Forecast New(string id) => new() { JobId = "job-1", ForecastId = id, CreateMs = 5, BucketSpan = 60, Duration = 120 };

    // With as many points as it has records, one a minute, numbered.
    private async Task PutAsync(Forecast forecast)
    {
        var scheduled = forecast with { State = ForecastState.Scheduled };
        await _server.Storage.Jobs.WriteAsync(forecast.State == ForecastState.Scheduled
            ? [new PutForecast(scheduled)]
            : [new PutForecast(scheduled), new AdvanceForecast(forecast with { Run = 1 }, 0,
                [.. Enumerable.Range(0, (int)forecast.Records).Select(i => new ForecastRow(i * 60, Encoding.UTF8.GetBytes($$"""{"n":{{i}}}""")))])]);
    }
}
