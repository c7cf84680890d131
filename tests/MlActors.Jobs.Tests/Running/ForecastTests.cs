using System.Text;
using System.Text.Json;
using Akka.Actor;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Results;
using MlActors.Jobs.Running;

namespace MlActors.Jobs.Tests.Running;

/// <summary>Forecasts of jobs whose every part is real. The usual job has three series: the mean of hosts a and b, and the count; buckets of a minute.</summary>
public class ForecastTests : JobHarness
{
    private const int Day = 86_400;
    private const int Series = 3;

    // Long enough to be caught in the middle: some hundred transactions.
    private const int Long = 7 * Day;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);

    protected override RunningOptions Options => new() { ForecastPiece = 50 };

    [Fact]
    public async Task A_forecast_is_durable_when_it_is_accepted_and_is_then_made()
    {
        var job = await FedAsync("j");
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", Day));
        (await FindAsync("j", "f")).ShouldNotBeNull();
        var forecast = await EndedAsync("j", "f");
        forecast.State.ShouldBe(ForecastState.Finished, string.Join(';', forecast.Messages));
        (forecast.Progress, forecast.Records).ShouldBe((1, 1440 * Series));
        (forecast.Start, forecast.End).ShouldBe((Start + (99 * 60), Start + (99 * 60) + Day));
        forecast.Memory.ShouldBeGreaterThan(0);
        forecast.Messages.ShouldBeEmpty();
        var points = await PointsAsync("j", "f");
        points.Count.ShouldBe(1440 * Series);
        points.Select(point => point.GetProperty("timestamp").GetInt64()).Distinct().ShouldBe(Enumerable.Range(0, 1440).Select(i => (Start + ((99 + i) * 60)) * 1000));
        var first = points[1];
        (first.GetProperty("result_type").GetString(), first.GetProperty("forecast_id").GetString()).ShouldBe(("model_forecast", "f"));
        (first.GetProperty("partition_field_name").GetString(), first.GetProperty("partition_field_value").GetString()).ShouldBe(("host", "b"));
        first.GetProperty("forecast_prediction").GetDouble().ShouldBeInRange(90, 140);
        (first.GetProperty("forecast_lower").GetDouble() < first.GetProperty("forecast_upper").GetDouble()).ShouldBeTrue();
    }

    [Fact]
    public async Task It_begins_where_the_data_accepted_before_it_ends()
    {
        var job = await OpenNewAsync("j");
        var posts = new List<Task>();
        for (var minute = 0; minute < 100; minute += 10) posts.Add(AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10)));
        var asked = AskAsync<ForecastAccepted>(job, Ask("j", "f", Day));
        posts.Add(AskAsync<PieceAccepted>(job, Minutes("j", 100, 120)));
        await Task.WhenAll(posts);
        await asked;
        (await EndedAsync("j", "f")).Start.ShouldBe(Start + (99 * 60));
    }

    [Fact]
    public async Task The_analysis_goes_on_while_a_forecast_is_made()
    {
        var (results, state) = await UndisturbedAsync();
        var job = await OpenNewAsync("j", new RunningOptions { ForecastPiece = 100 });
        for (var minute = 0; minute < 120; minute += 10)
        {
            await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
            if (minute == 100) await AskAsync<ForecastAccepted>(job, Ask("j", "f", 5 * 365L * Day));
        }
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, null, null));
        var forecast = (await FindAsync("j", "f"))!;
        forecast.HasEnded.ShouldBeFalse("it takes far longer than the analysis of twenty minutes");
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await ResultsAsync("j")).ShouldBe(results);
        (await ModelStateAsync("j")).ShouldBe(state);
    }

    [Fact]
    public async Task Whoever_takes_over_makes_it_from_its_beginning_without_a_point_twice_or_missing()
    {
        var job = await FedAsync("calm");
        await AskAsync<ForecastAccepted>(job, Ask("calm", "f", Long));
        (await EndedAsync("calm", "f")).State.ShouldBe(ForecastState.Finished);
        var calm = (await PointsAsync("calm", "f")).ConvertAll(point => point.GetRawText());

        job = await FedAsync("j");
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", Long));
        for (var death = 0; death < 3; death++)
        {
            await AwaitConditionAsync(async () => await FindAsync("j", "f") is { Records: > 0 } forecast && forecast.Run == death + 1, Patience, Soon);
            await KillAsync(job);
            (await FindAsync("j", "f"))!.HasEnded.ShouldBeFalse("it was to be caught in the middle");
            job = Incarnate("j");
            // What comes meanwhile must not move it.
            await AskAsync<PieceAccepted>(job, Minutes("j", 110 + (10 * death), 120 + (10 * death)));
        }
        var forecast = await EndedAsync("j", "f");
        (forecast.State, forecast.Run, forecast.Records).ShouldBe((ForecastState.Finished, 4, Long / 60 * Series));
        (await PointsAsync("j", "f")).ConvertAll(point => point.GetRawText().Replace("\"j\"", "\"calm\"", StringComparison.Ordinal)).ShouldBe(calm);
    }

    [Fact]
    public async Task Nothing_stays_of_an_earlier_beginning_when_a_later_state_is_all_that_is_left()
    {
        var options = Options with { CheckpointInputs = 1 };
        var job = await FedAsync("j", options);
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", Long));
        await AwaitConditionAsync(async () => await FindAsync("j", "f") is { Records: > 0 }, Patience, Soon);
        var before = (await FindAsync("j", "f"))!;
        await AskAsync<PieceAccepted>(job, Minutes("j", 100, 130));
        await AwaitConditionAsync(async () => (await Storage.Jobs.ListSnapshotsAsync("j")).Any(snapshot => snapshot.InputSeq > before.InputSeq), Patience, Soon);
        await KillAsync(job);
        (await FindAsync("j", "f"))!.HasEnded.ShouldBeFalse("it was to be caught in the middle");
        await AskAsync<Done>(Incarnate("j", options), new WakeJob("j"));
        var forecast = await EndedAsync("j", "f");
        forecast.Start.ShouldBe(Start + (129 * 60));
        var points = await PointsAsync("j", "f");
        points.Count.ShouldBe(Long / 60 * Series);
        points[0].GetProperty("timestamp").GetInt64().ShouldBe(forecast.Start!.Value * 1000);
    }

    [Theory]
    [InlineData(false, "the job was closed before")]
    [InlineData(true, "closed by force")]
    public async Task A_close_ends_a_running_forecast_as_failed(bool force, string reason)
    {
        var job = await FedAsync("j");
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", 5 * 365L * Day));
        await AwaitConditionAsync(async () => (await FindAsync("j", "f"))!.Records > 0, Patience, Soon);
        await AskAsync<JobClosedReply>(job, force ? new ForceCloseJob("j") : new CloseJob("j"));
        var forecast = (await FindAsync("j", "f"))!;
        (forecast.State, forecast.Messages.Single().Contains(reason, StringComparison.Ordinal)).ShouldBe((ForecastState.Failed, true), forecast.Messages.Single());
        var points = (await PointsAsync("j", "f", 1)).Count;
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await AskAsync<ForecastAccepted>(job, Ask("j", "g", Day));
        (await EndedAsync("j", "g")).State.ShouldBe(ForecastState.Finished);
        (await FindAsync("j", "f"))!.Run.ShouldBe(forecast.Run, "nobody goes on with it");
        (await PointsAsync("j", "f", 1)).Count.ShouldBe(points);
    }

    [Fact]
    public async Task A_forced_close_that_the_next_owner_finishes_ends_it_too()
    {
        var job = await FedAsync("j");
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", 5 * 365L * Day));
        job.Tell(new ForceCloseJob("j") { NotifyAccepted = true }, TestActor);
        ExpectMsg<Accepted>(Patience);
        await KillAsync(job);
        await AskAsync<Done>(Incarnate("j"), new WakeJob("j"));
        await AwaitConditionAsync(async () => await StoredStateAsync("j") == JobState.Closed, Patience);
        (await FindAsync("j", "f"))!.State.ShouldBe(ForecastState.Failed);
    }

    [Fact]
    public async Task What_cannot_be_foretold_is_refused_with_the_reason()
    {
        var job = Incarnate("j");
        await RefusedAsync(job, Ask("j", "f", Day), RefusalKind.Conflict, "does not exist");
        await AskAsync<Done>(job, new CreateJob(Config("j")));
        await RefusedAsync(job, Ask("j", "f", Day), RefusalKind.Conflict, "it is closed; it must be opened");
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await RefusedAsync(job, Ask("j", "f", Day), RefusalKind.Invalid, "no data yet");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 1));
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, null, null));
        await RefusedAsync(job, Ask("j", "f", Day), RefusalKind.Invalid, "no bucket of it is finished yet");
        await AskAsync<PieceAccepted>(job, Minutes("j", 1, 5));
        await RefusedAsync(job, Ask("j", "f", 59), RefusalKind.Invalid, "[duration] is 59s; it must be at least the bucket span of job [j], 1m");
        await AskAsync<ForecastAccepted>(job, Ask("j", "early", Day));
        (await EndedAsync("j", "early")).Messages.Single().ShouldContain("in enough buckets");
        (await Storage.Jobs.ListForecastsAsync(["j"])).Single().State.ShouldBe(ForecastState.Failed);
    }

    [Fact]
    public async Task A_job_without_a_detector_to_foretell_says_so_of_each()
    {
        var job = await OpenAsync("j", """{"function":"count","over_field_name":"host"},{"function":"rare","by_field_name":"host"}""");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10, schema: Schema("""{"function":"count","over_field_name":"host"},{"function":"rare","by_field_name":"host"}""")));
        var reason = await RefusedAsync(job, Ask("j", "f", Day), RefusalKind.Invalid, "detector 0 cannot be foretold: it compares the values of [host]");
        reason.ShouldContain("detector 1 cannot be foretold: function [rare] has no value in time");
    }

    [Fact]
    public async Task Detectors_that_cannot_be_foretold_are_left_out_and_named()
    {
        const string detectors = """{"function":"count","over_field_name":"host"},{"function":"count"}""";
        var job = await OpenAsync("j", detectors);
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 100, schema: Schema(detectors)));
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", Day));
        var forecast = await EndedAsync("j", "f");
        (forecast.State, forecast.Records).ShouldBe((ForecastState.Finished, 1440));
        forecast.Messages.Single().ShouldContain("detector 0 cannot be foretold");
        (await PointsAsync("j", "f")).ShouldAllBe(point => point.GetProperty("detector_index").GetInt32() == 1);
    }

    [Fact]
    public async Task Copies_larger_than_allowed_fail_it_and_say_what_to_raise()
    {
        var job = await FedAsync("j");
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", Day) with { MaxMemory = 1000 });
        var forecast = await EndedAsync("j", "f");
        forecast.State.ShouldBe(ForecastState.Failed);
        forecast.Messages.Single().ShouldContain("raise [max_model_memory]");
        forecast.Memory.ShouldBeGreaterThan(1000);
        (await PointsAsync("j", "f")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_at_its_memory_limit_is_not_foretold()
    {
        const int hosts = 5000;
        var config = JobConfigReader.ReadPut("j", """
            {"analysis_config":{"bucket_span":"60s","detectors":[{"function":"count","partition_field_name":"host"}]},
             "analysis_limits":{"model_memory_limit":"1mb"},"data_description":{"time_format":"epoch"}}
            """u8, JobLimits.Default, DateTimeOffset.UnixEpoch);
        var job = Incarnate("j");
        await AskAsync<Done>(job, new CreateJob(config));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        var batch = new RecordBatch(config.ToSettings().Schema, 3 * hosts, [.. Enumerable.Range(0, 3 * hosts).Select(i => Start + (i / hosts * 60))],
            [Column.OfText([.. Enumerable.Range(0, 3 * hosts).Select(i => i % hosts)], [.. Enumerable.Range(0, hosts).Select(i => $"host-{i}")])],
            new InputCounts { InputBytes = 1 });
        await AskAsync<PieceAccepted>(job, new PostRecords("j", batch, null, 0, true));
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, null, null));
        await RefusedAsync(job, Ask("j", "f", Day), RefusalKind.Invalid, "at their memory limit (hard_limit); raise [model_memory_limit]");
    }

    [Fact]
    public async Task A_forecast_gets_at_most_two_fifths_of_the_memory_of_the_job()
    {
        var job = await FedAsync("j");
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", Day) with { MaxMemory = long.MaxValue });
        (await FindAsync("j", "f"))!.MaxMemory.ShouldBe((long)(0.4 * (1024L << 20)));
        await EndedAsync("j", "f");
    }

    [Fact]
    public async Task More_points_than_a_forecast_may_have_are_refused_by_it()
    {
        var job = await FedAsync("j", Options with { MaxForecastPoints = 1440 * Series - 1 });
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", Day));
        (await EndedAsync("j", "f")).Messages.Single().ShouldContain("shorten [duration]");
        await AskAsync<ForecastAccepted>(job, Ask("j", "g", Day - 60));
        (await EndedAsync("j", "g")).State.ShouldBe(ForecastState.Finished);
    }

    [Fact]
    public async Task Only_so_many_forecasts_may_wait_and_then_there_is_room_again()
    {
        var job = await FedAsync("j", Options with { MaxForecasts = 2 });
        var all = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => job.Ask<JobReply>(Ask("j", $"f{i}", 5 * 365L * Day), Patience)));
        all.OfType<ForecastAccepted>().Count().ShouldBe(2);
        all.OfType<Refused>().ShouldAllBe(refused => refused.Kind == RefusalKind.TooMany);
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        foreach (var id in new[] { "x", "y", "z" })
        {
            // The owner hears of the end of one shortly after its row says so.
            await AwaitConditionAsync(async () => await job.Ask<JobReply>(Ask("j", id, Day), Patience) is ForecastAccepted, Patience, Soon);
            await EndedAsync("j", id);
        }
    }

    [Fact]
    public async Task Finished_forecasts_are_deleted_with_their_points_and_running_ones_refuse_it()
    {
        var job = await FedAsync("j");
        await AskAsync<ForecastAccepted>(job, Ask("j", "a1", Day));
        await EndedAsync("j", "a1");
        await AskAsync<ForecastAccepted>(job, Ask("j", "a2", Day));
        await EndedAsync("j", "a2");
        await AskAsync<ForecastAccepted>(job, Ask("j", "b", 5 * 365L * Day));
        await RefusedAsync(job, new RemoveForecasts("j", "_all", AllowNone: true), RefusalKind.Conflict, "[b] is ");
        await RefusedAsync(job, new RemoveForecasts("j", "a1,nope", AllowNone: true), RefusalKind.NotFound, "[nope]");
        (await Storage.Jobs.ListForecastsAsync(["j"])).Count.ShouldBe(3, "a refusal deletes nothing");
        await AskAsync<Done>(job, new RemoveForecasts("j", "a*", AllowNone: false));
        (await Storage.Jobs.ListForecastsAsync(["j"])).Select(forecast => forecast.ForecastId).ShouldBe(["b"]);
        (await PointsAsync("j", "a1")).ShouldBeEmpty();
        await AskAsync<Done>(job, new RemoveForecasts("j", "a*", AllowNone: true));
        await RefusedAsync(job, new RemoveForecasts("j", "a*", AllowNone: false), RefusalKind.NotFound, "[a*]");
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AskAsync<Done>(job, new RemoveForecasts("j", "_all", AllowNone: false));
        (await Storage.Jobs.ListForecastsAsync(["j"])).ShouldBeEmpty();
        await RefusedAsync(job, new RemoveForecasts("j", "_all", AllowNone: false), RefusalKind.NotFound, "[_all]");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_or_delete_of_the_job_removes_them(bool reset)
    {
        var job = await FedAsync("j");
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", Long));
        await EndedAsync("j", "f");
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AskAsync<Done>(job, reset ? new ResetJob("j", "t") : new DeleteJob("j", Force: false, "t"));
        (await Storage.Jobs.ListForecastsAsync(["j"])).ShouldBeEmpty();
        (await Storage.Jobs.HasForecastPointsAsync("j", "f")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_store_that_cannot_write_for_a_while_delays_a_forecast_only()
    {
        var job = await FedAsync("j");
        await AskAsync<ForecastAccepted>(job, Ask("j", "f", Day));
        var held = (await FindAsync("j", "f"))!.Records;
        using (LockDatabase())
        {
            held = (await FindAsync("j", "f"))!.Records;
            await EventFilter.Error(contains: "could not be written").ExpectAsync(1, Patience, async () => await job.Ask<JobReply>(Minutes("j", 100, 101), Patience));
            (await FindAsync("j", "f"))!.Records.ShouldBe(held);
        }
        (await EndedAsync("j", "f")).State.ShouldBe(ForecastState.Finished);
        (await PointsAsync("j", "f")).Count.ShouldBe(1440 * Series);
    }

    private static StartForecast Ask(string jobId, string id, long duration) => new(jobId, id, duration, null, 20 << 20);

    private async Task<IActorRef> FedAsync(string id, RunningOptions? options = null)
    {
        var job = await OpenNewAsync(id, options);
        await AskAsync<PieceAccepted>(job, Minutes(id, 0, 100));
        return job;
    }

    private static JobConfig ConfigWith(string id, string detectors) => JobConfigReader.ReadPut(id, Encoding.UTF8.GetBytes(
        $$"""{"analysis_config":{"bucket_span":"60s","detectors":[{{detectors}}]},"data_description":{"time_format":"epoch"} }"""), JobLimits.Default, DateTimeOffset.UnixEpoch);

    private static MlActors.Analysis.Input.BatchSchema Schema(string detectors) => ConfigWith("j", detectors).ToSettings().Schema;

    private async Task<IActorRef> OpenAsync(string id, string detectors)
    {
        var job = Incarnate(id);
        await AskAsync<Done>(job, new CreateJob(ConfigWith(id, detectors)));
        await AskAsync<JobOpenedReply>(job, new OpenJob(id));
        return job;
    }

    private static async Task<string> RefusedAsync(IActorRef job, JobMessage message, RefusalKind kind, string part)
    {
        var refused = await AskAsync<Refused>(job, message);
        refused.Kind.ShouldBe(kind, refused.Reason);
        refused.Reason.ShouldContain(part);
        return refused.Reason;
    }

    private async Task<Forecast?> FindAsync(string jobId, string id) => (await Storage.Jobs.ListForecastsAsync([jobId])).FirstOrDefault(forecast => forecast.ForecastId == id);

    private async Task<Forecast> EndedAsync(string jobId, string id)
    {
        await AwaitConditionAsync(async () => await FindAsync(jobId, id) is { HasEnded: true }, Patience, Soon);
        return (await FindAsync(jobId, id))!;
    }

    private async Task<List<JsonElement>> PointsAsync(string jobId, string id, int atMost = 1_000_000) =>
        [.. (await Storage.Results.QueryForecastAsync(new ForecastQuery(jobId, id, null, null, 0, atMost))).Documents.Select(document => JsonElement.Parse(document.Span))];
}
