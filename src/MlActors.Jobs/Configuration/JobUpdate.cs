using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Jobs.Configuration.Fields;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Configuration;

/// <summary>A new description, or new rules, for one detector.</summary>
/// <param name="Index">Which, by its position from 0.</param>
/// <param name="Description"><c>null</c> leaves it as it is.</param>
/// <param name="Rules"><c>null</c> leaves them as they are.</param>
public sealed record DetectorUpdate(int Index, string? Description, ImmutableArray<RuleConfig>? Rules);

/// <summary>The fields of an update request that were given; all others are <c>null</c> and stay. In the terms of <see cref="JobConfig"/>.</summary>
public sealed record JobUpdate
{
    private const string MemoryPath = "analysis_limits.model_memory_limit";

    public ImmutableArray<string>? Groups { get; init; }
    public string? Description { get; init; }
    public string? ModelMemoryLimit { get; init; }
    public ImmutableArray<DetectorUpdate> Detectors { get; init; } = [];
    public ModelPlotConfig? ModelPlotConfig { get; init; }
    public string? ModelPruneWindow { get; init; }

    /// <summary>Replace the old ones; in a job with an analyzer, its patterns.</summary>
    public ImmutableArray<string>? CategorizationFilters { get; init; }

    /// <summary>Whether each partition has categories of its own, which cannot change, and whether unfit ones are left alone.</summary>
    public (bool? Enabled, bool? StopOnWarn)? PerPartitionCategorization { get; init; }
    public long? ModelSnapshotRetentionDays { get; init; }
    public long? DailyModelSnapshotRetentionAfterDays { get; init; }
    public long? RenormalizationWindowDays { get; init; }
    public long? ResultsRetentionDays { get; init; }
    public string? BackgroundPersistInterval { get; init; }
    public bool? AllowLazyOpen { get; init; }

    /// <summary>Replaces the old ones as a whole.</summary>
    public JsonElement? CustomSettings { get; init; }

    /// <summary>Reads an update request strictly. An object without fields is an update of nothing, and fine.</summary>
    /// <param name="jobId">The id in the address.</param>
    /// <param name="body">UTF-8 JSON.</param>
    /// <exception cref="InvalidConfigException">It cannot be right for any job.</exception>
    public static JobUpdate Read(string jobId, ReadOnlySpan<byte> body, JobLimits limits)
    {
        var problems = new ProblemList();
        var request = new ObjectReader(StrictJson.ReadObject(body), "", "", JobFields.Update, problems);
        if (request.Text("job_id") is { } id && !string.Equals(id, jobId, StringComparison.Ordinal))
            request.Problem("job_id", $"is [{ProblemList.Shown(id)}]: the id of a job cannot be changed", ProblemKind.IllegalArgument);
        var memory = request.Object("analysis_limits")?.Size("model_memory_limit");
        var update = new JobUpdate
        {
            Groups = request.Texts("groups"),
            Description = request.Text("description"),
            ModelMemoryLimit = memory is { } size ? JobConfigReader.InMebibytes(size) : null,
            Detectors = [.. request.Objects("detectors").Select(ReadDetector)],
            ModelPlotConfig = JobConfigReader.ReadModelPlot(request.Object("model_plot_config")),
            ModelPruneWindow = request.Duration("model_prune_window")?.ToString(),
            CategorizationFilters = CategorizationReader.ReadFilters(request),
            PerPartitionCategorization = CategorizationReader.ReadPerPartition(request),
            ModelSnapshotRetentionDays = request.Integer("model_snapshot_retention_days", max: JobRules.MaxDays),
            DailyModelSnapshotRetentionAfterDays = request.Integer("daily_model_snapshot_retention_after_days", max: JobRules.MaxDays),
            RenormalizationWindowDays = request.Integer("renormalization_window_days", max: JobRules.MaxDays),
            ResultsRetentionDays = request.Integer("results_retention_days", max: JobRules.MaxDays),
            BackgroundPersistInterval = request.Duration("background_persist_interval")?.ToString(),
            AllowLazyOpen = request.Boolean("allow_lazy_open"),
            CustomSettings = request.Custom("custom_settings"),
        };
        if (update.ModelMemoryLimit is { } limit) JobRules.CheckMemory(limit, limits, problems);
        problems.ThrowIfAny();
        return update;
    }

