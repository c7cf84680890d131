using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Forecasts;

/// <summary>Removes the rows of a forecast.</summary>
internal static class ForecastRemoval
{
    /// <summary>Points that one transaction removes: long enough to be efficient, short enough not to hold others up.</summary>
    public const int Piece = 2000;

    /// <summary>Removes the points of a forecast, one piece after another; the row stays.</summary>
    public static async Task ClearAsync(IJobStore store, string jobId, string forecastId, CancellationToken cancellation)
    {
        while (await store.HasForecastPointsAsync(jobId, forecastId))
        {
            cancellation.ThrowIfCancellationRequested();
            await store.WriteAsync([new DeleteForecast(jobId, forecastId, Piece, KeepRow: true)]);
        }
    }

    /// <summary>Removes a forecast that has ended. It must be expired before, so that nobody sees half of it, and whoever removes what is expired finishes this.</summary>
    public static async Task RemoveAsync(IJobStore store, string jobId, string forecastId)
    {
        await ClearAsync(store, jobId, forecastId, CancellationToken.None);
        await store.WriteAsync([new DeleteForecast(jobId, forecastId, Piece, KeepRow: false)]);
    }
}
