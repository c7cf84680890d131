using System.Text.Json;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Tests.Running;

namespace MlActors.Jobs.Tests.Auditing;

/// <summary>What is told of the life of a job, and of whom.</summary>
public class MessageTests : JobHarness
{
    private static readonly Caller Eve = new("eve", "10.0.0.9");

    [Fact]
    public async Task Every_step_is_told_with_who_asked_for_it()
    {
        var job = Incarnate("j");
        await AskAsync<Done>(job, new CreateJob(Config("j")) { By = Eve });
        await AskAsync<JobOpenedReply>(job, new OpenJob("j") { By = Eve });
        await AskAsync<PieceAccepted>(job, Minutes("j", 0, 10));
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        await AskAsync<JobOpenedReply>(job, new OpenJob("j"));
        await AskAsync<JobClosedReply>(job, new ForceCloseJob("j") { By = Eve });
        await AskAsync<Done>(job, new DeleteJob("j", Force: false, "task") { By = Eve });
        (await MessagesAsync("j")).ShouldBe(
        [
            "info eve job created", "info eve job is opening", "info - job opened", "info - job is closing", "info - job closed", "info - job is opening", "info - job opened",
            "info eve job is closing (forced)", "info - job closed (forced): what it had accepted and not analysed is analysed when it opens again",
            "info eve job is being deleted", "info - job deleted",
        ]);
    }

    [Fact]
    public async Task What_is_refused_or_confirmed_is_not_told()
    {
        var job = await OpenNewAsync("j");
        await AskAsync<JobClosedReply>(job, new CloseJob("j"));
        var before = await MessagesAsync("j");
        await AskAsync<JobClosedReply>(job, new CloseJob("j") { By = Eve });
        await AskAsync<Refused>(job, new CreateJob(Config("j")) { By = Eve });
        (await MessagesAsync("j")).ShouldBe(before);
    }

    /// <summary>Whoever adds an event decides what is told of it.</summary>
    [Fact]
    public void Of_every_kind_of_event_something_is_told_but_for_what_users_do_not_ask_for()
    {
        var silent = typeof(JobEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JobEvent)))
            .Where(type => AuditTexts.Of((JobEvent)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type) switch
            {
                DatafeedPut put => put with { Config = new Jobs.Datafeeds.DatafeedConfig { DatafeedId = "f", JobId = "j" } },
                DatafeedStarted started => started with { Run = new Jobs.Datafeeds.DatafeedRun(1, 0, null, 0) },
                var other => other,
            }, JobLifecycleState.Absent) is null);
        silent.ShouldBe([typeof(SnapshotTaken), typeof(StateSaved)], ignoreOrder: true);
    }

    private async Task<List<string>> MessagesAsync(string jobId) =>
        [.. (await Storage.Audit.QueryAsync(new AuditQuery(jobId, null, null, AuditLevel.Info, 0, 100))).Documents.Reverse().Select(document =>
        {
            var message = JsonElement.Parse(document.Span);
            message.GetProperty("node_name").GetString().ShouldBe("node");
            return $"{message.GetProperty("level")} {(message.TryGetProperty("user", out var user) ? user : "-")} {message.GetProperty("message")}";
        })];
}
