using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Tests.Configuration;

public sealed class JobConfigReaderTests
{
    [Fact]
    public void The_smallest_job_is_completed_with_defaults()
    {
        var config = Bodies.Put(Bodies.Minimal);
        config.JobId.ShouldBe("job");
        config.JobType.ShouldBe("anomaly_detector");
        config.JobVersion.ShouldBe(ServerInfo.ApiVersion);
        config.CreateTime.ShouldBe(DateTimeOffset.Parse("2024-03-01T10:00:00.123Z"));
        config.Groups.ShouldBeEmpty();
        config.Description.ShouldBeNull();
        config.AnalysisConfig.BucketSpan.ShouldBe("5m");
        config.AnalysisConfig.Latency.ShouldBeNull();
        config.AnalysisConfig.ModelPruneWindow.ShouldBe("30d");
        config.AnalysisConfig.Influencers.ShouldBeEmpty();
        config.AnalysisConfig.Detectors.Single().ShouldBe(new DetectorConfig { Function = "count", DetectorDescription = "count" });
        config.AnalysisLimits.ShouldBe(new AnalysisLimits { ModelMemoryLimit = "1024mb", CategorizationExamplesLimit = 4 });
        config.DataDescription.ShouldBe(new DataDescription { TimeField = "time", TimeFormat = "epoch_ms", Format = "xcontent" });
        config.ModelSnapshotRetentionDays.ShouldBe(10);
        config.DailyModelSnapshotRetentionAfterDays.ShouldBe(1);
        config.ResultsIndexName.ShouldBe("shared");
        config.AllowLazyOpen.ShouldBeFalse();
        config.CustomSettings.ShouldBeNull();
    }

