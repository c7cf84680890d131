using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Results;
using MlActors.Gateway.Security;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Results;

namespace MlActors.Gateway.Jobs;

/// <summary>What happened to jobs, and who asked for it.</summary>
public static class MessageEndpoints
{
    private const string Action = "cluster:monitor/xpack/ml/job/messages/get";

    private static readonly Parameter<string?> Level =
        Parameters.Text("level", "info", ParameterPlace.Both, "The lowest level: `info`, `warning` or `error`.");

    private static readonly ImmutableArray<ApiParameter> Page = [Level, Parameters.Start, Parameters.End, Parameters.From, Parameters.Size, Parameters.PageObject];

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_job_messages", ["GET", "POST"], ["/_ml/anomaly_detectors/{job_id}/_messages"], Privileges.MonitorMl, Action,
            "What happened to a job, who asked for it and from where; the newest first. Messages of a deleted job stay for a while.", OfJobAsync)
        {
            Origin = EndpointOrigin.Extension,
            Body = BodyKind.Arguments,
            Parameters = Page,
        },
        new("ml.get_messages", ["GET", "POST"], ["/_ml/_messages"], Privileges.MonitorMl, Action, "The same of all jobs.", call => AnswerAsync(call, null))
        {
            Origin = EndpointOrigin.Extension,
            Body = BodyKind.Arguments,
            Parameters = Page,
        },
    ];

    private static async Task<ApiResult> OfJobAsync(ApiCall call)
    {
        if (await call.Services.Catalog.FindAsync(call.JobId) is null
            && (await call.Services.Storage.Audit.QueryAsync(new AuditQuery(call.JobId, null, null, AuditLevel.Info, 0, 0))).Count == 0)
            throw ApiException.NoJob(call.JobId);
        return await AnswerAsync(call, call.JobId);
    }

    private static async Task<ApiResult> AnswerAsync(ApiCall call, string? jobId)
    {
        var (start, end) = call.Range();
        var (from, size) = call.Page();
        var page = await call.Services.Storage.Audit.QueryAsync(new AuditQuery(jobId, start, end, LevelOf(call.Get(Level)!), from, size));
        return page.AsResult("messages", call.Aborted);
    }

    private static AuditLevel LevelOf(string name)
    {
        foreach (var level in Enum.GetValues<AuditLevel>())
            if (ResultDocuments.NameOf(level) == name)
                return level;
        throw ApiException.IllegalArgument($"[level] is [{name}]; it must be info, warning or error");
    }
}
