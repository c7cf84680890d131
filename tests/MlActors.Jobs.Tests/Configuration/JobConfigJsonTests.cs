using System.Text;
using System.Text.Json;
using CsCheck;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Tests.Configuration;

public sealed class JobConfigJsonTests
{
    [Fact]
    public void What_is_stored_is_read_back() => JobBodies.Valid.Sample(body =>
    {
        var config = Bodies.Put(body);
        var stored = JobConfigJson.Serialize(config);
        var read = JobConfigJson.Deserialize(stored);
        JobConfigJson.Serialize(read).ShouldBe(stored);
        Text(Bodies.Api(read)).ShouldBe(Text(Bodies.Api(config)));
        read.ToSettings().Detectors.ShouldBe(config.ToSettings().Detectors);
    });

    [Fact]
    public void A_job_shown_without_what_the_server_wrote_creates_the_same_job() => JobBodies.Valid.Sample(body =>
    {
        var config = Bodies.Put(body);
        var again = Bodies.Put(Text(Bodies.Api(config, excludeGenerated: true)));
        JobConfigJson.Serialize(again).ShouldBe(JobConfigJson.Serialize(config));
    });

    [Fact]
    public void A_stored_configuration_of_another_release_is_read_with_defaults()
    {
        var config = JobConfigJson.Deserialize(
            """{"job_id":"old","analysis_config":{"detectors":[{"function":"count","novel":1}]},"of_the_future":{"x":[1]}}"""u8);
        config.JobId.ShouldBe("old");
        config.AnalysisConfig.BucketSpan.ShouldBe("5m");
        config.AnalysisConfig.Influencers.ShouldBeEmpty();
        config.Groups.ShouldBeEmpty();
        config.AnalysisLimits.ModelMemoryLimit.ShouldBe("1024mb");
        config.ModelSnapshotRetentionDays.ShouldBe(10);
        config.ResultsIndexName.ShouldBe("shared");
        config.ToSettings().ModelPruneWindow.ShouldBe(30 * 86400);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"job_id\":1}")]
    public void What_is_no_stored_configuration_is_an_error(string json) =>
        Should.Throw<InvalidDataException>(() => JobConfigJson.Deserialize(Encoding.UTF8.GetBytes(json))).Message.ShouldContain("stored configuration");

    [Fact]
    public void The_API_shows_every_field_under_its_name()
    {
        var config = Bodies.Put(Bodies.With(
            ("analysis_config.detectors", """[{"function":"mean","field_name":"x","use_null":true}]"""), ("custom_settings", """{"a":1}""")));
        var status = new JobStatus { JobId = "job", FinishedTime = 5, ModelSnapshotId = "17", Blocked = BlockedReason.Delete, BlockedTaskId = "node:1" };
        Text(Bodies.Api(config, status)).ShouldBe(OneLine("""
            {
              "job_id": "job", "job_type": "anomaly_detector", "job_version": "VERSION", "create_time": 1709287200123, "finished_time": 5, "deleting": true,
              "analysis_config": {
                "bucket_span": "5m",
                "detectors": [
                  {"detector_description": "mean(x) usenull=true", "function": "mean", "field_name": "x", "use_null": true, "detector_index": 0}
                ],
                "influencers": [], "model_prune_window": "30d"
              },
              "analysis_limits": {"model_memory_limit": "1024mb", "categorization_examples_limit": 4},
              "data_description": {"time_field": "time", "time_format": "epoch_ms"},
              "model_snapshot_retention_days": 10, "daily_model_snapshot_retention_after_days": 1,
              "custom_settings": {"a": 1}, "model_snapshot_id": "17", "results_index_name": "shared",
              "blocked": {"reason": "delete", "task_id": "node:1"}, "allow_lazy_open": false
            }
            """.Replace("VERSION", ServerInfo.ApiVersion)));
    }

    [Fact]
    public void Only_a_job_that_is_being_deleted_is_shown_as_deleting()
    {
        var shown = Bodies.Api(Bodies.Put(Bodies.Minimal), new JobStatus { JobId = "job", Blocked = BlockedReason.Reset });
        shown.TryGetProperty("deleting", out _).ShouldBeFalse();
        shown.GetProperty("blocked").GetProperty("reason").GetString().ShouldBe("reset");
    }

    [Fact]
    public void Without_what_the_server_wrote_only_the_users_own_is_left()
    {
        var config = Bodies.Put(Bodies.With(("results_index_name", "\"mine\""), ("analysis_config.bucket_span", "\"1h\"")));
        var status = new JobStatus { JobId = "job", FinishedTime = 5, ModelSnapshotId = "17", Blocked = BlockedReason.Reset };
        Text(Bodies.Api(config, status, excludeGenerated: true)).ShouldBe(OneLine("""
            {
              "analysis_config": {"bucket_span": "1h", "detectors": [{"function": "count"}], "model_prune_window": "30d"},
              "analysis_limits": {"model_memory_limit": "1024mb"}, "data_description": {"time_field": "time", "time_format": "epoch_ms"},
              "results_index_name": "mine"
            }
            """));
    }

    private static string Text(JsonElement element) => element.GetRawText();

    private static string OneLine(string json) => System.Text.Json.Nodes.JsonNode.Parse(json)!.ToJsonString();
}
