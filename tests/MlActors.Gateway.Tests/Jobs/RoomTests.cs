using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Placing;

namespace MlActors.Gateway.Tests.Jobs;

public sealed class RoomTests : IAsyncLifetime
{
    private const string Full = "node [first] is full";

    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartAsync(new GatewayOptions { Room = new RoomLimits(3, 5L << 30) });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>Has the owner of the job decide as on a node without room.</summary>
    private void NoRoom(string jobId) => _server.Jobs.Script = message => message.JobId == jobId && message is OpenJob open
        ? JobLifecycle.Decide(new JobLifecycleState { Config = new JobConfig { JobId = jobId, AnalysisConfig = new AnalysisConfig() } }, open, 1, new LifecycleDeadlines(1, 1, 1), Full)
            is Decision.Refuses refused ? new Refused(jobId, refused.Kind, refused.Reason) : null
        : null;

    [Fact]
    public async Task An_open_without_room_is_a_429_that_says_why_no_node_takes_it()
    {
        await _server.PutJobAsync("job-1");
        NoRoom("job-1");
        var answer = await _server.PostAsync("/_ml/anomaly_detectors/job-1/_open");
        answer.ShouldBeError(429, "status_exception");
        answer.Reason.ShouldBe($"could not open job [job-1] because no suitable nodes were found, allocation explanation [{Full}]");
        (await _server.StateOfAsync("job-1")).ShouldBe(JobState.Closed);
    }

    [Fact]
    public async Task An_expression_opens_those_that_there_is_room_for_and_names_the_others()
    {
        await _server.PutJobAsync("job-1");
        await _server.PutJobAsync("job-2");
        NoRoom("job-2");
        (await _server.PostAsync("/_ml/anomaly_detectors/job-*/_open")).ShouldBeError(429, "status_exception", "1 of 2 jobs are open", "[job-2]: could not open job", Full);
    }

    [Fact]
    public async Task A_job_that_waits_for_room_is_opened_on_no_node_and_says_why_it_waits()
    {
        await _server.PutJobAsync("lazy", JobState.Opening, ""","allow_lazy_open":true""", status => status with { State = JobState.Opening, NodeId = null, Reason = Full });
        _server.Jobs.Script = message => message is OpenJob ? new JobOpenedReply("lazy", "") : null;
        (await _server.PostAsync("/_ml/anomaly_detectors/lazy/_open")).Text.ShouldBe("""{"opened":true,"node":""}""");
        _server.Jobs.Script = _ => null;
        var stats = (await _server.GetAsync("/_ml/anomaly_detectors/lazy/_stats")).Json.GetProperty("jobs")[0];
        stats.GetProperty("state").GetString().ShouldBe("opening");
        stats.GetProperty("assignment_explanation").GetString().ShouldBe(Full);
        stats.TryGetProperty("node", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task The_memory_that_jobs_may_take_is_what_opens_are_held_to()
    {
        (await _server.GetAsync("/_ml/memory/_stats")).Text.ShouldContain($"\"max_in_bytes\":{5L << 30}");
        (await _server.GetAsync("/_ml/info")).Json.GetProperty("limits").GetProperty("total_ml_memory").GetString().ShouldBe("5120MB", StringCompareShould.IgnoreCase);
    }
}
