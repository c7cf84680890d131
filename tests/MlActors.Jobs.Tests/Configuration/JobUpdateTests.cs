using System.Text;
using System.Text.Json;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Tests.Configuration;

public sealed class JobUpdateTests
{
    private static readonly JobConfig Job = Bodies.Put(Bodies.With(
        ("description", "\"old\""), ("analysis_config.detectors", """[{"function":"count"},{"function":"mean","field_name":"x"}]""")));

    [Fact]
    public void What_is_given_changes_and_all_else_stays()
    {
        var updated = Apply("""
            {
              "job_id": "job", "groups": ["g"], "description": "new", "analysis_limits": {"model_memory_limit": "2gb"},
              "detectors": [{"detector_index": 1, "description": "mine", "custom_rules": []}],
              "model_plot_config": {"enabled": true, "terms": "a"}, "model_prune_window": "1h",
              "model_snapshot_retention_days": 30, "daily_model_snapshot_retention_after_days": 30, "renormalization_window_days": 1,
              "results_retention_days": 2,
              "background_persist_interval": "5h", "allow_lazy_open": true, "custom_settings": {"a": 1},
              "categorization_filters": [], "per_partition_categorization": {"enabled": false}
            }
            """);
        updated.Groups.ShouldBe(["g"]);
        updated.Description.ShouldBe("new");
        updated.AnalysisLimits.ShouldBe(new AnalysisLimits { ModelMemoryLimit = "2048mb", CategorizationExamplesLimit = 4 });
        updated.AnalysisConfig.Detectors.Select(d => d.DetectorDescription).ShouldBe(["count", "mine"]);
        updated.AnalysisConfig.ModelPruneWindow.ShouldBe("1h");
        updated.ModelPlotConfig.ShouldBe(new ModelPlotConfig { Enabled = true, AnnotationsEnabled = true, Terms = "a" });
        (updated.ModelSnapshotRetentionDays, updated.DailyModelSnapshotRetentionAfterDays).ShouldBe((30, 30));
        (updated.RenormalizationWindowDays, updated.ResultsRetentionDays).ShouldBe((1, 2));
        updated.BackgroundPersistInterval.ShouldBe("5h");
        updated.AllowLazyOpen.ShouldBeTrue();
        updated.CustomSettings!.Value.GetRawText().ShouldBe("""{"a": 1}""");
        (updated.JobId, updated.CreateTime, updated.AnalysisConfig.BucketSpan).ShouldBe((Job.JobId, Job.CreateTime, Job.AnalysisConfig.BucketSpan));
    }

    [Fact]
    public void An_update_of_nothing_changes_nothing() => JobConfigJson.Serialize(Apply("{}")).ShouldBe(JobConfigJson.Serialize(Job));

    [Fact]
    public void Custom_settings_are_replaced_as_a_whole()
    {
        var first = Job with { CustomSettings = JsonDocument.Parse("""{"a":1,"b":2}""").RootElement };
        Bodies.Update("""{"custom_settings":{"c":3}}""").ApplyTo(first, false, 0).CustomSettings!.Value.GetRawText().ShouldBe("""{"c":3}""");
    }

    [Fact]
    public void An_empty_description_of_a_detector_brings_back_its_own()
    {
        var renamed = Apply("""{"detectors":[{"detector_index":1,"description":"mine"}]}""");
        Bodies.Update("""{"detectors":[{"detector_index":1,"description":""}]}""").ApplyTo(renamed, false, 0)
            .AnalysisConfig.Detectors[1].DetectorDescription.ShouldBe("mean(x)");
    }

    [Theory]
    [InlineData("job_id", "\"other\"", "cannot be changed")]
    [InlineData("analysis_config", "{\"bucket_span\":\"1h\"}", "cannot be changed once the job exists")]
    [InlineData("data_description", "{}", "cannot be changed once the job exists")]
    [InlineData("results_index_name", "\"x\"", "cannot be changed once the job exists")]
    [InlineData("bucket_span", "\"1h\"", "cannot be changed once the job exists")]
    [InlineData("influencers", "[]", "cannot be changed once the job exists")]
    [InlineData("latency", "\"1h\"", "cannot be changed once the job exists")]
    [InlineData("multivariate_by_fields", "true", "cannot be changed once the job exists")]
    [InlineData("analysis_limits.categorization_examples_limit", "5", "cannot be changed once the job exists")]
    [InlineData("model_snapshot_id", "\"1\"", "server")]
    [InlineData("create_time", "1", "server")]
    [InlineData("descripton", "\"x\"", "did you mean [description]?")]
    [InlineData("groups", "[\"A\"]", "lower-case")]
    [InlineData("groups", "[\"job\"]", "one name")]
    [InlineData("categorization_filters", "[\"x\"]", "has no [categorization_field_name]")]
    [InlineData("model_prune_window", "\"7m\"", "multiple of the bucket span")]
    [InlineData("model_prune_window", "\"x\"", "units")]
    [InlineData("background_persist_interval", "\"1m\"", "at least 1h")]
    [InlineData("daily_model_snapshot_retention_after_days", "11", "at most [model_snapshot_retention_days]")]
    [InlineData("results_retention_days", "null", "leave it out")]
    [InlineData("results_retention_days", "-1", "at least 0")]
    [InlineData("analysis_limits.model_memory_limit", "\"1b\"", "at least 1mb")]
    [InlineData("analysis_limits.model_memory_limit", "\"101mb\"", "[100mb]")]
    public void The_field_is_named_with_the_fix(string path, string json, string says)
    {
        var limits = new JobLimits(ByteSize.OfMebibytes(100), ByteSize.OfMebibytes(50));
        var refusal = Should.Throw<InvalidConfigException>(() => Apply(Bodies.Change("{}", (path, json)), limits));
        var problem = refusal.Problems.ShouldHaveSingleItem();
        problem.Path.Split('[')[0].ShouldBe(path);
        problem.Message.ShouldContain(says);
    }

