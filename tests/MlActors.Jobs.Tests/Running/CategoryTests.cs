using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Akka.Actor;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Results;
using MlActors.Jobs.Running;

namespace MlActors.Jobs.Tests.Running;

/// <summary>The categories of a job as they are stored.</summary>
public class CategoryTests : JobHarness
{
    private static readonly string[] Texts =
    [
        "session opened for user root by login", "connection from client refused by policy", "disk almost full on volume data", "service restarted after crash",
        "certificate expires within thirty days", "queue length above threshold again",
    ];

    protected override RunningOptions Options => new() { CheckpointInputs = 3 };

    [Fact]
    public async Task They_are_the_same_however_often_the_owner_dies()
    {
        await RunAsync("undisturbed", (job, _) => Task.FromResult(job));
        var expected = await CategoriesAsync("undisturbed");
        CountOf(expected).ShouldBe(Texts.Length);
        Regex.Matches(expected, "\"num_matches\":(\\d+)").Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ShouldBe(120 * 60);
        await RunAsync("disturbed", async (job, minute) =>
        {
            if (minute % 20 != 0) return job;
            await KillAsync(job);
            return Incarnate("disturbed");
        });
        (await CategoriesAsync("disturbed")).ShouldBe(expected.Replace("undisturbed", "disturbed", StringComparison.Ordinal));
        (await ResultsAsync("disturbed")).ShouldBe((await ResultsAsync("undisturbed")).Replace("undisturbed", "disturbed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_flush_shows_how_often_they_came()
    {
        var job = await CreateAsync("j");
        await AskAsync<PieceAccepted>(job, Lines("j", 0, 10));
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, null, null));
        (await CategoriesAsync("j")).ShouldContain("\"num_matches\":150");
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await Storage.Jobs.ReadStatusAsync("j"))!.Size.Categorization.TotalCategories.ShouldBe(4);
    }

    [Fact]
    public async Task After_going_back_to_before_they_were_found_they_are_gone_and_numbered_anew()
    {
        var job = await CreateAsync("j");
        await AskAsync<PieceAccepted>(job, Lines("j", 0, 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var early = await CategoriesAsync("j");
        var snapshot = (await Storage.Jobs.ReadStatusAsync("j"))!.ModelSnapshotId!;
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await AskAsync<PieceAccepted>(job, Lines("j", 100, 120));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await CategoriesAsync("j")).ShouldNotBe(early);
        await AskAsync<SnapshotReply>(job, new RevertSnapshot("j", snapshot, DeleteInterveningResults: true, "t"));
        CountOf(await CategoriesAsync("j")).ShouldBe(CountOf(early));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await AskAsync<JobFlushedReply>(job, new FlushJob("j", false, null, null, null, null));
        (await CategoriesAsync("j")).ShouldBe(early);
    }

    [Fact]
    public async Task Going_back_to_a_model_without_memory_removes_them_unless_results_stay()
    {
        var job = await CreateAsync("j");
        await AskAsync<PieceAccepted>(job, Lines("j", 0, 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AskAsync<SnapshotReply>(job, new RevertSnapshot("j", JobLifecycle.EmptySnapshot, DeleteInterveningResults: false, "t"));
        CountOf(await CategoriesAsync("j")).ShouldBe(4);
        await AskAsync<SnapshotReply>(job, new RevertSnapshot("j", JobLifecycle.EmptySnapshot, DeleteInterveningResults: true, "t"));
        (await CategoriesAsync("j")).ShouldBeEmpty();
    }

    [Fact]
    public async Task How_texts_are_read_changes_after_an_update_of_the_open_job_however_often_the_owner_dies()
    {
        await RunAsync("undisturbed", UpdateAsync);
        var expected = await CategoriesAsync("undisturbed");
        expected.ShouldContain("\"terms\":\"expires within thirty days\"");
        expected.ShouldNotContain("\"terms\":\"queue");
        await RunAsync("disturbed", async (job, minute) =>
        {
            await UpdateAsync(job, minute);
            if (minute % 20 != 0) return job;
            await KillAsync(job);
            return Incarnate("disturbed");
        });
        (await CategoriesAsync("disturbed")).ShouldBe(expected.Replace("undisturbed", "disturbed", StringComparison.Ordinal));
        (await ModelStateAsync("disturbed")).ShouldBe(await ModelStateAsync("undisturbed"));

        // Before the last two texts come for the first time.
        async Task<IActorRef> UpdateAsync(IActorRef job, int minute)
        {
            var update = JobUpdate.Read("any", """{"categorization_filters":["certificate|queue length above threshold again"]}"""u8, JobLimits.Default);
            if (minute == 50) await AskAsync<JobUpdatedReply>(job, new UpdateJob("any", update));
            return job;
        }
    }

    [Fact]
    public async Task A_reset_removes_them()
    {
        var job = await CreateAsync("j");
        await AskAsync<PieceAccepted>(job, Lines("j", 0, 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AskAsync<Done>(job, new ResetJob("j", "t"));
        (await CategoriesAsync("j")).ShouldBeEmpty();
    }

    private async Task RunAsync(string id, Func<IActorRef, int, Task<IActorRef>> between)
    {
        var job = await CreateAsync(id);
        for (var minute = 0; minute < 120; minute += 10)
        {
            await AskAsync<PieceAccepted>(job, Lines(id, minute, minute + 10));
            job = await between(job, minute);
        }
        await AskAsync<JobClosedReply>(job, new CloseJob(id));
    }

    private async Task<IActorRef> CreateAsync(string id)
    {
        var job = Incarnate(id);
        await AskAsync<Done>(job, new CreateJob(TextConfig(id)));
        await AskAsync<JobOpenedReply>(job, new OpenJob(id));
        return job;
    }

    private static JobConfig TextConfig(string id) => JobConfigReader.ReadPut(id, Encoding.UTF8.GetBytes("""
        {"analysis_config":{"bucket_span":"60s","categorization_field_name":"message","detectors":[{"function":"count","by_field_name":"mlcategory"}],"influencers":["mlcategory"]},
         "data_description":{"time_format":"epoch"}}
        """), JobLimits.Default, DateTimeOffset.UnixEpoch);

    // A line a second: four texts at first, two more after an hour.
    private static PostRecords Lines(string id, int from, int to)
    {
        var schema = TextConfig(id).ToSettings().Schema;
        var count = (to - from) * 60;
        var times = Enumerable.Range(0, count).Select(i => Start + (from * 60L) + i).ToArray();
        var column = Column.OfText([.. Enumerable.Range(0, count).Select(i => i % (from < 60 ? 4 : Texts.Length))], Texts);
        return new PostRecords(id, new RecordBatch(schema, count, times, [.. schema.Fields.Select(_ => column)], new InputCounts { InputBytes = count }), null, 0, true);
    }

    private static int CountOf(string categories) => categories.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private async Task<string> CategoriesAsync(string id)
    {
        var page = await Storage.Results.QueryCategoriesAsync(new CategoryQuery(id, null, null, 0, 1000));
        return string.Concat(page.Documents.Select(document => Encoding.UTF8.GetString(document.Span) + "\n"));
    }
}
