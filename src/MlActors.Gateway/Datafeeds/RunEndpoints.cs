using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Jobs;
using MlActors.Gateway.Security;
using MlActors.Jobs;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Datafeeds;

/// <summary>Starting and stopping datafeeds.</summary>
public static class RunEndpoints
{
    // What the source says within this time is told at once; what it says later is seen in the statistics.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(5);

    private static readonly Parameter<long?> Start = Parameters.Date("start", ParameterPlace.Both,
        "The earliest data to read, inclusive; without it, all there is. What the job has already is not read again.");

    private static readonly Parameter<long?> End = Parameters.Date("end", ParameterPlace.Both,
        "Where to stop, exclusive; then the datafeed stops by itself and its job is closed. Without it, the datafeed goes on in real time.");

    private static readonly Parameter<TimeSpan> StartTimeout = Parameters.Duration("timeout", "20s", ParameterPlace.Both,
        "How long the answer may take; when it ends the datafeed may still start.");

    private static readonly Parameter<bool> AllowNoMatch = DatafeedResolution.AllowNoMatch with { Place = ParameterPlace.Both };

    private static readonly Parameter<bool> Force = Parameters.Boolean("force", false, ParameterPlace.Both,
        "Accepted; a stop takes effect at once in any case, and what was read is in the job whole or not at all.");

    private static readonly Parameter<TimeSpan> StopTimeout = Parameters.Duration("timeout", "20s", ParameterPlace.Both,
        "How long the answer may take; when it ends the datafeeds go on stopping, and jobs closing, and the answer is an error that says which.");

    private static readonly Parameter<bool?> CloseJob = new("close_job", Parameters.Optional(ParameterKinds.Boolean), null, ParameterPlace.Both,
        "Whether the jobs are closed too, and waited for. Without it, the jobs of datafeeds that have an `end` are closed, and not waited for.")
    { DefaultText = "" };

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.start_datafeed", ["POST"], ["/_ml/datafeeds/{datafeed_id}/_start"], Privileges.ManageMl, "cluster:admin/xpack/ml/datafeed/start",
            "Starts a datafeed whose job is open. It goes on exactly behind the data that it brought before.", StartAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [Start, End, StartTimeout],
        },
        new("ml.stop_datafeed", ["POST"], ["/_ml/datafeeds/{datafeed_id}/_stop"], Privileges.ManageMl, "cluster:admin/xpack/ml/datafeed/stop",
            "Stops the datafeeds of an expression. One that is stopped already stays so.", StopAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [AllowNoMatch, Force, StopTimeout, CloseJob],
        },
    ];

    private static async Task<ApiResult> StartAsync(ApiCall call)
    {
        var deadline = new RequestDeadline(call.Services.Time, call.Get(StartTimeout));
        var (start, end) = ApiCall.Range(call.Get(Start), call.Get(End));
        var row = await DatafeedResolution.RequireAsync(call);
        await LookAtSourceAsync(call, row, start ?? 0);
        try
        {
            var started = await call.AskAsync<DatafeedStartedReply>(new StartDatafeed(row.Config.JobId, row.Config.DatafeedId, start ?? 0, end), deadline.Remaining);
            return ApiResult.Json(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("started", true);
                json.WriteString("node", started.NodeId);
                json.WriteEndObject();
            });
        }
        catch (JobTimeoutException)
        {
            throw TimedOut(call, StartTimeout, $"datafeed [{row.Config.DatafeedId}] has not started yet and may still start");
        }
    }

    /// <summary>What can never be read is better said now than in the statistics; a source that is away may come back.</summary>
    private static async Task LookAtSourceAsync(ApiCall call, DatafeedRow row, long start)
    {
        var job = await call.Services.Catalog.FindAsync(row.Config.JobId);
        if (job is null || job.Status.State is not (JobState.Opening or JobState.Opened)) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        patience.CancelAfter(LongestLook);
        try
        {
            await using var source = call.Services.Sources.Open(row.Config, job.Config);
            await source.SummarizeAsync(start, start + 1, patience.Token);
        }
        catch (SourceException failure) when (failure.IsPermanent)
        {
            var what = $"cannot start datafeed [{row.Config.DatafeedId}]: {failure.Message}";
            throw failure.IsMissing ? ApiException.NotFound(what) : ApiException.IllegalArgument(what);
        }
        catch (Exception failure) when (failure is SourceException or OperationCanceledException && !call.Aborted.IsCancellationRequested)
        {
            // It is tried again by the datafeed.
        }
    }

    private static async Task<ApiResult> StopAsync(ApiCall call)
    {
        var deadline = new RequestDeadline(call.Services.Time, call.Get(StopTimeout));
        var rows = await DatafeedResolution.ResolveAsync(call, DatafeedResolution.IdOf(call), call.Get(AllowNoMatch));
        var running = rows.Where(row => row.Status.State != DatafeedState.Stopped || call.Get(CloseJob) == true).Select(row => row.Config.JobId).ToList();
        if (running.Count > 0)
        {
            var progress = await call.Services.Jobs.RunAsync(new BulkRequest(BulkOperation.StopDatafeed, running, deadline.Remaining) { ClosesJob = call.Get(CloseJob), By = call.Caller })
                .WaitAsync(call.Aborted);
            Check(call, progress);
        }
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("stopped", true);
            json.WriteEndObject();
        });
    }

    private static void Check(ApiCall call, BulkProgress progress)
    {
        var shown = call.Services.Options.NamesShown;
        var refused = progress.Jobs.Where(job => job.Outcome == BulkOutcome.Refused).ToList();
        if (refused.Count > 0)
        {
            var kind = refused[0].Refusal ?? RefusalKind.Failed;
            throw new ApiException(ErrorMapping.StatusOf(kind), ErrorMapping.TypeOf(kind),
                $"the datafeeds of {refused.Count} jobs could not be stopped: " + string.Join("; ", refused.Take(shown).Select(job => $"[{job.JobId}]: {job.Reason}")));
        }
        var pending = progress.Jobs.Where(job => job.Outcome == BulkOutcome.Pending).Select(job => job.JobId).ToList();
        if (progress.TimedOut && pending.Count > 0)
            throw TimedOut(call, StopTimeout, $"not yet done for the jobs {BulkDocument.Names(pending, shown)}; it goes on in the background");
    }

    private static ApiException TimedOut(ApiCall call, Parameter<TimeSpan> timeout, string what) =>
        new(408, ErrorTypes.Status, FormattableString.Invariant($"this did not end within {call.Get(timeout).TotalSeconds:0.###}s: {what}"));
}
