using System.Text.Json;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Configuration;

public static partial class JobConfigJson
{
    private const string CustomIndexPrefix = "custom-";

    /// <summary>Writes the job as the API shows it: one JSON object.</summary>
    /// <param name="status">What the job's life has added; <c>null</c> before it has one.</param>
    /// <param name="datafeed">Its datafeed, if it has one.</param>
    /// <param name="excludeGenerated">
    /// Leaves out what the server has written and what is at its default, so that the result can create the same job again.
    /// </param>
    public static void WriteApi(Utf8JsonWriter writer, JobConfig config, JobStatus? status, bool excludeGenerated, DatafeedConfig? datafeed = null)
    {
        writer.WriteStartObject();
        if (!excludeGenerated)
        {
            writer.WriteString("job_id", config.JobId);
            writer.WriteString("job_type", config.JobType);
            writer.WriteString("job_version", config.JobVersion.Length == 0 ? ServerInfo.ApiVersion : config.JobVersion);
            writer.WriteNumber("create_time", config.CreateTime.ToUnixTimeMilliseconds());
            WriteNumber(writer, "finished_time", status?.FinishedTime);
            if (status?.Blocked == BlockedReason.Delete) writer.WriteBoolean("deleting", true);
        }
        if (!config.Groups.IsEmpty) WriteTexts(writer, "groups", config.Groups);
        WriteText(writer, "description", config.Description);
        WriteAnalysis(writer, config.AnalysisConfig, excludeGenerated);
        WriteLimits(writer, config.AnalysisLimits, excludeGenerated);
        WriteData(writer, config.DataDescription);
        WriteModelPlot(writer, config.ModelPlotConfig);
        WriteNumber(writer, "renormalization_window_days", config.RenormalizationWindowDays);
        WriteText(writer, "background_persist_interval", config.BackgroundPersistInterval);
        if (!excludeGenerated || config.ModelSnapshotRetentionDays != 10)
            writer.WriteNumber("model_snapshot_retention_days", config.ModelSnapshotRetentionDays);
        if (!excludeGenerated || config.DailyModelSnapshotRetentionAfterDays != Math.Min(1, config.ModelSnapshotRetentionDays))
            writer.WriteNumber("daily_model_snapshot_retention_after_days", config.DailyModelSnapshotRetentionAfterDays);
        WriteNumber(writer, "results_retention_days", config.ResultsRetentionDays);
        if (config.CustomSettings is { } settings)
        {
            writer.WritePropertyName("custom_settings");
            settings.WriteTo(writer);
        }
        if (!excludeGenerated) WriteText(writer, "model_snapshot_id", status?.ModelSnapshotId);
        WriteIndexName(writer, config.ResultsIndexName, excludeGenerated);
        if (!excludeGenerated && status is { Blocked: not BlockedReason.None }) WriteBlocked(writer, status);
        if (!excludeGenerated || config.AllowLazyOpen) writer.WriteBoolean("allow_lazy_open", config.AllowLazyOpen);
        if (datafeed is not null)
        {
            writer.WritePropertyName("datafeed_config");
            DatafeedJson.WriteApi(writer, datafeed, excludeGenerated);
        }
        writer.WriteEndObject();
    }

    private static void WriteAnalysis(Utf8JsonWriter writer, AnalysisConfig analysis, bool excludeGenerated)
    {
        writer.WriteStartObject("analysis_config");
        writer.WriteString("bucket_span", analysis.BucketSpan);
        WriteText(writer, "latency", analysis.Latency);
        WriteCategorization(writer, analysis, excludeGenerated);
        WriteText(writer, "summary_count_field_name", analysis.SummaryCountFieldName);
        WriteText(writer, "time_zone", analysis.TimeZone);
        writer.WriteStartArray("detectors");
        foreach (var detector in analysis.Detectors) WriteDetector(writer, detector, excludeGenerated);
        writer.WriteEndArray();
        if (!excludeGenerated || !analysis.Influencers.IsEmpty) WriteTexts(writer, "influencers", analysis.Influencers);
        if (analysis.MultivariateByFields) writer.WriteBoolean("multivariate_by_fields", true);
        WriteText(writer, "model_prune_window", analysis.ModelPruneWindow);
        writer.WriteEndObject();
    }

