using Akka.Actor;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Running;

/// <summary>
/// Forecasts: a request is journaled like an input, so it has its place among them; the analysis makes it. Those that have not ended are the job's to
/// see to the end: each run of the analysis is given them, and when the job closes or fails they fail in the same transaction.
/// </summary>
public sealed partial class JobActor
{
    // Those that have not ended, as far as is known here.
    private readonly Dictionary<string, Forecast> _forecasts = new(StringComparer.Ordinal);

    private void Add(Append append, StartForecast request, IActorRef sender)
    {
        var analysedAll = _analysedSeq >= append.Status.InputSeq && _analysisReady;
        if (ForecastRules.Obstacle(request, Settings, append.Status with { Size = _status.Size }, analysedAll) is { } obstacle)
        {
            append.Outcomes.Add(() => sender.Tell(new Refused(_jobId, RefusalKind.Invalid, obstacle)));
            return;
        }
        if (_forecasts.Count + append.Writes.Count(write => write is PutForecast) >= _services.Options.MaxForecasts)
        {
            append.Outcomes.Add(() => sender.Tell(new Refused(_jobId, RefusalKind.TooMany,
                $"job [{_jobId}] has {_services.Options.MaxForecasts} forecasts that are not finished, as many as it may: ask again when one of them is")));
            return;
        }
        var now = Now;
        var forecast = new Forecast
        {
            JobId = _jobId,
            ForecastId = request.ForecastId,
            InputSeq = append.Status.InputSeq,
            BucketSpan = Settings.BucketSpan,
            Duration = request.Duration,
            MaxMemory = ForecastRules.MemoryFor(request, Settings),
            CreateMs = now,
            ExpiresMs = now + request.ExpiresInMs,
        };
        append.Writes.Add(new PutForecast(forecast));
        append.Senders.Add(sender);
        append.Outcomes.Add(() =>
        {
            FaultPoints.Hit("forecast.accepted");
            _forecasts[forecast.ForecastId] = forecast;
            _analysis?.Tell(new ToAnalysis.MakeForecast(forecast));
            sender.Tell(new ForecastAccepted(_jobId, forecast.ForecastId));
        });
    }

    /// <summary>What a recovered job, or one that starts its analysis anew, has to see to the end.</summary>
    private void GiveForecasts()
    {
        foreach (var forecast in _forecasts.Values.OrderBy(one => one.InputSeq).ThenBy(one => one.CreateMs).ThenBy(one => one.ForecastId, StringComparer.Ordinal))
            _analysis!.Tell(new ToAnalysis.MakeForecast(forecast));
    }

    private async Task<IReadOnlyList<Forecast>> ReadUnfinishedForecastsAsync() =>
        [.. (await Store.ListForecastsAsync([_jobId])).Where(forecast => !forecast.HasEnded)];

    /// <summary>The end of the forecasts of a run that ends by these events.</summary>
    private IEnumerable<StoreWrite> EndOfForecasts(IReadOnlyList<JobEvent> events)
    {
        if (_forecasts.Count == 0) yield break;
        foreach (var reason in events.Select(ReasonToEnd).OfType<string>()) yield return new FailForecasts(_jobId, reason);
    }

    private static string? ReasonToEnd(JobEvent @event) => @event switch
    {
        JobClosed { Forced: true } => "the job was closed by force before the forecast was finished",
        JobClosed => "the job was closed before the forecast was finished",
        JobFailed failed => $"the job failed before the forecast was finished: {failed.Reason}",
        _ => null,
    };

    private void OnRemoveForecasts(RemoveForecasts request)
    {
        if (!_state.Exists)
            Sender.Tell(new Refused(_jobId, RefusalKind.NotFound, $"no job with id [{_jobId}] exists"));
        else if (_state.Blocked != BlockedReason.None)
            Sender.Tell(new Refused(_jobId, RefusalKind.Conflict, $"cannot delete forecasts of job [{_jobId}] while a {JobLifecycle.Name(_state.Blocked)} of it is under way"));
        else
            RemoveAsync(Store, request, Now).PipeTo(Sender, failure: cause =>
                new Refused(_jobId, RefusalKind.Unavailable, $"forecasts of job [{_jobId}] could not be deleted: {cause.Message}"));
    }

    // Touches nothing of the actor, which goes on meanwhile. They expire first, all at once; so they are gone for everybody, and should this not come to
    // its end, they are removed like everything that is expired.
    private static async Task<JobReply> RemoveAsync(IJobStore store, RemoveForecasts request, long now)
    {
        var jobId = request.JobId;
        var shown = (await store.ListForecastsAsync([jobId])).Where(forecast => !forecast.IsExpired(now)).ToList();
        var selection = ForecastSelection.Of(shown, request.Expression);
        var missing = selection.UnknownIds.Concat(request.AllowNone ? [] : selection.UnmatchedPatterns).ToList();
        if (missing.Count > 0) return new Refused(jobId, RefusalKind.NotFound, $"job [{jobId}] has no forecast [{string.Join(',', missing)}]");
        var unfinished = selection.Forecasts.Where(forecast => !forecast.HasEnded).ToList();
        if (unfinished.Count > 0)
        {
            return new Refused(jobId, RefusalKind.Conflict, $"cannot delete forecasts of job [{jobId}], nothing was deleted: " +
                string.Join(", ", unfinished.Select(forecast => $"[{forecast.ForecastId}] is {Forecast.Name(forecast.State)}")) + "; wait until they are finished, or close the job");
        }
        var ids = selection.Forecasts.Select(forecast => forecast.ForecastId).ToList();
        if (ids.Count > 0) await store.WriteAsync([new ExpireForecasts(jobId, ids, now)]);
        foreach (var id in ids) await ForecastRemoval.RemoveAsync(store, jobId, id);
        return new Done(jobId);
    }
}
