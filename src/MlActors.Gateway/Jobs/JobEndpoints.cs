using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Jobs;

/// <summary>The configuration of jobs and their existence.</summary>
public static partial class JobEndpoints
{
    private const string OneJob = "/_ml/anomaly_detectors/{job_id}";

    private static readonly Parameter<bool> ExcludeGenerated = Parameters.Boolean("exclude_generated", false, ParameterPlace.Query,
        "Leaves out what the server filled in, so that the answer can be used to create the same job elsewhere.");

    private static readonly Parameter<bool> Force = Parameters.Boolean("force", false, ParameterPlace.Query, "Deletes a job that is not closed.");

    private static readonly Parameter<bool> DeleteUserAnnotations =
        Parameters.Boolean("delete_user_annotations", false, ParameterPlace.Query, "Accepted; users have no annotations of their own, and all others are removed.");

    private static readonly ImmutableArray<ApiParameter> IndexParameters =
    [
        Parameters.Boolean("allow_no_indices", true, ParameterPlace.Query, "Accepted; only datafeeds would read indices."),
        Parameters.Text("expand_wildcards", "open", ParameterPlace.Query, "Accepted; only datafeeds would read indices."),
        Parameters.Boolean("ignore_throttled", true, ParameterPlace.Query, "Accepted; only datafeeds would read indices."),
        Parameters.Boolean("ignore_unavailable", false, ParameterPlace.Query, "Accepted; only datafeeds would read indices."),
    ];

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.put_job", ["PUT"], [OneJob], Privileges.ManageMl, "cluster:admin/xpack/ml/job/put", "Creates a job. It is closed.", PutAsync)
        {
            Body = BodyKind.Json,
            BodyDoc = "the configuration of the job; unknown fields are refused, and all problems are reported at once.",
            Parameters = IndexParameters,
        },
        new("ml.get_jobs", ["GET"], ["/_ml/anomaly_detectors", OneJob], Privileges.MonitorMl, "cluster:monitor/xpack/ml/job/get",
            "The configurations of the jobs of an expression, sorted by id.", GetAsync)
        {
            Parameters = [Parameters.AllowNoMatch, ExcludeGenerated],
        },
        new("ml.update_job", ["POST"], [OneJob + "/_update"], Privileges.ManageMl, "cluster:admin/xpack/ml/job/update",
            "Changes the given fields of a job's configuration and answers with all of it.", UpdateAsync)
        {
            Body = BodyKind.Json,
            BodyDoc = "the fields to change; `null` takes a field back to its default where it has one.",
        },
        new("ml.delete_job", ["DELETE"], [OneJob], Privileges.ManageMl, "cluster:admin/xpack/ml/job/delete",
            "Deletes a job with its results, models and counts.", DeleteAsync)
        {
            Parameters = [Force, Parameters.WaitForCompletion, DeleteUserAnnotations],
        },
        new("ml.reset_job", ["POST"], [OneJob + "/_reset"], Privileges.ManageMl, "cluster:admin/xpack/ml/job/reset",
            "Takes a closed job back to the moment of its creation: no results, no model, no counts.", ResetAsync)
        {
            Parameters = [Parameters.WaitForCompletion, DeleteUserAnnotations],
        },
        new("ml.flush_job", ["POST"], [OneJob + "/_flush"], Privileges.ManageMl, "cluster:admin/xpack/ml/job/flush",
            "Waits until everything accepted so far is analysed and its results can be read.", FlushEndpoint.AnswerAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = FlushEndpoint.Parameters,
        },
        new("ml.validate", ["POST"], ["/_ml/anomaly_detectors/_validate"], Privileges.ManageMl, "cluster:admin/xpack/ml/job/validate",
            "Checks a configuration without creating a job.", ValidateAsync)
        {
            Body = BodyKind.Json,
            BodyDoc = "the configuration of a job.",
        },
        new("ml.validate_detector", ["POST"], ["/_ml/anomaly_detectors/_validate/detector"], Privileges.ManageMl,
            "cluster:admin/xpack/ml/job/validate/detector", "Checks one detector.", ValidateDetectorAsync)
        {
            Body = BodyKind.Json,
            BodyDoc = "the detector.",
        },
    ];

    private static async Task<ApiResult> GetAsync(ApiCall call)
    {
        var jobs = await JobResolution.ResolveAsync(call, call.Path("job_id"), call.Get(Parameters.AllowNoMatch), includeDeleting: true);
        return ApiResult.Stream(async output =>
        {
            var json = output.Json;
            var count = 0L;
            json.WriteStartObject();
            json.WriteStartArray("jobs");
            await foreach (var row in call.Services.Catalog.ReadAsync([.. jobs.Select(job => job.JobId)]))
            {
                JobConfigJson.WriteApi(json, row.Config, row.Status, call.Get(ExcludeGenerated), row.Datafeed);
                count++;
                await output.FlushIfFullAsync(call.Aborted);
            }
            json.WriteEndArray();
            json.WriteNumber("count", count);
            json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> DeleteAsync(ApiCall call)
    {
        var row = await call.RequireJobAsync();
        var task = call.Services.Jobs.NewTaskId();
        var command = new DeleteJob(call.JobId, call.Get(Force), task) { By = call.Caller };
        if (!call.Get(Parameters.WaitForCompletion))
        {
            if (!call.Get(Force)) RequireClosed(row, "delete");
            return ApiResult.Background(call.Services.Jobs.Start(task, command));
        }
        await call.AskAsync<Done>(command, call.Services.Options.LongCommandTimeout);
        return ApiResult.Acknowledged();
    }

    private static async Task<ApiResult> ResetAsync(ApiCall call)
    {
        var row = await call.RequireJobAsync();
        var task = call.Services.Jobs.NewTaskId();
        var command = new ResetJob(call.JobId, task) { By = call.Caller };
        if (!call.Get(Parameters.WaitForCompletion))
        {
            RequireClosed(row, "reset");
            return ApiResult.Background(call.Services.Jobs.Start(task, command));
        }
        await call.AskAsync<Done>(command, call.Services.Options.LongCommandTimeout);
        return ApiResult.Acknowledged();
    }

    // The owner decides; this only says no at once where otherwise the task would say it later.
    private static void RequireClosed(JobRow row, string operation)
    {
        if (row.Status.State == JobState.Closed) return;
        var fix = operation == "delete" ? "close it first, or use force=true" : "close it first";
        throw ApiException.Conflict($"cannot {operation} job [{row.Config.JobId}] because it is {JobLifecycle.Name(row.Status.State)}; {fix}");
    }
}
