using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Security;
using MlActors.Jobs.Results;

namespace MlActors.Gateway.Results;

/// <summary>What was noted about stretches of a job's time.</summary>
public static class AnnotationEndpoint
{
    private static readonly Parameter<string?> Event =
        Parameters.Text("event", null, ParameterPlace.Both, "Only annotations of this kind, such as `model_change`.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_annotations", ["GET", "POST"], ["/_ml/anomaly_detectors/{job_id}/results/annotations"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/job/results/annotations/get",
            "What was noted about stretches of a job's time, by their beginnings: lasting changes of the level of a series (`model_change`).", AnswerAsync)
        {
            Origin = EndpointOrigin.Extension,
            Body = BodyKind.Arguments,
            Parameters = [Event, Parameters.Start, Parameters.End, Parameters.From, Parameters.Size, Parameters.PageObject],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var (start, end) = call.Range();
        var (from, size) = call.Page();
        await call.RequireJobAsync();
        var page = await call.Services.Results.QueryAnnotationsAsync(new AnnotationQuery(call.JobId, start, end, from, size, call.Get(Event)));
        return page.AsResult("annotations", call.Aborted);
    }
}
