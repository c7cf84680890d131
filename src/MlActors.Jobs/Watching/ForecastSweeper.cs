using Akka.Actor;
using Akka.Event;
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

/// <summary>One in the cluster. Removes the rows of forecasts that are expired, a piece at a time; until then they are hidden by their time.</summary>
public sealed class ForecastSweeper : ReceiveActor, IWithTimers
{
    private sealed class Look
    {
        internal static readonly Look Instance = new();
    }

    private sealed class Next
    {
        internal static readonly Next Instance = new();
    }

    private sealed record Found(IReadOnlyList<Forecast> Forecasts);

    /// <param name="More">Whether points of the forecast are left.</param>
    private sealed record Removed(bool More);

    private readonly IJobStore _store;
    private readonly TimeProvider _time;
    private readonly SweepOptions _options;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<Forecast> _expired = new();
    private bool _sweeping;
    private bool _moreToFind;

    public ForecastSweeper(IJobStore store, TimeProvider time, SweepOptions options)
    {
        (_store, _time, _options) = (store, time, options);
        Receive<Look>(_ => OnLook());
        Receive<Found>(OnFound);
        Receive<Next>(_ => OnNext());
        Receive<Removed>(OnRemoved);
        Receive<Status.Failure>(OnFailure);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Instance, Look.Instance, TimeSpan.Zero, _options.Every);

    private void OnLook()
    {
        if (_sweeping) return;
        _sweeping = true;
        _store.ListExpiredForecastsAsync(_time.GetUtcNow().ToUnixTimeMilliseconds(), _options.AtOnce).PipeTo(Self, success: forecasts => new Found(forecasts));
    }

    private void OnFound(Found found)
    {
        foreach (var forecast in found.Forecasts) _expired.Enqueue(forecast);
        _moreToFind = found.Forecasts.Count == _options.AtOnce;
        OnNext();
    }

    private void OnNext()
    {
        if (_expired.TryPeek(out var forecast))
        {
            RemovePieceAsync(forecast).PipeTo(Self);
            return;
        }
        _sweeping = false;
        if (_moreToFind) OnLook();
    }

    private async Task<Removed> RemovePieceAsync(Forecast forecast)
    {
        await _store.WriteAsync([new DeleteForecast(forecast.JobId, forecast.ForecastId, ForecastRemoval.Piece, KeepRow: false)]);
        return new Removed(await _store.HasForecastPointsAsync(forecast.JobId, forecast.ForecastId));
    }

    private void OnRemoved(Removed removed)
    {
        if (!removed.More) _expired.Dequeue();
        Timers.StartSingleTimer(Next.Instance, Next.Instance, _options.Pause);
    }

    private void OnFailure(Status.Failure failure)
    {
        _log.Warning("Expired forecasts cannot be removed, trying again in {0}: {1}", _options.Every, failure.Cause.Message);
        _expired.Clear();
        _sweeping = false;
    }
}
