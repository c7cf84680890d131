using System.Collections.Immutable;
using MlActors.Analysis.Forecasting;
using MlActors.Jobs.Results;
using MlActors.Jobs.Running;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Forecasts;

/// <summary>A forecast to be made.</summary>
/// <param name="Plan">Copies of the models; <c>null</c> when there is an obstacle.</param>
/// <param name="Obstacle">Why it cannot be made.</param>
/// <param name="Memory">What the copies take, or would take.</param>
/// <param name="Notes">What is left out.</param>
internal sealed record ForecastOrder(string JobId, string ForecastId, ForecastPlan? Plan, string? Obstacle, long Memory, ImmutableArray<string> Notes);

/// <summary>
/// Makes forecasts, piece by piece, while the analyses that they are of go on. One for all jobs of a node: the computing of a piece waits for its turn, so
/// that many forecasts delay each other and nobody else; the writing is bounded by the store, as each piece waits for its commit.
/// </summary>
internal sealed class ForecastRunner(IJobStore store, TimeProvider time, RunningOptions options)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Makes a forecast from its beginning, whatever somebody may have made of it before.</summary>
    /// <returns>Whether it has come to its end, or is nobody's business any more; <c>false</c> when it was stopped.</returns>
    public async Task<bool> RunAsync(ForecastOrder order, CancellationToken stop)
    {
        try
        {
            if (await BeginAsync(order, stop) is not { } begun) return true;
            FaultPoints.Hit("forecast.begun");
            if (begun.Run > 1) await PatientlyAsync(() => ForecastRemoval.ClearAsync(store, order.JobId, order.ForecastId, stop), stop);
            if (order.Plan is { } plan) await MakeAsync(begun, plan, stop);
            else await FailAsync(begun, order.Obstacle!, stop);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        catch (StoreException conflict) when (conflict.Failure == StoreFailure.Conflict)
        {
            // It was ended, removed or begun by somebody else: what he wrote counts.
            return true;
        }
    }

    // Who begins last makes it: the run that is stored decides, and what an earlier one still writes is refused.
    private async Task<Forecast?> BeginAsync(ForecastOrder order, CancellationToken stop)
    {
        while (true)
        {
            var stored = (await PatientlyAsync(() => store.ListForecastsAsync([order.JobId]), stop)).FirstOrDefault(one => one.ForecastId == order.ForecastId);
            if (stored is null or { HasEnded: true }) return null;
            var begun = stored with
            {
                State = ForecastState.Started,
                Run = stored.Run + 1,
                Start = order.Plan?.Begin,
                End = order.Plan?.Begin + (stored.Duration / stored.BucketSpan * stored.BucketSpan),
                Progress = 0,
                Records = 0,
                Memory = order.Memory,
                ProcessingMs = 0,
                Messages = order.Notes,
            };
            try
            {
                await WriteAsync(new AdvanceForecast(begun, stored.Run, []), stop);
                return begun;
            }
            catch (StoreException conflict) when (conflict.Failure == StoreFailure.Conflict)
            {
                // Another one was quicker, or this one's first try did happen although it failed.
            }
        }
    }

    private async Task MakeAsync(Forecast forecast, ForecastPlan plan, CancellationToken stop)
    {
        var total = (long)plan.BucketsIn(forecast.Duration) * plan.Series;
        using var points = plan.Points(forecast.Duration).GetEnumerator();
        while (!forecast.HasEnded)
        {
            AdvanceForecast? piece = null;
            string? failure = null;
            await _turns.WaitAsync(stop);
            try
            {
                piece = NextPiece(forecast, points, total);
            }
            catch (Exception cause)
            {
                failure = $"it broke off: {cause.Message}";
            }
            finally
            {
                _turns.Release();
            }
            if (piece is null)
            {
                await FailAsync(forecast, failure!, stop);
                return;
            }
            await WriteAsync(piece, stop);
            FaultPoints.Hit("forecast.piece");
            forecast = piece.Forecast;
        }
    }

    private AdvanceForecast NextPiece(Forecast forecast, IEnumerator<ForecastPoint> points, long total)
    {
        var began = time.GetTimestamp();
        var rows = new List<ForecastRow>((int)Math.Min(options.ForecastPiece, total - forecast.Records));
        while (rows.Count < rows.Capacity && points.MoveNext()) rows.Add(new ForecastRow(points.Current.Timestamp, ResultDocuments.ForecastPoint(forecast, points.Current)));
        var records = forecast.Records + rows.Count;
        return new AdvanceForecast(forecast with
        {
            State = records == total ? ForecastState.Finished : ForecastState.Started,
            Records = records,
            Progress = (double)records / total,
            ProcessingMs = forecast.ProcessingMs + time.GetElapsedTime(began).TotalMilliseconds,
        }, forecast.Run, rows);
    }

    private Task FailAsync(Forecast forecast, string reason, CancellationToken stop) =>
        WriteAsync(new AdvanceForecast(forecast with { State = ForecastState.Failed, Messages = forecast.Messages.Add(reason) }, forecast.Run, []), stop);

    private Task WriteAsync(StoreWrite write, CancellationToken stop) => PatientlyAsync(() => store.WriteAsync([write]), stop);

    private Task PatientlyAsync(Func<Task> action, CancellationToken stop) => PatientlyAsync(async () =>
    {
        await action();
        return true;
    }, stop);

    // A store that cannot do it now may be able to soon; only a conflict stays one.
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> action, CancellationToken stop)
    {
        for (var delay = FirstRetry; ; delay = delay * 2 < LongestRetry ? delay * 2 : LongestRetry)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                return await action();
            }
            catch (StoreException cause) when (cause.Failure != StoreFailure.Conflict)
            {
                await Task.Delay(delay, time, stop);
            }
        }
    }
}
