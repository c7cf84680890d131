using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MlActors.Analysis.Functions;
using MlActors.Jobs.Configuration.Fields;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Configuration;

/// <summary>Reads the request that creates or validates a job: strictly, with everything that is wrong said at once, and completed with defaults.</summary>
public static class JobConfigReader
{
    // What a job that is only validated is called when its user does not say.
    private const string IdOfUnnamedJob = "unnamed";

    /// <param name="urlJobId">The id in the address; <c>null</c> when the job is only validated.</param>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="now">Becomes the create time, cut to milliseconds.</param>
    /// <exception cref="InvalidConfigException">It is not a configuration that this version can honour.</exception>
    public static JobConfig ReadPut(string? urlJobId, ReadOnlySpan<byte> body, JobLimits limits, DateTimeOffset now) =>
        ReadPut(urlJobId, StrictJson.ReadObject(body), limits, now);

    /// <summary>The same of a body that is read already, by <see cref="StrictJson"/>.</summary>
    /// <exception cref="InvalidConfigException"/>
    public static JobConfig ReadPut(string? urlJobId, JsonElement body, JobLimits limits, DateTimeOffset now)
    {
        var problems = new ProblemList();
        var job = new ObjectReader(body, "", "", JobFields.Put, problems);
        var analysis = job.Object("analysis_config");
        var config = new JobConfig
        {
            JobId = ReadId(urlJobId, job),
            JobVersion = ServerInfo.ApiVersion,
            CreateTime = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()),
            Groups = job.Texts("groups") ?? [],
            Description = job.Text("description"),
            AnalysisConfig = analysis is null ? new() : ReadAnalysis(analysis),
            AnalysisLimits = ReadLimits(job.Object("analysis_limits"), limits),
            DataDescription = ReadData(job.Object("data_description")),
            ModelPlotConfig = ReadModelPlot(job.Object("model_plot_config")),
            ModelSnapshotRetentionDays = job.Integer("model_snapshot_retention_days", max: JobRules.MaxDays) ?? 10,
            RenormalizationWindowDays = job.Integer("renormalization_window_days", max: JobRules.MaxDays),
            ResultsRetentionDays = job.Integer("results_retention_days", max: JobRules.MaxDays),
            ResultsIndexName = ReadIndexName(job),
            BackgroundPersistInterval = job.Duration("background_persist_interval")?.ToString(),
            AllowLazyOpen = job.Boolean("allow_lazy_open") ?? false,
            CustomSettings = job.Custom("custom_settings"),
        };
        config = config with
        {
            DailyModelSnapshotRetentionAfterDays = job.Integer("daily_model_snapshot_retention_after_days", max: JobRules.MaxDays)
                ?? Math.Min(1, config.ModelSnapshotRetentionDays),
        };
        JobRules.Check(config, problems);
        JobRules.CheckMemory(config.AnalysisLimits.ModelMemoryLimit, limits, problems);
        problems.ThrowIfAny();
        return config with { AnalysisConfig = WithPruneWindow(config.AnalysisConfig) };
    }

    /// <summary>Reads one detector alone.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    /// <exception cref="InvalidConfigException">It is not a detector that this version can honour.</exception>
    public static DetectorConfig ReadDetector(ReadOnlySpan<byte> body)
    {
        var problems = new ProblemList();
        var detector = ReadDetector(new ObjectReader(StrictJson.ReadObject(body), "", JobFields.Detectors, JobFields.Put, problems), 0);
        DetectorRules.Check(detector, "", problems);
        problems.ThrowIfAny();
        return detector;
    }

    internal static ModelPlotConfig? ReadModelPlot(ObjectReader? plot)
    {
        if (plot is null) return null;
        var enabled = plot.Boolean("enabled");
        return new() { Enabled = enabled ?? false, AnnotationsEnabled = plot.Boolean("annotations_enabled") ?? enabled ?? true, Terms = plot.Text("terms") };
    }

    private static string ReadId(string? urlJobId, ObjectReader job)
    {
        var id = job.Text("job_id");
        if (urlJobId is not null && id is not null && !string.Equals(id, urlJobId, StringComparison.Ordinal))
        {
            job.Problem("job_id", $"is [{ProblemList.Shown(id)}] but the address says [{ProblemList.Shown(urlJobId)}]: remove it or make the two the same",
                ProblemKind.IllegalArgument);
        }
        return urlJobId ?? id ?? IdOfUnnamedJob;
    }

    private static AnalysisConfig ReadAnalysis(ObjectReader analysis) => CategorizationReader.Read(analysis, new()
    {
        BucketSpan = analysis.Duration("bucket_span")?.ToString() ?? "5m",
        Detectors = [.. analysis.Objects("detectors").Select(ReadDetector)],
        Influencers = analysis.Texts("influencers") ?? [],
        Latency = analysis.Duration("latency")?.ToString(),
        ModelPruneWindow = analysis.Duration("model_prune_window")?.ToString(),
        SummaryCountFieldName = analysis.Text("summary_count_field_name"),
        TimeZone = analysis.Text("time_zone"),
        MultivariateByFields = analysis.Boolean("multivariate_by_fields") ?? false,
    });

    private static DetectorConfig ReadDetector(ObjectReader reader, int index)
    {
        var function = reader.Text("function") ?? "";
        var detector = new DetectorConfig
        {
            // Short names are stored long, so that one function has one name everywhere.
            Function = DetectorFunction.Find(function)?.Name ?? function,
            FieldName = reader.Text("field_name"),
            ByFieldName = reader.Text("by_field_name"),
            OverFieldName = reader.Text("over_field_name"),
            PartitionFieldName = reader.Text("partition_field_name"),
            UseNull = reader.Boolean("use_null") ?? false,
            ExcludeFrequent = reader.Text("exclude_frequent"),
            DetectorIndex = index,
            CustomRules = RuleReader.ReadRules(reader),
        };
        reader.Integer("detector_index");
        var description = reader.Text("detector_description");
        return detector with { DetectorDescription = string.IsNullOrEmpty(description) ? detector.DefaultDescription() : description };
    }

    private static AnalysisLimits ReadLimits(ObjectReader? reader, JobLimits limits) => new()
    {
        ModelMemoryLimit = InMebibytes(reader?.Size("model_memory_limit") ?? limits.EffectiveDefault),
        CategorizationExamplesLimit = reader?.Integer("categorization_examples_limit", max: 1000) ?? 4,
    };

    internal static string InMebibytes(ByteSize size) => size.Mebibytes.ToString(CultureInfo.InvariantCulture) + "mb";

    private static DataDescription ReadData(ObjectReader? data) => data is null ? new() : new()
    {
        Format = data.Text("format") ?? "xcontent",
        TimeField = data.Text("time_field") ?? "time",
        TimeFormat = data.Text("time_format") ?? "epoch_ms",
    };

    private static string ReadIndexName(ObjectReader job)
    {
        if (job.Text("results_index_name") is not { } name || name is "shared") return "shared";
        if (JobId.IsValidName(name)) return "custom-" + name;
        job.Problem("results_index_name", $"is [{ProblemList.Shown(name)}]: must {JobId.Rule}", ProblemKind.IllegalArgument);
        return "shared";
    }

    private static AnalysisConfig WithPruneWindow(AnalysisConfig analysis) => analysis.ModelPruneWindow is not null ? analysis : analysis with
    {
        ModelPruneWindow = TimeValue.Format(TimeSpan.FromSeconds(analysis.ModelPruneWindowSeconds)),
    };
}
