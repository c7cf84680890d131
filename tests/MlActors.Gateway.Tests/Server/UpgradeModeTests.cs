using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Upgrading;

namespace MlActors.Gateway.Tests.Server;

public sealed class UpgradeModeTests : IAsyncLifetime
{
    private const string Path = "/_ml/set_upgrade_mode";

    private GatewayServer _server = null!;

    public async Task InitializeAsync() => _server = await GatewayServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private async Task<bool> InfoAsync() => (await _server.GetAsync("/_ml/info")).Json.GetProperty("upgrade_mode").GetBoolean();

    [Fact]
    public async Task It_is_set_and_ended_and_the_info_tells()
    {
        (await InfoAsync()).ShouldBeFalse();
        var answer = await _server.PostAsync(Path + "?enabled=true&timeout=10m");
        (answer.Status, answer.Text).ShouldBe((200, """{"acknowledged":true}"""));
        _server.Upgrade.Timeout.ShouldBe(TimeSpan.FromMinutes(10));
        (await InfoAsync()).ShouldBeTrue();
        // As in the API, leaving it out means no.
        (await _server.PostAsync(Path)).Status.ShouldBe(200);
        _server.Upgrade.Timeout.ShouldBe(TimeSpan.FromSeconds(30));
        (await InfoAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_that_does_not_follow_in_time_is_named_and_the_setting_stays()
    {
        _server.Upgrade.Change = new UpgradeChange(["10.0.0.7:4053"], Superseded: false);
        var answer = await _server.PostAsync(Path + "?enabled=true&timeout=250ms");
        answer.ShouldBeError(408, "status_exception", "upgrade mode is on and stays so", "[0.25s]", "[10.0.0.7:4053]", "again");
        (await InfoAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_is_overtaken_by_the_opposite_is_told()
    {
        _server.Upgrade.Change = new UpgradeChange(["10.0.0.7:4053"], Superseded: true);
        (await _server.PostAsync(Path + "?enabled=true")).ShouldBeError(429, "status_exception", "opposite");
    }

    [Theory]
    [InlineData("?enabled=maybe", "enabled")]
    [InlineData("?timeout=soon", "timeout")]
    public async Task A_parameter_that_is_wrong_is_named_and_nothing_happens(string query, string name)
    {
        (await _server.PostAsync(Path + query)).ShouldBeError(400, "illegal_argument_exception", $"[{name}]");
        _server.Upgrade.Timeout.ShouldBeNull();
    }

    [Fact]
    public async Task A_job_that_is_open_is_on_no_node_meanwhile_and_says_why()
    {
        await _server.PutJobAsync("job-1", JobState.Opened);
        await _server.PutJobAsync("job-2");
        async Task<(string State, bool Node, string? Why)> StatsAsync(string job)
        {
            var stats = (await _server.GetAsync($"/_ml/anomaly_detectors/{job}/_stats")).Json.GetProperty("jobs")[0];
            return (stats.GetProperty("state").GetString()!, stats.TryGetProperty("node", out _), stats.TryGetProperty("assignment_explanation", out var why) ? why.GetString() : null);
        }
        (await StatsAsync("job-1")).ShouldBe(("opened", true, ""));
        await _server.PostAsync(Path + "?enabled=true");
        (await StatsAsync("job-1")).ShouldBe(("opened", false, UpgradeSetting.Explanation));
        (await StatsAsync("job-2")).ShouldBe(("closed", false, null));
        (await _server.GetAsync("/_cat/ml/anomaly_detectors/job-1?h=state,ae,ni")).Text.ShouldContain(UpgradeSetting.Explanation);
    }

    [Fact]
    public async Task A_datafeed_that_is_started_says_so_too()
    {
        await _server.PutJobAsync("job-1", JobState.Opened, status: old => old with { Datafeed = new DatafeedStatus { DatafeedId = "feed", State = DatafeedState.Started } });
        var feed = new DatafeedConfig { DatafeedId = "feed", JobId = "job-1", Indices = ["x"] };
        await _server.Storage.Jobs.WriteAsync([new PutDatafeedConfig(feed)]);
        await _server.PostAsync(Path + "?enabled=true");
        var stats = (await _server.GetAsync("/_ml/datafeeds/feed/_stats")).Json.GetProperty("datafeeds")[0];
        stats.GetProperty("state").GetString().ShouldBe("started");
        stats.GetProperty("assignment_explanation").GetString().ShouldBe(UpgradeSetting.Explanation);
        stats.TryGetProperty("node", out _).ShouldBeFalse();
    }
}
