using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Jobs;

/// <summary>
/// Opening jobs. The id of one job behaves as the API says: a job that is already open is refused. An expression, which is our own, means
/// "see to it that these are open": jobs that are count as done.
/// </summary>
public static class OpenEndpoint
{
    private static readonly Parameter<TimeSpan> Timeout = Parameters.Duration("timeout", "30m", ParameterPlace.Both,
        "How long the answer may take; when it ends the job may still open.");

    private static readonly Parameter<bool> AllowNoMatch = Parameters.AllowNoMatch with { Place = ParameterPlace.Both, Extension = true };

    private static readonly Parameter<bool> Wait = Parameters.WaitForCompletion with { Place = ParameterPlace.Both, Extension = true };

    private static readonly Parameter<bool> Detailed =
        Parameters.Boolean("detailed", false, ParameterPlace.Both, "Adds how it went for each job.") with { Extension = true };

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.open_job", ["POST"], ["/_ml/anomaly_detectors/{job_id}/_open"], Privileges.ManageMl, "cluster:admin/xpack/ml/job/open",
            "Opens a job, from its newest model snapshot if there is one. A group, wildcard or list opens all its jobs (an extension).", AnswerAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [Timeout, AllowNoMatch, Wait, Detailed],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var deadline = new RequestDeadline(call.Services.Time, call.Get(Timeout));
        var expression = JobResolution.Parse(call.JobId);
        var isOne = !expression.All && expression.Tokens is [var token] && token == call.JobId && await call.Services.Catalog.FindAsync(token) is not null;
        return isOne && call.Get(Wait) ? await OpenOneAsync(call, deadline) : await OpenManyAsync(call, deadline);
    }

    private static async Task<ApiResult> OpenOneAsync(ApiCall call, RequestDeadline deadline)
    {
        await RequireFiltersAsync(call, [call.JobId]);
        var began = call.Services.Time.GetTimestamp();
        try
        {
            var opened = await call.AskAsync<JobOpenedReply>(new OpenJob(call.JobId), deadline.Remaining);
            var took = call.Services.Time.GetElapsedTime(began).TotalMilliseconds;
            return Opened(call, opened.NodeId, [new BulkJobResult(call.JobId, BulkOutcome.Done, null, null, null, took)]);
        }
        catch (JobTimeoutException)
        {
            throw TimedOut($"job [{call.JobId}] is not open yet and may still open", call.Get(Timeout));
        }
    }

    private static async Task<ApiResult> OpenManyAsync(ApiCall call, RequestDeadline deadline)
    {
        var jobs = await JobResolution.ResolveAsync(call, call.JobId, call.Get(AllowNoMatch));
        var unable = jobs.Where(job => job.State is JobState.Failed or JobState.Closing || job.Blocked != BlockedReason.None).ToList();
        if (unable.Count > 0) throw Unable(unable, call.Services.Options.NamesShown);

        var toOpen = jobs.Where(job => job.State != JobState.Opened).Select(job => job.JobId).ToList();
        await RequireFiltersAsync(call, toOpen);
        var request = new BulkRequest(BulkOperation.Open, toOpen, deadline.Remaining) { By = call.Caller };
        if (!call.Get(Wait)) return ApiResult.Background(call.Services.Jobs.Start(request));
        var progress = toOpen.Count == 0 ? null : await call.Services.Jobs.RunAsync(request).WaitAsync(call.Aborted);
        if (progress is not null) Check(call, progress);
        var asked = (progress?.Jobs ?? []).ToDictionary(job => job.JobId, StringComparer.Ordinal);
        return Opened(call, "", jobs.Select(job => asked.GetValueOrDefault(job.JobId) ?? new(job.JobId, BulkOutcome.Unchanged, null, null, null, 0)));
    }

    private static void Check(ApiCall call, BulkProgress progress)
    {
        var shown = call.Services.Options.NamesShown;
        var refused = progress.Jobs.Where(job => job.Outcome == BulkOutcome.Refused).ToList();
        if (refused.Count > 0)
        {
            var kind = refused[0].Refusal ?? RefusalKind.Failed;
            throw new ApiException(ErrorMapping.StatusOf(kind), ErrorMapping.TypeOf(kind),
                $"{progress.CountDone} of {progress.Jobs.Count} jobs are open; {refused.Count} could not be opened: " +
                string.Join("; ", refused.Take(shown).Select(job => $"[{job.JobId}]: {job.Reason}")));
        }
        var pending = progress.Jobs.Where(job => job.Outcome == BulkOutcome.Pending).Select(job => job.JobId).ToList();
        if (progress.TimedOut && pending.Count > 0)
        {
            throw TimedOut(
                $"{progress.CountDone} of {progress.Jobs.Count} jobs are open; still opening: {BulkDocument.Names(pending, shown)}; the opening goes on",
                call.Get(Timeout));
        }
    }

    private static ApiResult Opened(ApiCall call, string node, IEnumerable<BulkJobResult> jobs) => ApiResult.Json(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("opened", true);
        json.WriteString("node", node);
        if (call.Get(Detailed)) BulkDocument.WriteJobs(json, BulkOperation.Open, jobs);
        json.WriteEndObject();
    });

    private static ApiException Unable(List<ResolvedJob> jobs, int shown)
    {
        var names = jobs.Select(job => $"{job.JobId} ({Why(job)})").ToList();
        return ApiException.Conflict(
            $"nothing was opened, because some of the jobs cannot be: {BulkDocument.Names(names, shown)}; close failed jobs with force=true first");
    }

    private static async Task RequireFiltersAsync(ApiCall call, IReadOnlyCollection<string> jobIds)
    {
        var missing = await call.Services.Contexts.MissingFiltersAsync(jobIds);
        if (missing.Count == 0) return;
        var names = missing.Select(use => $"{use.FilterId} (of job {use.JobId})").ToList();
        throw ApiException.NotFound(
            $"nothing was opened, because [custom_rules] name filters that do not exist: {BulkDocument.Names(names, call.Services.Options.NamesShown)}; " +
            "create them, or take them out of the rules");
    }

    private static string Why(ResolvedJob job) => job.Blocked != BlockedReason.None
        ? $"a {JobLifecycle.Name(job.Blocked)} of it is under way"
        : JobLifecycle.Name(job.State);

    private static ApiException TimedOut(string what, TimeSpan timeout) =>
        new(408, ErrorTypes.Status, FormattableString.Invariant($"the opening did not end within {timeout.TotalSeconds:0.###}s: {what}"));
}
