using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using MlActors.Analysis;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Functions;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Configuration;

/// <summary>
/// A job as its user wrote it, completed with defaults, in the terms of the API. Immutable; stored as JSON in the journal and the catalog
/// and returned by the API. What the analysis needs of it is <see cref="ToSettings"/>
/// and, for what may change, <see cref="Contexts.JobContext"/>.
/// </summary>
public sealed record JobConfig
{
    public required string JobId { get; init; }
    public string JobType { get; init; } = "anomaly_detector";
    public string JobVersion { get; init; } = "";
    public DateTimeOffset CreateTime { get; init; }
    public ImmutableArray<string> Groups { get; init; } = [];
    public string? Description { get; init; }
    public required AnalysisConfig AnalysisConfig { get; init; }
    public AnalysisLimits AnalysisLimits { get; init; } = new();
    public DataDescription DataDescription { get; init; } = new();
    public ModelPlotConfig? ModelPlotConfig { get; init; }
    public long ModelSnapshotRetentionDays { get; init; } = 10;
    public long DailyModelSnapshotRetentionAfterDays { get; init; } = 1;
    public long? RenormalizationWindowDays { get; init; }
    public long? ResultsRetentionDays { get; init; }

    /// <summary>As the API shows it: <c>shared</c>, or <c>custom-…</c>.</summary>
    public string ResultsIndexName { get; init; } = "shared";

    /// <summary>A duration such as <c>3h</c>; <c>null</c> means the default.</summary>
    public string? BackgroundPersistInterval { get; init; }

    public bool AllowLazyOpen { get; init; }
    public JsonElement? CustomSettings { get; init; }

    /// <summary>The validated settings of the analysis. The configuration must have passed its rules, as every stored one has.</summary>
    public AnalysisSettings ToSettings() => new()
    {
        BucketSpan = AnalysisConfig.BucketSpanSeconds,
        Latency = AnalysisConfig.LatencySeconds,
        Detectors = [.. AnalysisConfig.Detectors.Select(detector => detector.ToSettings() with { CorrelatesBy = AnalysisConfig.MultivariateByFields })],
        Influencers = AnalysisConfig.Influencers,
        SummaryCountField = AnalysisConfig.SummaryCountFieldName,
        TimeZone = AnalysisConfig.TimeZone,
        RenormalizationWindow = RenormalizationWindowDays is { } days ? days * 86_400 : Math.Max(30 * 86_400, 100 * AnalysisConfig.BucketSpanSeconds),
        ModelPruneWindow = AnalysisConfig.ModelPruneWindowSeconds,
        ModelMemoryLimit = AnalysisLimits.ModelMemoryBytes,
        KeepsValues = ModelPlotConfig is { Enabled: true },
        Categorization = AnalysisConfig.ToCategorization((int)AnalysisLimits.CategorizationExamplesLimit),
    };
}

public sealed record AnalysisConfig
{
    /// <summary>A duration such as <c>5m</c>.</summary>
    public string BucketSpan { get; init; } = "5m";
    public ImmutableArray<DetectorConfig> Detectors { get; init; } = [];
    public ImmutableArray<string> Influencers { get; init; } = [];
    public string? Latency { get; init; }
    public string? ModelPruneWindow { get; init; }
    public string? SummaryCountFieldName { get; init; }
    public string? CategorizationFieldName { get; init; }

    /// <summary><c>null</c> only without categorization.</summary>
    public CategorizationAnalyzerConfig? CategorizationAnalyzer { get; init; }
    public PerPartitionCategorizationConfig? PerPartitionCategorization { get; init; }

    /// <summary>Id of the IANA time zone database; <c>null</c> for UTC.</summary>
    public string? TimeZone { get; init; }

    public bool MultivariateByFields { get; init; }

    internal long BucketSpanSeconds => TimeValue.Parse(BucketSpan, "analysis_config.bucket_span").TotalSeconds;

    internal long LatencySeconds => Latency is null ? 0 : TimeValue.Parse(Latency, "analysis_config.latency").TotalSeconds;

