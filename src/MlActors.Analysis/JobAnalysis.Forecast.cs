using MlActors.Analysis.Forecasting;
using MlActors.Analysis.Judging;

namespace MlActors.Analysis;

public sealed partial class JobAnalysis
{
    /// <summary>What <see cref="PlanForecast"/> would copy, in bytes.</summary>
    public long ForecastBytes => _judges.Where(CanBeForetold).Sum(judge => judge.Forecasters.Bytes);

    /// <summary>How many series <see cref="PlanForecast"/> would copy.</summary>
    public int ForecastSeries => _judges.Where(CanBeForetold).Sum(judge => judge.Forecasters.Count);

    /// <summary>Copies what is needed to tell the future from here; nothing changes.</summary>
    public ForecastPlan PlanForecast()
    {
        var series = new List<SeriesForecaster>();
        foreach (var judge in _judges.Where(CanBeForetold)) judge.AddForecasters(series);
        return new ForecastPlan(series, LatestResultTime is null ? null : LastFinalizedBucketEnd, _settings.BucketSpan);
    }

    private static bool CanBeForetold(DetectorJudge judge) => Foretelling.Obstacle(judge.Settings) is null;
}