    [Fact]
    public void Everything_that_can_be_set_is_kept()
    {
        var config = Bodies.Put("""
            {
              "job_id": "job", "job_type": "anomaly_detector", "groups": ["web", "eu"], "description": "about it",
              "analysis_config": {
                "bucket_span": "900s", "latency": "1h", "model_prune_window": "45d", "summary_count_field_name": "n", "influencers": ["host", "user.name"],
                "time_zone": "Europe/Berlin",
                "per_partition_categorization": {"enabled": false}, "categorization_filters": [], "multivariate_by_fields": true,
                "detectors": [
                  {"function": "mean", "field_name": "responsetime", "by_field_name": "airline", "partition_field_name": "host", "use_null": true,
                   "exclude_frequent": "none", "detector_index": 7, "custom_rules": []},
                  {"function": "high_avg", "field_name": "a.b", "detector_description": "mine",
                   "custom_rules": {"actions": ["skip_result", "skip_model_update"], "conditions": [{"applies_to": "diff_from_typical", "operator": "lte", "value": 2.5}]}}
                ]
              },
              "analysis_limits": {"model_memory_limit": "1500kb", "categorization_examples_limit": 2},
              "data_description": {"time_field": "@timestamp", "time_format": "yyyy-MM-dd HH:mm:ssX", "format": "xcontent", "field_delimiter": ","},
              "model_plot_config": {"enabled": false, "annotations_enabled": true, "terms": "x,y"},
              "model_snapshot_retention_days": 20, "daily_model_snapshot_retention_after_days": 20, "renormalization_window_days": 5,
              "results_retention_days": 0,
              "results_index_name": "mine", "background_persist_interval": "2h", "allow_lazy_open": true, "custom_settings": {"a": [1, {"b": null}]}
            }
            """);
        config.Groups.ShouldBe(["web", "eu"]);
        config.Description.ShouldBe("about it");
        config.AnalysisConfig.BucketSpan.ShouldBe("900s");
        config.AnalysisConfig.Latency.ShouldBe("1h");
        config.AnalysisConfig.ModelPruneWindow.ShouldBe("45d");
        config.AnalysisConfig.SummaryCountFieldName.ShouldBe("n");
        config.AnalysisConfig.TimeZone.ShouldBe("Europe/Berlin");
        config.ToSettings().TimeZone.ShouldBe("Europe/Berlin");
        config.AnalysisConfig.MultivariateByFields.ShouldBeTrue();
        // The second detector has no by field.
        config.ToSettings().Detectors.Select(detector => detector.Correlates).ShouldBe([true, false]);
        config.AnalysisConfig.Influencers.ShouldBe(["host", "user.name"]);
        config.AnalysisConfig.Detectors[1].CustomRules.ShouldBe(
            [new RuleConfig { Actions = ["skip_result", "skip_model_update"], Conditions = [new ConditionConfig("diff_from_typical", "lte", 2.5)] }]);
        config.AnalysisConfig.Detectors.Select(detector => detector with { CustomRules = [] }).ShouldBe(
        [
            new DetectorConfig
            {
                Function = "mean", FieldName = "responsetime", ByFieldName = "airline", PartitionFieldName = "host", UseNull = true, ExcludeFrequent = "none",
                DetectorDescription = "mean(responsetime) by airline usenull=true partitionfield=host",
            },
            new DetectorConfig { Function = "high_mean", FieldName = "a.b", DetectorDescription = "mine", DetectorIndex = 1 },
        ]);
        config.AnalysisLimits.ShouldBe(new AnalysisLimits { ModelMemoryLimit = "1mb", CategorizationExamplesLimit = 2 });
        config.DataDescription.ShouldBe(new DataDescription { TimeField = "@timestamp", TimeFormat = "yyyy-MM-dd HH:mm:ssX" });
        config.ModelPlotConfig.ShouldBe(new ModelPlotConfig { Enabled = false, AnnotationsEnabled = true, Terms = "x,y" });
        (config.ModelSnapshotRetentionDays, config.DailyModelSnapshotRetentionAfterDays).ShouldBe((20, 20));
        (config.RenormalizationWindowDays, config.ResultsRetentionDays).ShouldBe((5, 0));
        config.ResultsIndexName.ShouldBe("custom-mine");
        config.BackgroundPersistInterval.ShouldBe("2h");
        config.AllowLazyOpen.ShouldBeTrue();
        config.CustomSettings!.Value.GetRawText().ShouldBe("""{"a": [1, {"b": null}]}""");
    }

    [Fact]
    public void Looser_spellings_of_the_API_are_understood()
    {
        var config = Bodies.Put("""
            {"analysis_config":{"detectors":{"function":"count"},"influencers":"host"},"data_description":{},"allow_lazy_open":"true",
             "model_snapshot_retention_days":"12","results_retention_days":3.0,"description":null,"groups":["a","a"],
             "analysis_limits":{"model_memory_limit":"2G"}}
            """);
        config.AnalysisConfig.Detectors.Length.ShouldBe(1);
        config.AnalysisConfig.Influencers.ShouldBe(["host"]);
        config.AllowLazyOpen.ShouldBeTrue();
        config.ModelSnapshotRetentionDays.ShouldBe(12);
        config.ResultsRetentionDays.ShouldBe(3);
        config.Groups.ShouldBe(["a"]);
        config.AnalysisLimits.ModelMemoryLimit.ShouldBe("2048mb");
    }

    [Theory]
    [InlineData("5m", "30d")]
    [InlineData("3d", "60d")]
    [InlineData("7m", "43204m")] // the next whole number of bucket spans after 30 days
    [InlineData("2d", "40d")]
    [InlineData("36500d", "730000d")]
    public void Models_are_kept_for_30_days_or_20_bucket_spans(string span, string window)
    {
        var config = Bodies.Put(Bodies.With(("analysis_config.bucket_span", $"\"{span}\"")));
        config.AnalysisConfig.ModelPruneWindow.ShouldBe(window);
        Bodies.Put(Bodies.With(("analysis_config.bucket_span", $"\"{span}\""), ("analysis_config.model_prune_window", $"\"{window}\"")))
            .AnalysisConfig.ModelPruneWindow.ShouldBe(window);
    }

