using Akka.Actor;
using Akka.Event;
using MlActors.Jobs.Forecasts;

namespace MlActors.Jobs.Running;

internal sealed partial class AnalysisActor
{
    private readonly ForecastRunner _forecasts;
    private readonly CancellationTokenSource _forecastsStop;

    /// <summary>Copies the models, which is all that the analysis waits for; the rest goes on beside it until this actor ends.</summary>
    private void RunForecast(Forecast forecast)
    {
        FaultPoints.Hit("forecast.taken");
        var obstacle = ForecastRules.Obstacle(forecast, _analysis, _options.MaxForecastPoints);
        var order = new ForecastOrder(JobId, forecast.ForecastId, obstacle is null ? _analysis.PlanForecast() : null, obstacle, _analysis.ForecastBytes,
            [.. ForecastRules.Omissions(_settings)]);
        var stop = _forecastsStop.Token;
        Task.Run(() => _forecasts.RunAsync(order, stop), stop).ContinueWith(run =>
        {
            if (run is { IsCompletedSuccessfully: true, Result: true }) _job.Tell(new FromAnalysis.ForecastEnded(_start.Generation, forecast.ForecastId));
            else if (run.Exception is { } cause) _log.Error(cause, "Forecast {0} of job {1} came to no end", forecast.ForecastId, JobId);
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
