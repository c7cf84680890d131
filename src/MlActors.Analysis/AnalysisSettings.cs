using System.Collections.Immutable;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;
using MlActors.Analysis.Time;

namespace MlActors.Analysis;

/// <summary>One validated detector.</summary>
public sealed record DetectorSettings(
    int Index,
    DetectorFunction Function,
    string? FieldName = null,
    string? ByFieldName = null,
    string? OverFieldName = null,
    string? PartitionFieldName = null,
    bool UseNull = false)
{
    /// <summary>Whether values of the by field that are there most of the time give no results.</summary>
    public bool ExcludesFrequentBy { get; init; }

    /// <summary>Whether values of the over field that are there most of the time give no results.</summary>
    public bool ExcludesFrequentOver { get; init; }

    /// <summary>Whether correlations between the values of the by field are found, and reported when they cease to hold; not for a population.</summary>
    public bool CorrelatesBy { get; init; }

    /// <summary>Whether there is something to be correlated: <see cref="CorrelatesBy"/> in a detector with a by field and without an over field.</summary>
    public bool Correlates => CorrelatesBy && ByFieldName is not null && OverFieldName is null;

    /// <summary>Whether it is one of the fields by which the detector is split.</summary>
    public bool IsSplitBy(string field) => field == ByFieldName || field == OverFieldName || field == PartitionFieldName;

    /// <summary>Whether the detector may have more than one series.</summary>
    public bool IsSplit => ByFieldName is not null || OverFieldName is not null || PartitionFieldName is not null;
}

/// <summary>
/// The validated part of a job's configuration that the analysis depends on and that stays as long as there is a model; what may change is the
/// <see cref="Contexts.AnalysisContext"/>. Times are whole seconds.
/// </summary>
public sealed record AnalysisSettings
{
    /// <summary>Width of a bucket in seconds, at least 1.</summary>
    public required long BucketSpan { get; init; }

    /// <summary>How many seconds records may be late: buckets stay open that long.</summary>
    public long Latency { get; init; }

    /// <summary>The time zone (id of the IANA database) whose days and weeks the models follow; <c>null</c> for UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Whether an id can be a <see cref="TimeZone"/>.</summary>
    public static bool IsTimeZone(string id) => LocalTime.IsZone(id);

    public required ImmutableArray<DetectorSettings> Detectors { get; init => (field, _schema) = (value, null); }

    public ImmutableArray<string> Influencers { get; init => (field, _schema) = (value, null); } = [];

    /// <summary>The field that says how many raw records a record stands for; <c>null</c> when each stands for itself.</summary>
    public string? SummaryCountField { get; init => (field, _schema) = (value, null); }

    /// <summary>How texts are sorted into categories; <c>null</c> when they are not. Detectors and influencers name the category of a record
    /// <see cref="CategorizationSettings.CategoryField"/>.</summary>
    public CategorizationSettings? Categorization { get; init => (field, _schema) = (value, null); }

    /// <summary>A series not seen for this many seconds is pruned.</summary>
    public long ModelPruneWindow { get; init; } = 30L * 24 * 3600;

    /// <summary>Seconds after which an event counts half when scores are put into perspective; 0 when they stay what they were.</summary>
    public long RenormalizationWindow { get; init; } = 30L * 24 * 3600;

    /// <summary>In bytes.</summary>
    public long ModelMemoryLimit { get; init; } = 1024L << 20;

    /// <summary>Whether results carry the values of all series, <see cref="Results.BucketResult.Values"/>, and not only those of records.</summary>
    public bool KeepsValues { get; init; }

    /// <summary>The fields of a record that the analysis reads, in a fixed order.</summary>
    public BatchSchema Schema => _schema ??= BatchSchema.For(this);

    private BatchSchema? _schema;
}
