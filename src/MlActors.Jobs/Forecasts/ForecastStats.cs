namespace MlActors.Jobs.Forecasts;

/// <summary>The smallest, largest, mean and sum of a figure.</summary>
public sealed record FigureSummary(double Total, double Min, double Avg, double Max)
{
    internal static FigureSummary? Of(IReadOnlyCollection<double> figures) =>
        figures.Count == 0 ? null : new(figures.Sum(), figures.Min(), figures.Average(), figures.Max());
}

/// <summary>The forecasts of one job in figures.</summary>
/// <param name="Memory">Bytes; with the others <c>null</c> when there is no forecast.</param>
/// <param name="Records">Points.</param>
/// <param name="ProcessingMs">Wall-clock milliseconds.</param>
/// <param name="ByState">How many there are in each state that one is in.</param>
public sealed record ForecastStats(
    int Total, FigureSummary? Memory, FigureSummary? Records, FigureSummary? ProcessingMs, IReadOnlyList<(ForecastState State, int Count)> ByState)
{
    public static ForecastStats None { get; } = Of([]);

    /// <param name="forecasts">Those that are not expired.</param>
    public static ForecastStats Of(IReadOnlyCollection<Forecast> forecasts) => new(
        forecasts.Count,
        FigureSummary.Of([.. forecasts.Select(forecast => (double)forecast.Memory)]),
        FigureSummary.Of([.. forecasts.Select(forecast => (double)forecast.Records)]),
        FigureSummary.Of([.. forecasts.Select(forecast => forecast.ProcessingMs)]),
        [.. forecasts.GroupBy(forecast => forecast.State).OrderBy(group => group.Key).Select(group => (group.Key, group.Count()))]);
}