    /// <summary>The configuration after the update.</summary>
    /// <param name="opened">Whether the job is open, when some limits cannot change.</param>
    /// <param name="modelBytes">Size of the current model: a memory limit below it is refused.</param>
    /// <exception cref="InvalidConfigException">It does not fit this job.</exception>
    public JobConfig ApplyTo(JobConfig config, bool opened, long modelBytes)
    {
        var problems = new ProblemList();
        CheckMemory(opened, modelBytes, problems);
        var updated = config with
        {
            Groups = Groups ?? config.Groups,
            Description = Description ?? config.Description,
            AnalysisConfig = ApplyCategorization(config.AnalysisConfig, problems) with
            {
                Detectors = ApplyDetectors(config.AnalysisConfig.Detectors, problems),
            },
            AnalysisLimits = ModelMemoryLimit is null ? config.AnalysisLimits : config.AnalysisLimits with { ModelMemoryLimit = ModelMemoryLimit },
            ModelPlotConfig = ModelPlotConfig ?? config.ModelPlotConfig,
            ModelSnapshotRetentionDays = ModelSnapshotRetentionDays ?? config.ModelSnapshotRetentionDays,
            DailyModelSnapshotRetentionAfterDays = DailyModelSnapshotRetentionAfterDays ?? config.DailyModelSnapshotRetentionAfterDays,
            RenormalizationWindowDays = RenormalizationWindowDays ?? config.RenormalizationWindowDays,
            ResultsRetentionDays = ResultsRetentionDays ?? config.ResultsRetentionDays,
            BackgroundPersistInterval = BackgroundPersistInterval ?? config.BackgroundPersistInterval,
            AllowLazyOpen = AllowLazyOpen ?? config.AllowLazyOpen,
            CustomSettings = CustomSettings ?? config.CustomSettings,
        };
        JobRules.Check(updated, problems);
        if (ModelPruneWindow is not null)
        {
            // The window alone is checked under the name that the request gave it.
            updated = updated with { AnalysisConfig = updated.AnalysisConfig with { ModelPruneWindow = ModelPruneWindow } };
            AnalysisRules.CheckPruneWindow(updated.AnalysisConfig, problems, "model_prune_window");
        }
        problems.ThrowIfAny();
        return updated;
    }

    private static DetectorUpdate ReadDetector(ObjectReader detector, int position) =>
        new((int)(detector.Integer("detector_index", max: int.MaxValue) ?? 0), detector.Text("description"),
            detector.Has("custom_rules") ? RuleReader.ReadRules(detector) : null);

    private void CheckMemory(bool opened, long modelBytes, ProblemList problems)
    {
        if (ModelMemoryLimit is null) return;
        if (opened)
            problems.Add(MemoryPath, "cannot be changed while the job is open: close it first");
        else if (ByteSize.Parse(ModelMemoryLimit, MemoryPath).Bytes < modelBytes)
        {
            var needed = new ByteSize(modelBytes + ByteSize.OfMebibytes(1).Bytes - 1);
            problems.Add(MemoryPath,
                $"is [{ModelMemoryLimit}], less than the job's model takes: must be at least [{JobConfigReader.InMebibytes(needed)}]");
        }
    }

    private AnalysisConfig ApplyCategorization(AnalysisConfig analysis, ProblemList problems)
    {
        const string filters = "categorization_filters";
        const string partitions = "per_partition_categorization";
        if (CategorizationFilters is { } patterns && (analysis.CategorizationFieldName is not null || !patterns.IsEmpty))
        {
            if (analysis.CategorizationAnalyzer is not { } analyzer) problems.Add(filters, "has no meaning for this job, which has no [categorization_field_name]");
            else analysis = analysis with { CategorizationAnalyzer = analyzer with { Patterns = patterns } };
        }
        if (PerPartitionCategorization is not var (enabled, stopOnWarn)) return analysis;
        var current = analysis.PerPartitionCategorization ?? new();
        if (enabled is not null && enabled != current.Enabled)
            problems.Add(partitions + ".enabled", "cannot be changed once the job exists: create another job with it", ProblemKind.IllegalArgument);
        if (stopOnWarn is null || stopOnWarn == current.StopOnWarn) return analysis;
        if (!current.Enabled)
        {
            problems.Add(partitions + ".stop_on_warn", "has no meaning for this job, whose partitions share their categories");
            return analysis;
        }
        return analysis with { PerPartitionCategorization = current with { StopOnWarn = stopOnWarn.Value } };
    }

    private ImmutableArray<DetectorConfig> ApplyDetectors(ImmutableArray<DetectorConfig> detectors, ProblemList problems)
    {
        for (var i = 0; i < Detectors.Length; i++)
        {
            var (index, description, rules) = Detectors[i];
            if (index >= detectors.Length)
            {
                problems.Add($"detectors[{i}].detector_index", $"is [{index}]: the job has the detectors 0 to {detectors.Length - 1}");
            }
            else
            {
                var detector = detectors[index];
                var text = description is { Length: 0 } ? detector.DefaultDescription() : description;
                detectors = detectors.SetItem(index,
                    detector with { DetectorDescription = text ?? detector.DetectorDescription, CustomRules = rules ?? detector.CustomRules });
            }
        }
        return detectors;
    }
}
