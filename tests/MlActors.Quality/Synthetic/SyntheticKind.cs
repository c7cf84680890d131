using MlActors.Analysis;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Functions;

namespace MlActors.Quality.Synthetic;

/// <summary>A kind of made-up stream with buckets of five minutes over four weeks, and how it is analysed. Every seed gives another one.</summary>
/// <param name="Make">The stream of a seed.</param>
public sealed record SyntheticKind(string Name, DetectorSettings Detector, Func<Chance, SyntheticStream> Make)
{
    public const long Span = 300;
    public const int Day = 288;
    public const int Length = 28 * Day;

    /// <summary>Rows before it only teach.</summary>
    public int FirstRow { get; init; } = 2 * Day;

    /// <summary>Time of the first row: a Monday, 00:00 UTC.</summary>
    public long Start { get; init; } = 1_748_822_400;

    public string? TimeZone { get; init; }

    /// <summary>What is asked of scores, less than is common at a weak spot.</summary>
    public Floor Scores { get; init; } = Floor.Common;

    /// <summary>What is asked of alerts.</summary>
    public Floor Alerts { get; init; } = Floor.Common;

    public AnalysisSettings Settings => new()
    {
        BucketSpan = Span,
        TimeZone = TimeZone,
        Detectors = [Detector],
        Categorization = Detector.ByFieldName == CategorizationSettings.CategoryField ? new CategorizationSettings { FieldName = "what" } : null,
    };

    /// <summary>A detector of the fields of a <see cref="SyntheticRecord"/>.</summary>
    public static DetectorSettings Of(string function, string? field = null, string? by = null, string? over = null) =>
        new(0, DetectorFunction.Find(function)!, field, by, over);
}