    internal long ModelPruneWindowSeconds => ModelPruneWindow is null
        ? DefaultPruneWindowSeconds(BucketSpanSeconds)
        : TimeValue.Parse(ModelPruneWindow, "analysis_config.model_prune_window").TotalSeconds;

    internal CategorizationSettings? ToCategorization(int examplesLimit)
    {
        if (CategorizationFieldName is not { } field) return null;
        return new()
        {
            FieldName = field,
            // All partition fields are the same one.
            PartitionFieldName = PerPartitionCategorization is { Enabled: true }
                ? Detectors.Select(detector => detector.PartitionFieldName).First(name => name is not null)
                : null,
            StopWords = (CategorizationAnalyzer ?? CategorizationAnalyzerConfig.Default).StopWords,
            ExamplesLimit = examplesLimit,
        };
    }

    internal TextRules ToTextRules() => CategorizationFieldName is null
        ? TextRules.None
        : new(CategorizationAnalyzer?.Patterns ?? [], PerPartitionCategorization is { Enabled: true, StopOnWarn: true });

    /// <summary>30 days or 20 bucket spans, whichever is longer, up to a whole number of bucket spans.</summary>
    internal static long DefaultPruneWindowSeconds(long bucketSpan)
    {
        const long thirtyDays = 30L * 24 * 3600;
        var spans = Math.Max(20, (thirtyDays + bucketSpan - 1) / bucketSpan);
        return spans * bucketSpan;
    }
}

public sealed record DetectorConfig
{
    public required string Function { get; init; }
    public string? FieldName { get; init; }
    public string? ByFieldName { get; init; }
    public string? OverFieldName { get; init; }
    public string? PartitionFieldName { get; init; }
    public string? ExcludeFrequent { get; init; }
    public bool UseNull { get; init; }
    public string DetectorDescription { get; init; } = "";
    public int DetectorIndex { get; init; }
    public ImmutableArray<RuleConfig> CustomRules { get; init; } = [];

    internal DetectorSettings ToSettings() => new(
        DetectorIndex,
        DetectorFunction.Find(Function) ?? throw new InvalidOperationException($"detector {DetectorIndex} has the unknown function [{Function}]"),
        FieldName,
        ByFieldName,
        OverFieldName,
        PartitionFieldName,
        UseNull)
    {
        ExcludesFrequentBy = ExcludeFrequent is "all" or "by" && ByFieldName is not null,
        ExcludesFrequentOver = ExcludeFrequent is "all" or "over" && OverFieldName is not null,
    };

    /// <summary>What the detector is called when its user does not say: <c>mean(responsetime) by airline partitionfield=host</c>.</summary>
    internal string DefaultDescription()
    {
        var text = new StringBuilder(Function);
        if (FieldName is not null) text.Append('(').Append(Quoted(FieldName)).Append(')');
        if (ByFieldName is not null) text.Append(" by ").Append(Quoted(ByFieldName));
        if (OverFieldName is not null) text.Append(" over ").Append(Quoted(OverFieldName));
        if (UseNull) text.Append(" usenull=true");
        if (PartitionFieldName is not null) text.Append(" partitionfield=").Append(Quoted(PartitionFieldName));
        if (ExcludeFrequent is not null and not "none") text.Append(" excludefrequent=").Append(ExcludeFrequent);
        return text.ToString();

        static string Quoted(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? name : $"\"{name}\"";
    }
}

public sealed record AnalysisLimits
{
    /// <summary>Always <c>&lt;n&gt;mb</c>.</summary>
    public string ModelMemoryLimit { get; init; } = "1024mb";
    public long CategorizationExamplesLimit { get; init; } = 4;

    internal long ModelMemoryBytes => ByteSize.Parse(ModelMemoryLimit, "analysis_limits.model_memory_limit").Bytes;
}

public sealed record DataDescription
{
    public string Format { get; init; } = "xcontent";
    public string TimeField { get; init; } = "time";

    /// <summary><c>epoch</c>, <c>epoch_ms</c> or a date pattern.</summary>
    public string TimeFormat { get; init; } = "epoch_ms";
}

public sealed record ModelPlotConfig
{
    public bool Enabled { get; init; }
    public bool AnnotationsEnabled { get; init; } = true;
    public string? Terms { get; init; }
}