    [Theory]
    [InlineData("""{"detector_index":2}""", "detectors[0].detector_index", "0 to 1")]
    [InlineData("""{"detector_index":-1}""", "detectors[0].detector_index", "at least 0")]
    [InlineData("""{"description":"x"}""", "detectors[0].detector_index", "required")]
    [InlineData("""{"detector_index":0,"function":"mean"}""", "detectors[0].function", "cannot be changed once the job exists")]
    [InlineData("""{"detector_index":0,"custom_rules":[{"actions":["skip_result"]}]}""", "detectors[0].custom_rules[0].conditions", "at least one condition")]
    public void A_wrong_change_of_a_detector_is_refused(string detector, string path, string says)
    {
        var problem = Should.Throw<InvalidConfigException>(() => Apply($$"""{"detectors":[{{detector}}]}""")).Problems.ShouldHaveSingleItem();
        problem.Path.ShouldBe(path);
        problem.Message.ShouldContain(says);
    }

    [Fact]
    public void Rules_of_a_detector_are_replaced_whether_the_job_is_open_or_not()
    {
        var update = Bodies.Update("""{"detectors":[{"detector_index":1,"custom_rules":[{"conditions":[{"applies_to":"time","operator":"lt","value":5}]}]}]}""");
        var changed = update.ApplyTo(Job, false, 0);
        changed.AnalysisConfig.Detectors[1].CustomRules.ShouldBe([new RuleConfig { Conditions = [new ConditionConfig("time", "lt", 5)] }]);
        JobConfigJson.Deserialize(JobConfigJson.Serialize(changed)).AnalysisConfig.Detectors[1].CustomRules.ShouldBe(changed.AnalysisConfig.Detectors[1].CustomRules);
        Bodies.Update("""{"detectors":[{"detector_index":1,"custom_rules":[]}]}""").ApplyTo(changed, false, 0)
            .AnalysisConfig.Detectors[1].CustomRules.ShouldBeEmpty();
        update.ApplyTo(Job, true, 0).AnalysisConfig.Detectors[1].CustomRules.ShouldBe(changed.AnalysisConfig.Detectors[1].CustomRules);
    }

    [Fact]
    public void Detectors_do_not_become_the_same_by_a_new_description()
    {
        var job = Bodies.Put(Bodies.WithDetector("""{"function":"count"},{"function":"count","detector_description":"two"}"""));
        var update = Bodies.Update("""{"detectors":[{"detector_index":1,"description":"count"}]}""");
        Should.Throw<InvalidConfigException>(() => update.ApplyTo(job, false, 0)).Problems.ShouldHaveSingleItem().Path.ShouldBe("analysis_config.detectors[1]");
    }

    [Fact]
    public void The_memory_limit_stays_while_the_job_is_open()
    {
        var update = Bodies.Update("""{"analysis_limits":{"model_memory_limit":"2gb"}}""");
        Should.Throw<InvalidConfigException>(() => update.ApplyTo(Job, opened: true, 0)).Message.ShouldContain("close it first");
        Bodies.Update("""{"description":"x"}""").ApplyTo(Job, opened: true, 0).Description.ShouldBe("x");
    }

    [Fact]
    public void The_memory_limit_does_not_fall_below_the_model()
    {
        var update = Bodies.Update("""{"analysis_limits":{"model_memory_limit":"10mb"}}""");
        update.ApplyTo(Job, false, 10L << 20).AnalysisLimits.ModelMemoryLimit.ShouldBe("10mb");
        Should.Throw<InvalidConfigException>(() => update.ApplyTo(Job, false, (10L << 20) + 1)).Message.ShouldContain("at least [11mb]");
    }

    [Fact]
    public void Retention_is_checked_against_what_the_job_keeps()
    {
        Should.Throw<InvalidConfigException>(() => Apply("""{"model_snapshot_retention_days":0}"""))
            .Message.ShouldContain("daily_model_snapshot_retention_after_days");
        Apply("""{"model_snapshot_retention_days":0,"daily_model_snapshot_retention_after_days":0}""").ModelSnapshotRetentionDays.ShouldBe(0);
    }

    [Fact]
    public void An_empty_body_is_refused() =>
        Should.Throw<InvalidConfigException>(() => JobUpdate.Read("job", [], JobLimits.Default)).Message.ShouldContain("empty");

    private static JobConfig Apply(string body, JobLimits? limits = null) => Bodies.Update(body, limits).ApplyTo(Job, opened: false, modelBytes: 0);
}
