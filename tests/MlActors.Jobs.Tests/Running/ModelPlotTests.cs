using System.Text;
using System.Text.Json;
using Akka.Actor;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Results;
using MlActors.Jobs.Running;

namespace MlActors.Jobs.Tests.Running;

/// <summary>What is stored of the values of the series. The job has three: the mean of hosts a and b, and the count.</summary>
public class ModelPlotTests : JobHarness
{
    protected override RunningOptions Options => new() { CheckpointInputs = 4 };

    [Fact]
    public async Task Every_final_bucket_has_a_row_for_each_series()
    {
        var job = await OpenNewAsync("j");
        await UpdateAsync(job, """{"enabled":true}""");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 50));
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", CalculateInterim: true, null, null, null, null));
        var rows = await PlotAsync();
        rows.Count.ShouldBe(49 * 3, "the fiftieth bucket is interim");
        var last = rows[^2];
        last.GetProperty("result_type").GetString().ShouldBe("model_plot");
        last.GetProperty("timestamp").GetInt64().ShouldBe((Start + (48 * 60)) * 1000);
        (last.GetProperty("partition_field_name").GetString(), last.GetProperty("partition_field_value").GetString()).ShouldBe(("host", "b"));
        var (lower, median, upper) = (last.GetProperty("model_lower").GetDouble(), last.GetProperty("model_median").GetDouble(), last.GetProperty("model_upper").GetDouble());
        (lower < median && median < upper).ShouldBeTrue();
        last.GetProperty("actual").GetDouble().ShouldBeInRange(80, 120);
        rows[0].TryGetProperty("model_lower", out _).ShouldBeFalse("nothing is known of the first bucket");
    }

    [Fact]
    public async Task Only_series_of_the_terms_are_stored()
    {
        var job = await OpenNewAsync("j");
        await UpdateAsync(job, """{"enabled":true,"terms":"b, z"}""");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var rows = await PlotAsync();
        rows.Count.ShouldBe(9);
        rows.ShouldAllBe(row => row.GetProperty("partition_field_value").GetString() == "b");
    }

    [Fact]
    public async Task An_update_holds_for_the_buckets_finished_after_it_and_changes_no_model()
    {
        var (results, state) = await UndisturbedAsync();
        var job = await OpenNewAsync("j", new RunningOptions());
        for (var minute = 0; minute < 120; minute += 10)
        {
            if (minute == 30) await UpdateAsync(job, """{"enabled":true}""");
            if (minute == 60) await UpdateAsync(job, """{"enabled":false}""");
            await AskAsync<PieceAccepted>(job, Minutes("j", minute, minute + 10));
        }
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var times = (await PlotAsync()).Select(row => (row.GetProperty("timestamp").GetInt64() / 1000 - Start) / 60).Distinct().ToList();
        times.ShouldBe(Enumerable.Range(29, 30).Select(minute => (long)minute));
        (await ResultsAsync("j")).ShouldBe(results);
        (await ModelStateAsync("j")).ShouldBe(state);
    }

    [Fact]
    public async Task The_rows_are_the_same_however_often_the_owner_dies()
    {
        await RunAsync("calm", dies: false);
        await RunAsync("mortal", dies: true);
        var (calm, mortal) = (await PlotAsync("calm"), await PlotAsync("mortal"));
        calm.Count.ShouldBe(119 * 3);
        mortal.Select(row => row.GetRawText().Replace("mortal", "calm", StringComparison.Ordinal)).ShouldBe(calm.Select(row => row.GetRawText()));

        async Task RunAsync(string id, bool dies)
        {
            var job = await OpenNewAsync(id);
            await UpdateAsync(job, """{"enabled":true}""", id);
            for (var minute = 0; minute < 120; minute += 10)
            {
                await AskAsync<PieceAccepted>(job, Minutes(id, minute, minute + 10));
                if (!dies || minute % 20 != 0) continue;
                await KillAsync(job);
                job = Incarnate(id);
            }
            await AskAsync<JobClosedReply>(job, new CloseJob(id));
        }
    }

    [Fact]
    public async Task A_reset_removes_them()
    {
        var job = await OpenNewAsync("j");
        await UpdateAsync(job, """{"enabled":true}""");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await PlotAsync()).ShouldNotBeEmpty();
        await AskAsync<Done>(job, new ResetJob("j", "t"));
        (await PlotAsync()).ShouldBeEmpty();
    }

    private static async Task UpdateAsync(IActorRef job, string plot, string id = "j") => await AskAsync<JobUpdatedReply>(job,
        new UpdateJob(id, JobUpdate.Read(id, Encoding.UTF8.GetBytes($$"""{"model_plot_config":{{plot}}}"""), JobLimits.Default)));

    private async Task<List<JsonElement>> PlotAsync(string id = "j") =>
        [.. (await Storage.Results.QueryModelPlotAsync(new ModelPlotQuery(id, null, null, 0, 10_000))).Documents.Select(document => JsonElement.Parse(document.Span))];
}
