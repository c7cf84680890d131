using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Watching;

/// <param name="Every">Time between two looks for expired forecasts.</param>
/// <param name="Pause">Time between two transactions that remove points, so that the removal of many holds nobody up.</param>
/// <param name="AtOnce">How many expired forecasts are looked up at once.</param>
public sealed record SweepOptions(TimeSpan Every, TimeSpan Pause, int AtOnce)
{
    public static SweepOptions Default { get; } = new(TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(20), 100);
}

/// <summary>Removes the rows of forecasts that are expired; until then they are hidden by their time.</summary>
public sealed class ForecastSweeper(IJobStore store, TimeProvider time, SweepOptions options) : Sweeper("Expired forecasts", options.Every, options.Pause)
{
    private readonly Queue<Forecast> _expired = new();

    protected override async Task<bool> RemovePieceAsync()
    {
        if (_expired.Count == 0)
        {
            foreach (var found in await store.ListExpiredForecastsAsync(time.GetUtcNow().ToUnixTimeMilliseconds(), options.AtOnce)) _expired.Enqueue(found);
            if (_expired.Count == 0) return false;
        }
        var forecast = _expired.Peek();
        await store.WriteAsync([new DeleteForecast(forecast.JobId, forecast.ForecastId, ForecastRemoval.Piece, KeepRow: false)]);
        if (!await store.HasForecastPointsAsync(forecast.JobId, forecast.ForecastId)) _expired.Dequeue();
        return true;
    }

    protected override void Forget() => _expired.Clear();
}
