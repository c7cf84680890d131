using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Forecasting;

/// <summary>Which detectors have a future that can be told.</summary>
public static class Foretelling
{
    /// <summary>Why the series of a detector are not foretold; <c>null</c> when they are.</summary>
    public static string? Obstacle(DetectorSettings detector) => detector switch
    {
        { OverFieldName: { } over } => $"it compares the values of [{over}] with each other, as a population",
        { Function.Aggregate: Aggregate.Rare or Aggregate.FrequentRare or Aggregate.Metric or Aggregate.GeographicPoint or Aggregate.TimeOfDay or Aggregate.TimeOfWeek } =>
            $"function [{detector.Function.Name}] has no value in time",
        _ => null,
    };
}