    [Theory]
    [InlineData("512", "512mb")]
    [InlineData("\"1gb\"", "1024mb")]
    [InlineData("\"1572864b\"", "1mb")]
    public void A_memory_limit_is_whole_mebibytes(string json, string limit) =>
        Bodies.Put(Bodies.With(("analysis_limits.model_memory_limit", json))).AnalysisLimits.ModelMemoryLimit.ShouldBe(limit);

    [Fact]
    public void The_default_memory_limit_is_not_above_the_maximum()
    {
        var megabyte = ByteSize.OfMebibytes;
        Bodies.Put(Bodies.Minimal, limits: new(megabyte(100), megabyte(512))).AnalysisLimits.ModelMemoryLimit.ShouldBe("100mb");
        Bodies.Put(Bodies.Minimal, limits: new(megabyte(4096), megabyte(512))).AnalysisLimits.ModelMemoryLimit.ShouldBe("512mb");
        Bodies.Put(Bodies.Minimal, limits: new(null, megabyte(512))).AnalysisLimits.ModelMemoryLimit.ShouldBe("512mb");
    }

    [Fact]
    public void Snapshots_kept_for_less_than_a_day_are_thinned_out_no_later() =>
        Bodies.Put(Bodies.With(("model_snapshot_retention_days", "0"))).DailyModelSnapshotRetentionAfterDays.ShouldBe(0);

    [Fact]
    public void A_job_that_is_only_validated_needs_no_id()
    {
        Bodies.Put(Bodies.Minimal, id: null).JobId.ShouldNotBeEmpty();
        Bodies.Put(Bodies.With(("job_id", "\"mine\"")), id: null).JobId.ShouldBe("mine");
    }

    [Theory]
    [InlineData("""{"function":"low_avg","field_name":"x y"}""", "low_mean(\"x y\")")]
    [InlineData("""{"function":"sum","field_name":"a.b","partition_field_name":"c"}""", "sum(\"a.b\") partitionfield=c")]
    [InlineData("""{"function":"high_count","by_field_name":"status"}""", "high_count by status")]
    [InlineData("""{"function":"max","field_name":"x","detector_description":""}""", "max(x)")]
    public void A_detector_without_a_description_gets_one(string detector, string description)
    {
        Bodies.Put(Bodies.WithDetector(detector)).AnalysisConfig.Detectors[0].DetectorDescription.ShouldBe(description);
        JobConfigReader.ReadDetector(System.Text.Encoding.UTF8.GetBytes(detector)).DetectorDescription.ShouldBe(description);
    }

    [Fact]
    public void Settings_hold_what_the_analysis_needs()
    {
        var settings = Bodies.Put(Bodies.With(
            ("analysis_config.bucket_span", "\"15m\""), ("analysis_config.latency", "\"2h\""), ("analysis_config.influencers", "[\"host\"]"),
            ("analysis_config.summary_count_field_name", "\"n\""), ("analysis_limits.model_memory_limit", "64"),
            ("analysis_config.detectors", """
                [{"function":"count"},{"function":"low_mean","field_name":"v","by_field_name":"b","partition_field_name":"p","use_null":true}]
                """))).ToSettings();
        settings.BucketSpan.ShouldBe(900);
        settings.Latency.ShouldBe(7200);
        settings.Influencers.ShouldBe(["host"]);
        settings.SummaryCountField.ShouldBe("n");
        settings.ModelPruneWindow.ShouldBe(30 * 86400);
        settings.ModelMemoryLimit.ShouldBe(64L << 20);
        settings.Detectors.Length.ShouldBe(2);
        settings.Detectors[1].ShouldBe(new(1, MlActors.Analysis.Functions.DetectorFunction.Find("low_mean")!, "v", "b", null, "p", true));
    }
}
