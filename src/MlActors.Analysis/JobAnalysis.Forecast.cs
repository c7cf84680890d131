using MlActors.Analysis.Forecasting;

namespace MlActors.Analysis;

public sealed partial class JobAnalysis
{
    /// <summary>Copies what is needed to tell the future from here; nothing changes.</summary>
    public ForecastPlan PlanForecast()
    {
        var series = new List<SeriesForecaster>();
        foreach (var judge in _judges) judge.AddForecasters(series);
        return new ForecastPlan(series, LatestResultTime is null ? null : LastFinalizedBucketEnd, _settings.BucketSpan);
    }
}
