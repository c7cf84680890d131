using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Jobs;

/// <summary>
/// Closing jobs. Everything is checked before the first job is closed: a blank or unknown name, or a failed job, refuses the whole request.
/// <c>timeout</c> bounds all of it; when it ends, the answer says what is still closing, and the work goes on.
/// </summary>
public static class CloseEndpoint
{
    private static readonly Parameter<bool> AllowNoMatch = Parameters.AllowNoMatch with { Place = ParameterPlace.Both };

    private static readonly Parameter<bool> Force = Parameters.Boolean("force", false, ParameterPlace.Both,
        "Stops the analysis at once instead of finishing what was accepted; needed for failed jobs. What was accepted is analysed after the next open.");

    private static readonly Parameter<TimeSpan> Timeout = Parameters.Duration("timeout", "30m", ParameterPlace.Both,
        "How long the answer may take; when it ends the jobs go on closing and the answer is an error that says which.");

    private static readonly Parameter<bool> Wait = Parameters.WaitForCompletion with { Place = ParameterPlace.Both, Extension = true };

    private static readonly Parameter<bool> IgnoreFailed = Parameters.Boolean("ignore_failed", false, ParameterPlace.Both,
        "Closes the other jobs although some have failed; the answer lists those in `failed_jobs`.") with { Extension = true };

    private static readonly Parameter<bool> Detailed =
        Parameters.Boolean("detailed", false, ParameterPlace.Both, "Adds how it went for each job.") with { Extension = true };

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.close_job", ["POST"], ["/_ml/anomaly_detectors/{job_id}/_close"], Privileges.ManageMl, "cluster:admin/xpack/ml/job/close",
            "Closes the jobs of an expression: analyses what was accepted, makes counts, results and a model snapshot durable, then answers.", AnswerAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [AllowNoMatch, Force, Timeout, Wait, IgnoreFailed, Detailed],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var deadline = new RequestDeadline(call.Services.Time, call.Get(Timeout));
        var expression = JobResolution.Parse(call.JobId);
        var resolution = await deadline.WaitAsync(call.Services.Catalog.ResolveAsync(expression), call.Aborted)
            ?? throw TimedOut("the jobs of the expression were not yet looked up, and none was asked to close", call.Get(Timeout));
        var jobs = JobResolution.Require(resolution, call.Get(AllowNoMatch));
        var force = call.Get(Force);
        var failed = jobs.Where(job => job.State == JobState.Failed).Select(job => job.JobId).ToList();
        if (failed.Count > 0 && !force && !call.Get(IgnoreFailed)) throw FailedJobs(failed);

        var operation = force ? BulkOperation.ForceClose : BulkOperation.Close;
        var toClose = jobs.Where(job => job.State != JobState.Closed && (force || job.State != JobState.Failed)).Select(job => job.JobId).ToList();
        var request = new BulkRequest(operation, toClose, deadline.Remaining) { By = call.Caller };
        if (!call.Get(Wait)) return ApiResult.Background(call.Services.Jobs.Start(request));

        // Not bound to the connection: the work goes on when the client leaves.
        var progress = toClose.Count == 0 ? null : await call.Services.Jobs.RunAsync(request).WaitAsync(call.Aborted);
        if (progress is not null) failed.AddRange(Check(call, progress));
        return Closed(call, operation, jobs, progress, force ? [] : failed);
    }

    /// <returns>Jobs that turned out to have failed, when that is to be ignored.</returns>
    private static IEnumerable<string> Check(ApiCall call, BulkProgress progress)
    {
        var refused = progress.Jobs.Where(job => job.Outcome == BulkOutcome.Refused).ToList();
        if (refused.Count > 0 && !(call.Get(IgnoreFailed) && refused.TrueForAll(job => job.Refusal is RefusalKind.Conflict or RefusalKind.Failed)))
            throw Refused(refused, call.Services.Options.NamesShown);
        if (progress.TimedOut)
        {
            var pending = progress.Jobs.Where(job => job.Outcome == BulkOutcome.Pending).Select(job => job.JobId).ToList();
            if (pending.Count > 0)
            {
                throw TimedOut($"{progress.Jobs.Count - pending.Count} of {progress.Jobs.Count} jobs are closed; still closing: " +
                    $"{BulkDocument.Names(pending, call.Services.Options.NamesShown)}; the close goes on in the background", call.Get(Timeout));
            }
        }
        return refused.Select(job => job.JobId);
    }

    private static ApiResult Closed(ApiCall call, BulkOperation operation, IReadOnlyList<ResolvedJob> jobs, BulkProgress? progress, List<string> failed) =>
        ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("closed", true);
            if (call.Get(IgnoreFailed))
            {
                json.WriteStartArray("failed_jobs");
                foreach (var job in failed.Order(StringComparer.Ordinal)) json.WriteStringValue(job);
                json.WriteEndArray();
            }
            if (call.Get(Detailed))
            {
                var asked = (progress?.Jobs ?? []).ToDictionary(job => job.JobId, StringComparer.Ordinal);
                BulkDocument.WriteJobs(json, operation, jobs.Select(job => asked.GetValueOrDefault(job.JobId) ?? NotAsked(job)));
            }
            json.WriteEndObject();
        });

    private static BulkJobResult NotAsked(ResolvedJob job) => job.State == JobState.Failed
        ? new(job.JobId, BulkOutcome.Refused, "the job has failed", RefusalKind.Conflict, null, 0)
        : new(job.JobId, BulkOutcome.Unchanged, null, null, null, 0);

    private static ApiException FailedJobs(List<string> failed)
    {
        var (what, are) = failed.Count == 1 ? ("job", "it has") : ("jobs", "they have");
        return ApiException.Conflict($"cannot close {what} [{string.Join(", ", failed)}] because {are} failed; nothing was closed: " +
            "use force=true to close failed jobs too, or ignore_failed=true to close only the others");
    }

    private static ApiException Refused(List<BulkJobResult> refused, int shown)
    {
        var kind = refused.Exists(job => job.Refusal == RefusalKind.Conflict) ? RefusalKind.Conflict : refused[0].Refusal ?? RefusalKind.Failed;
        var reasons = refused.Take(shown).Select(job => $"[{job.JobId}]: {job.Reason}");
        var more = refused.Count > shown ? $"; and {refused.Count - shown} more" : "";
        return new ApiException(ErrorMapping.StatusOf(kind), ErrorMapping.TypeOf(kind),
            $"{refused.Count} jobs could not be closed: {string.Join("; ", reasons)}{more}")
        {
            Causes = [.. refused.Take(shown).Select(job =>
                new ErrorCause(ErrorMapping.TypeOf(job.Refusal ?? RefusalKind.Failed), job.Reason ?? "no reason given"))],
        };
    }

    // The status and type are those that clients of the API know for this.
    private static ApiException TimedOut(string what, TimeSpan timeout) =>
        new(500, ErrorTypes.IllegalState, FormattableString.Invariant($"the close did not end within {timeout.TotalSeconds:0.###}s: {what}"));
}
