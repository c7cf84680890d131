using System.Text;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

public abstract class ForecastCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    private static Forecast New(string job, string id, long createMs = 1000, long? expiresMs = 5000) => new()
    {
        JobId = job, ForecastId = id, InputSeq = 7, BucketSpan = 60, Duration = 3600, MaxMemory = 1 << 20, CreateMs = createMs, ExpiresMs = expiresMs,
    };

    private static ForecastRow[] Rows(int first, int count, long span = 60) =>
        [.. Enumerable.Range(first, count).Select(i => new ForecastRow(i / 2 * span, Encoding.UTF8.GetBytes($$"""{"n":{{i}}}""")))];

    [Fact]
    public async Task A_forecast_comes_back_as_it_was_written()
    {
        var forecast = New("a", "f") with { Start = 5, End = 6, Messages = ["left out"] };
        await WriteAsync(new PutForecast(forecast), new PutForecast(New("b", "f")));
        var read = (await Storage.Jobs.ListForecastsAsync(["a"])).Single();
        read.Messages.ShouldBe(forecast.Messages);
        (read with { Messages = forecast.Messages }).ShouldBe(forecast);
        var done = forecast with { State = ForecastState.Finished, Run = 1, Progress = 0.5, Records = 2, Memory = 9, ProcessingMs = 1.5 };
        await WriteAsync(new AdvanceForecast(done, 0, Rows(0, 2)));
        await ReopenAsync();
        read = (await Storage.Jobs.ListForecastsAsync(["a"])).Single();
        (read with { Messages = done.Messages }).ShouldBe(done);
        (await Storage.Jobs.ListForecastsAsync(["b"])).Single().State.ShouldBe(ForecastState.Scheduled);
    }

    [Fact]
    public async Task Forecasts_of_many_jobs_are_listed_together_in_the_order_of_their_creation()
    {
        await WriteAsync(new PutForecast(New("a", "z", 1)), new PutForecast(New("a", "y", 3)), new PutForecast(New("a", "x", 2)), new PutForecast(New("b", "w")), new PutForecast(New("c", "v")));
        (await Storage.Jobs.ListForecastsAsync(["c", "a", "none"])).Select(forecast => forecast.ForecastId).ShouldBe(["v", "z", "x", "y"]);
        (await Storage.Jobs.ListForecastsAsync([])).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_forecast_of_an_id_is_refused()
    {
        await WriteAsync(new PutForecast(New("a", "f")));
        await ConflictAsync(new PutForecast(New("a", "f")));
        await WriteAsync(new PutForecast(New("b", "f")));
    }

    [Fact]
    public async Task Who_begins_later_makes_it_and_the_one_before_can_write_no_more()
    {
        var first = New("a", "f") with { State = ForecastState.Started, Run = 1 };
        await WriteAsync(new PutForecast(New("a", "f")), new AdvanceForecast(first, 0, []), new AdvanceForecast(first with { Records = 4 }, 1, Rows(0, 4)));
        await ConflictAsync(new AdvanceForecast(first, 0, []));
        var second = first with { Run = 2, Records = 0 };
        await WriteAsync(new AdvanceForecast(second, 1, []));
        await ConflictAsync(new AdvanceForecast(first with { Records = 6 }, 1, Rows(4, 2)));
        (await QueryAsync("a", "f")).Count.ShouldBe(4);
        await WriteAsync(new AdvanceForecast(second with { Records = 2, State = ForecastState.Finished }, 2, Rows(0, 2)));
        await ConflictAsync(new AdvanceForecast(second, 2, []));
        await ConflictAsync(new AdvanceForecast(New("a", "gone"), 0, []));
        (await Storage.Jobs.ListForecastsAsync(["a"])).Single().Records.ShouldBe(2);
    }

    [Fact]
    public async Task Points_come_by_time_in_pages_and_writing_them_again_changes_nothing()
    {
        var forecast = New("a", "f") with { State = ForecastState.Started, Run = 1, Records = 10 };
        await WriteAsync(new PutForecast(New("a", "f")), new AdvanceForecast(forecast, 0, Rows(0, 10)));
        await WriteAsync(new AdvanceForecast(forecast, 1, Rows(0, 10)), new AdvanceForecast(forecast with { Records = 20 }, 1, Rows(10, 10)));
        var all = await QueryAsync("a", "f");
        all.Count.ShouldBe(20);
        all.Documents.Select(Number).ShouldBe(Enumerable.Range(0, 20));
        var page = await Storage.Results.QueryForecastAsync(new ForecastQuery("a", "f", 60_001, 240_000, 1, 3));
        page.Count.ShouldBe(4);
        page.Documents.Select(Number).ShouldBe([5, 6, 7]);
        (await QueryAsync("a", "g")).Count.ShouldBe(0);
        (await QueryAsync("b", "f")).Count.ShouldBe(0);

        static int Number(ReadOnlyMemory<byte> document) => System.Text.Json.JsonElement.Parse(document.Span).GetProperty("n").GetInt32();
    }

    [Fact]
    public async Task Those_that_have_not_ended_fail_together_with_the_reason()
    {
        var started = New("a", "started") with { State = ForecastState.Started, Run = 1, Messages = ["left out"], Records = 2, Progress = 0.25 };
        await WriteAsync(new PutForecast(New("a", "scheduled")), new PutForecast(New("a", "started")), new AdvanceForecast(started, 0, Rows(0, 2)),
            new PutForecast(New("a", "finished")), new AdvanceForecast(New("a", "finished") with { State = ForecastState.Finished, Run = 1 }, 0, []), new PutForecast(New("b", "other")));
        await WriteAsync(new FailForecasts("a", "closed"));
        var byId = (await Storage.Jobs.ListForecastsAsync(["a"])).ToDictionary(forecast => forecast.ForecastId);
        (byId["scheduled"].State, byId["started"].State, byId["finished"].State).ShouldBe((ForecastState.Failed, ForecastState.Failed, ForecastState.Finished));
        byId["scheduled"].Messages.ShouldBe(["closed"]);
        byId["started"].Messages.ShouldBe(["left out", "closed"]);
        byId["started"].Progress.ShouldBe(0.25);
        byId["finished"].Messages.ShouldBeEmpty();
        (await Storage.Jobs.ListForecastsAsync(["b"])).Single().State.ShouldBe(ForecastState.Scheduled);
        await ConflictAsync(new AdvanceForecast(started with { Records = 4 }, 1, Rows(2, 2)));
    }

    [Fact]
    public async Task Ended_forecasts_expire_by_time_or_by_wish_and_others_do_not()
    {
        foreach (var (id, expires, state) in new[] { ("soon", (long?)5000, ForecastState.Finished), ("never", null, ForecastState.Failed), ("running", 5000, ForecastState.Started) })
            await WriteAsync(new PutForecast(New("a", id, expiresMs: expires)), new AdvanceForecast(New("a", id, expiresMs: expires) with { State = state, Run = 1 }, 0, []));
        (await Storage.Jobs.ListExpiredForecastsAsync(4999, 10)).ShouldBeEmpty();
        (await Storage.Jobs.ListExpiredForecastsAsync(5000, 10)).Select(forecast => forecast.ForecastId).ShouldBe(["soon"]);
        await WriteAsync(new ExpireForecasts("a", ["never", "running", "unknown"], 100));
        (await Storage.Jobs.ListExpiredForecastsAsync(100, 10)).Select(forecast => forecast.ForecastId).ShouldBe(["never"]);
        (await Storage.Jobs.ListExpiredForecastsAsync(5000, 1)).Count.ShouldBe(1);
        (await Storage.Jobs.ListForecastsAsync(["a"])).Single(forecast => forecast.ForecastId == "running").ExpiresMs.ShouldBe(5000);
        (await Storage.Jobs.ListForecastsAsync(["a"])).Single(forecast => forecast.ForecastId == "never").IsExpired(100).ShouldBeTrue();
    }

    [Fact]
    public async Task A_forecast_is_deleted_in_pieces_its_row_last()
    {
        await PutAsync("a", "f", 10);
        await PutAsync("a", "g", 3);
        await WriteAsync(new DeleteForecast("a", "f", 4, KeepRow: false));
        (await QueryAsync("a", "f")).Count.ShouldBe(6);
        (await Storage.Jobs.ListForecastsAsync(["a"])).Count.ShouldBe(2);
        await WriteAsync(new DeleteForecast("a", "f", 6, KeepRow: true));
        (await Storage.Jobs.HasForecastPointsAsync("a", "f")).ShouldBeFalse();
        (await Storage.Jobs.ListForecastsAsync(["a"])).Count.ShouldBe(2);
        await WriteAsync(new DeleteForecast("a", "f", 6, KeepRow: false));
        (await Storage.Jobs.ListForecastsAsync(["a"])).Single().ForecastId.ShouldBe("g");
        (await Storage.Jobs.HasForecastPointsAsync("a", "g")).ShouldBeTrue();
    }

    [Fact]
    public async Task Forecasts_are_work_and_go_with_it_in_pieces()
    {
        await PutAsync("a", "f", 10);
        await PutAsync("b", "f", 1);
        (await Storage.Jobs.HasWorkAsync("a")).ShouldBeTrue();
        await WriteAsync(new DeleteResults("a", long.MinValue, 100));
        (await QueryAsync("a", "f")).Count.ShouldBe(10, "a forecast is no result of its time");
        var rounds = 0;
        for (; await Storage.Jobs.HasWorkAsync("a"); rounds++) await WriteAsync(new DeleteWork("a", 4));
        rounds.ShouldBe(3);
        (await Storage.Jobs.ListForecastsAsync(["a"])).ShouldBeEmpty();
        (await QueryAsync("b", "f")).Count.ShouldBe(1);
    }

    private Task PutAsync(string job, string id, int points) => WriteAsync(
        new PutForecast(New(job, id)), new AdvanceForecast(New(job, id) with { State = ForecastState.Finished, Run = 1, Records = points }, 0, Rows(0, points)));

    private async Task ConflictAsync(StoreWrite write) => (await Should.ThrowAsync<StoreException>(() => WriteAsync(write))).Failure.ShouldBe(StoreFailure.Conflict);

    private Task<ResultPage> QueryAsync(string job, string id) => Storage.Results.QueryForecastAsync(new ForecastQuery(job, id, null, null, 0, 1000));
}
