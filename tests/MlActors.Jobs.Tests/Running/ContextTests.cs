using System.Text;
using Akka.Actor;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Running;

namespace MlActors.Jobs.Tests.Running;

/// <summary>What rules, filters and calendars do to a job, and when. The spike of the data is in minute 95 of host b.</summary>
public class ContextTests : JobHarness
{
    protected override RunningOptions Options => new() { CheckpointInputs = 4 };

    [Fact]
    public async Task A_job_that_nothing_concerns_journals_nothing_about_it()
    {
        await Calendar("sales", "another-job");
        var job = await OpenNewAsync("j");
        await AskAsync<Done>(job, new RefreshContext("j"));
        (await InputsAsync("j")).ShouldBe(0);
    }

    [Fact]
    public async Task An_event_that_is_there_before_the_job_is_opened_holds()
    {
        await Calendar("sales", "_all");
        var job = await OpenNewAsync("j");
        (await InputsAsync("j")).ShouldBe(1);
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 100));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await ShouldBeHiddenAsync("j");
        (await ResultsAsync("j")).ShouldContain("\"scheduled_events\":[\"sale\"]");
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        (await InputsAsync("j")).ShouldBe(2, "it is the same context as before");
    }

    [Fact]
    public async Task A_change_holds_for_all_data_posted_after_its_answer()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 95));
        await Calendar("sales", "j");
        await AskAsync<Done>(job, new RefreshContext("j"));
        await AskAsync<PieceAccepted>(job, Minutes("j", 95, 100));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await ShouldBeHiddenAsync("j");
    }

    [Fact]
    public async Task Rules_change_while_the_job_is_open_and_with_them_their_filters()
    {
        await Storage.Contexts.AddFilterAsync(new FilterConfig("hosts", null, ["x"]));
        var (job, other) = (await OpenNewAsync("j"), await OpenNewAsync("other"));
        foreach (var (owner, id) in new[] { (job, "j"), (other, "other") })
        {
            await AskAsync<PieceAccepted>(owner, Minutes(id, 0, 90));
            (await AskAsync<JobUpdatedReply>(owner, Scoped(id))).Row.Config.AnalysisConfig.Detectors[0].CustomRules.Length.ShouldBe(1);
        }
        await Storage.Contexts.UpdateFilterAsync(new FilterUpdate("hosts", null, ["b"], []));
        await AskAsync<Done>(job, new RefreshContext("j"));
        foreach (var (owner, id) in new[] { (job, "j"), (other, "other") })
        {
            await AskAsync<PieceAccepted>(owner, Minutes(id, 90, 100));
            await AskAsync<JobClosedReply>(owner, new CloseJob(id));
        }
        await ShouldBeHiddenAsync("j");
        (await IsSpikeShownAsync("other")).ShouldBeTrue("this one was not told of the new item");
    }

    [Fact]
    public async Task A_change_that_nobody_told_of_holds_after_the_next_start_of_the_owner()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 95));
        await Calendar("sales", "j");
        await KillAsync(job);
        job = Incarnate("j");
        await AskAsync<PieceAccepted>(job, Minutes("j", 95, 100));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await ShouldBeHiddenAsync("j");
    }

    [Fact]
    public async Task An_owner_that_was_not_told_learns_of_a_change_by_its_version()
    {
        var job = await OpenNewAsync("j");
        await Calendar("sales", "j");
        await AskAsync<Done>(job, new WakeJob("j", await Storage.Contexts.ReadVersionAsync()));
        await AwaitConditionAsync(async () => await InputsAsync("j") == 1, Patience);
    }

    [Fact]
    public async Task A_job_that_is_not_open_confirms_a_change_and_looks_when_it_is_opened()
    {
        var job = Incarnate("j");
        await AskAsync<Done>(job, new RefreshContext("j"));
        await AskAsync<Done>(job, new CreateJob(Config("j")));
        await Calendar("sales", "j");
        await AskAsync<Done>(job, new RefreshContext("j"));
        (await InputsAsync("j")).ShouldBe(0);
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        (await InputsAsync("j")).ShouldBe(1);
    }

    [Fact]
    public async Task Changes_between_data_leave_the_same_results_and_model_however_often_the_owner_dies()
    {
        await Storage.Contexts.AddFilterAsync(new FilterConfig("hosts", null, ["x"]));
        var (results, state) = await RunAsync("calm", dies: false);
        var (again, stateAgain) = await RunAsync("mortal", dies: true);
        again.ShouldBe(results);
        stateAgain.ShouldBe(state);

        async Task<(string, byte[])> RunAsync(string id, bool dies)
        {
            var job = await OpenNewAsync(id, dies ? Options : new RunningOptions());
            for (var minute = 0; minute < 120; minute += 10)
            {
                await AskAsync<PieceAccepted>(job, Minutes(id, minute, minute + 10));
                if (minute == 20) await AskAsync<JobUpdatedReply>(job, Scoped(id));
                if (minute is 30 or 60)
                {
                    await Storage.Contexts.AddCalendarAsync(new CalendarConfig($"{id}-{minute}", null, [id]));
                    await Storage.Contexts.AddEventsAsync($"{id}-{minute}", [Event($"{id}-{minute}", minute + 20, minute + 25)]);
                    await AskAsync<Done>(job, new RefreshContext(id));
                }
                if (!dies || minute % 20 != 0) continue;
                await KillAsync(job);
                job = Incarnate(id);
            }
            await AskAsync<JobClosedReply>(job, new CloseJob(id));
            return (await ResultsAsync(id), await ModelStateAsync(id));
        }
    }

    [Fact]
    public async Task The_context_is_given_anew_to_a_model_that_was_reset_or_went_back()
    {
        await Calendar("sales", "j");
        var job = await OpenNewAsync("j");
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AskAsync<Done>(job, new ResetJob("j", "t"));
        await SpikeIsHiddenAsync();
        await AskAsync<SnapshotReply>(job, new RevertSnapshot("j", JobLifecycle.EmptySnapshot, DeleteInterveningResults: true, "t"));
        await SpikeIsHiddenAsync();

        async Task SpikeIsHiddenAsync()
        {
            await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
            await AskAsync<PieceAccepted>(job, Minutes("j", 0, 100));
            await AskAsync<JobClosedReply>(job, new CloseJob("j"));
            await ShouldBeHiddenAsync("j");
        }
    }

    [Fact]
    public async Task Every_one_of_many_changes_at_once_is_answered_and_the_last_one_holds()
    {
        await Storage.Contexts.AddCalendarAsync(new CalendarConfig("sales", null, ["j"]));
        var job = await OpenNewAsync("j");
        var posts = Task.WhenAll(Enumerable.Range(0, 9).Select(i => AskAsync<PieceAccepted>(job, Minutes("j", i * 10, (i * 10) + 10))));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await Storage.Contexts.AddEventsAsync("sales", [Event("sales", 90, 91, $"e{i}")]);
            await AskAsync<Done>(job, new RefreshContext("j"));
        }));
        await posts;
        await AskAsync<PieceAccepted>(job, Minutes("j", 90, 92));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var listed = System.Text.RegularExpressions.Regex.Match(await ResultsAsync("j"), "\"scheduled_events\":\\[([^]]*)\\]").Groups[1].Value;
        listed.Split(',').Length.ShouldBe(50);
    }

    [Fact]
    public async Task A_context_that_cannot_be_written_is_written_when_the_store_can_and_then_answered()
    {
        var job = await OpenNewAsync("j");
        await Calendar("sales", "j");
        Task<Done>? refreshed = null;
        using (LockDatabase())
        {
            await EventFilter.Error(contains: "could not be written").ExpectAsync(1, Patience, () =>
            {
                refreshed = AskAsync<Done>(job, new RefreshContext("j"));
                return Task.CompletedTask;
            });
            refreshed!.IsCompleted.ShouldBeFalse();
        }
        await refreshed!;
        (await InputsAsync("j")).ShouldBe(1);
    }

    private async Task Calendar(string id, string name)
    {
        await Storage.Contexts.AddCalendarAsync(new CalendarConfig(id, null, [name]));
        await Storage.Contexts.AddEventsAsync(id, [Event(id, 95, 96)]);
    }

    private static CalendarEvent Event(string calendar, int fromMinute, int toMinute, string id = "e") =>
        new(calendar, id, "sale", (Start + (fromMinute * 60L)) * 1000, (Start + (toMinute * 60L)) * 1000);

    private static UpdateJob Scoped(string id) => new(id, JobUpdate.Read(id, Encoding.UTF8.GetBytes(
        """{"detectors":[{"detector_index":0,"custom_rules":[{"scope":{"host":{"filter_id":"hosts"}}}]}]}"""), JobLimits.Default));

    private async Task<long> InputsAsync(string id) => (await Storage.Jobs.ReadStatusAsync(id))!.InputSeq;

    private async Task ShouldBeHiddenAsync(string id) => (await IsSpikeShownAsync(id)).ShouldBeFalse();

    private async Task<bool> IsSpikeShownAsync(string id)
    {
        var results = (await ResultsAsync(id)).Split('\n').Where(line => line.Contains($"\"timestamp\":{(Start + (95 * 60)) * 1000}", StringComparison.Ordinal)).ToList();
        results.ShouldContain(line => line.Contains("\"result_type\":\"bucket\"", StringComparison.Ordinal));
        return results.Exists(line => line.Contains("\"record_score\"", StringComparison.Ordinal) && line.Contains("\"partition_field_value\":\"b\"", StringComparison.Ordinal));
    }
}
