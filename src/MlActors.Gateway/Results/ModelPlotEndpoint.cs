using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Results;

namespace MlActors.Gateway.Results;

/// <summary>What the models of a job expected of its series, and what came.</summary>
public static class ModelPlotEndpoint
{
    private static readonly Parameter<string?> Partition =
        Parameters.Text("partition_field_value", null, ParameterPlace.Both, "Only series of this value of their partition field.");

    private static readonly Parameter<string?> By =
        Parameters.Text("by_field_value", null, ParameterPlace.Both, "Only series of this value of their by field.");

    private static readonly Parameter<int?> Detector = new("detector_index", Parameters.Optional(ParameterKinds.Integer), null, ParameterPlace.Both,
        "Only series of this detector, by its position from 0.")
    { DefaultText = "" };

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_model_plot", ["GET", "POST"], ["/_ml/anomaly_detectors/{job_id}/results/model_plot"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/job/results/model_plot/get",
            "The values of the series of a job with the bounds of their models, by time; of a job with `model_plot_config.enabled`.", AnswerAsync)
        {
            Origin = EndpointOrigin.Extension,
            Body = BodyKind.Arguments,
            Parameters = [Partition, By, Detector, Parameters.Start, Parameters.End, Parameters.From, Parameters.Size, Parameters.PageObject],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var (start, end) = call.Range();
        var (from, size) = call.Page();
        await call.RequireJobAsync();
        var page = await call.Services.Results.QueryModelPlotAsync(
            new ModelPlotQuery(call.JobId, start, end, from, size, call.Get(Partition), call.Get(By), call.Get(Detector)));
        return page.AsResult("model_plot", call.Aborted);
    }
}