    private static void WriteDetector(Utf8JsonWriter writer, DetectorConfig detector, bool excludeGenerated)
    {
        writer.WriteStartObject();
        if (!excludeGenerated || detector.DetectorDescription != detector.DefaultDescription())
            writer.WriteString("detector_description", detector.DetectorDescription);
        writer.WriteString("function", detector.Function);
        WriteText(writer, "field_name", detector.FieldName);
        WriteText(writer, "by_field_name", detector.ByFieldName);
        WriteText(writer, "over_field_name", detector.OverFieldName);
        WriteText(writer, "partition_field_name", detector.PartitionFieldName);
        if (detector.UseNull) writer.WriteBoolean("use_null", true);
        WriteText(writer, "exclude_frequent", detector.ExcludeFrequent);
        if (!detector.CustomRules.IsEmpty) WriteRules(writer, detector.CustomRules);
        if (!excludeGenerated) writer.WriteNumber("detector_index", detector.DetectorIndex);
        writer.WriteEndObject();
    }

    private static void WriteRules(Utf8JsonWriter writer, IEnumerable<RuleConfig> rules)
    {
        writer.WriteStartArray("custom_rules");
        foreach (var rule in rules)
        {
            writer.WriteStartObject();
            WriteTexts(writer, "actions", rule.Actions);
            if (!rule.Scope.IsEmpty) WriteScope(writer, rule.Scope);
            writer.WriteStartArray("conditions");
            foreach (var condition in rule.Conditions)
            {
                writer.WriteStartObject();
                writer.WriteString("applies_to", condition.AppliesTo);
                writer.WriteString("operator", condition.Operator);
                writer.WriteNumber("value", condition.Value);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteScope(Utf8JsonWriter writer, IEnumerable<ScopeConfig> scope)
    {
        writer.WriteStartObject("scope");
        foreach (var (field, filter, type) in scope)
        {
            writer.WriteStartObject(field);
            writer.WriteString("filter_id", filter);
            writer.WriteString("filter_type", type);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter writer, AnalysisLimits limits, bool excludeGenerated)
    {
        writer.WriteStartObject("analysis_limits");
        writer.WriteString("model_memory_limit", limits.ModelMemoryLimit);
        if (!excludeGenerated || limits.CategorizationExamplesLimit != 4)
            writer.WriteNumber("categorization_examples_limit", limits.CategorizationExamplesLimit);
        writer.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter writer, DataDescription data)
    {
        writer.WriteStartObject("data_description");
        if (data.Format is not "xcontent") writer.WriteString("format", data.Format);
        writer.WriteString("time_field", data.TimeField);
        writer.WriteString("time_format", data.TimeFormat);
        writer.WriteEndObject();
    }

    private static void WriteModelPlot(Utf8JsonWriter writer, ModelPlotConfig? plot)
    {
        if (plot is null) return;
        writer.WriteStartObject("model_plot_config");
        writer.WriteBoolean("enabled", plot.Enabled);
        writer.WriteBoolean("annotations_enabled", plot.AnnotationsEnabled);
        WriteText(writer, "terms", plot.Terms);
        writer.WriteEndObject();
    }

    // Creating a job puts the prefix there, so what is to be sent again must not have it.
    private static void WriteIndexName(Utf8JsonWriter writer, string name, bool excludeGenerated)
    {
        if (!excludeGenerated) writer.WriteString("results_index_name", name);
        else if (name.StartsWith(CustomIndexPrefix, StringComparison.Ordinal)) writer.WriteString("results_index_name", name[CustomIndexPrefix.Length..]);
    }

    private static void WriteBlocked(Utf8JsonWriter writer, JobStatus status)
    {
        writer.WriteStartObject("blocked");
        writer.WriteString("reason", status.Blocked switch
        {
            BlockedReason.Delete => "delete",
            BlockedReason.Reset => "reset",
            _ => "revert",
        });
        WriteText(writer, "task_id", status.BlockedTaskId);
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
    }
}
