using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Analysis;

namespace MlActors.Jobs.Configuration;

/// <summary>
/// A job as its user wrote it, completed with defaults, in the terms of the API. Immutable; stored as JSON in the journal and the catalog
/// and returned by the API. What the analysis needs of it is <see cref="ToSettings"/>.
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

    /// <summary>The interval in whole seconds; <c>null</c> means the default.</summary>
    public long? BackgroundPersistIntervalSeconds => throw new NotImplementedException();

    public bool AllowLazyOpen { get; init; }
    public JsonElement? CustomSettings { get; init; }

    /// <summary>The validated settings of the analysis.</summary>
    public AnalysisSettings ToSettings() => throw new NotImplementedException();
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
}

public sealed record AnalysisLimits
{
    /// <summary>Always <c>&lt;n&gt;mb</c>.</summary>
    public string ModelMemoryLimit { get; init; } = "1024mb";
    public long CategorizationExamplesLimit { get; init; } = 4;
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
    public bool AnnotationsEnabled { get; init; }
    public string? Terms { get; init; }
}
