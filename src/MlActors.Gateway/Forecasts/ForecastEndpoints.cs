using System.Collections.Immutable;
using System.Security.Cryptography;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Jobs;
using MlActors.Gateway.Results;
using MlActors.Gateway.Security;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Results;

namespace MlActors.Gateway.Forecasts;

/// <summary>Forecasts of a job: asked for, looked at, deleted.</summary>
public static class ForecastEndpoints
{
    private const string Many = "/_ml/anomaly_detectors/{job_id}/_forecast";
    private const string One = Many + "/{forecast_id}";
    private const string Everything = "_all";

    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(3650);
    private static readonly ByteSize LeastMemory = ByteSize.OfMebibytes(1);
    private static readonly ByteSize MostMemory = ByteSize.OfMebibytes(500);

    private static readonly Parameter<TimeSpan> Duration = Parameters.Duration("duration", "1d", ParameterPlace.Both,
        "How far to look, from the end of the last finished bucket on; at least the bucket span of the job, at most 3650 days.") with
    {
        Rule = value => value <= LongestDuration ? null : $"[{TimeValue.Format(value)}] is too long: write at most {TimeValue.Format(LongestDuration)}",
    };

    private static readonly Parameter<TimeSpan> ExpiresIn = Parameters.Duration("expires_in", "14d", ParameterPlace.Both,
        "How long the forecast is kept; `0` for as long as the job.");

    private static readonly Parameter<ByteSize> MaxMemory = new("max_model_memory", ParameterKinds.Size, ByteSize.OfMebibytes(20), ParameterPlace.Both,
        "What copies of the models may take, 1mb to 500mb; at most 40 % of the job's `model_memory_limit`, which is used instead of more.")
    {
        DefaultText = "20mb",
        Rule = value => value.Bytes >= LeastMemory.Bytes && value.Bytes <= MostMemory.Bytes
            ? null
            : $"[{value}] is out of bounds: write {LeastMemory} to {MostMemory}",
    };

    private static readonly Parameter<bool> AllowNone = Parameters.Boolean("allow_no_forecasts", true, ParameterPlace.Query,
        "Whether `_all`, no id, or a wildcard may stand for no forecast. An unknown id is always an error.");

    private static readonly Parameter<TimeSpan> Timeout = Parameters.Duration("timeout", "30s", ParameterPlace.Query,
        "How long the answer may take. They are gone at once; a 408 says that their rows are still being removed.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.forecast", ["POST"], [Many], Privileges.ManageMl, "cluster:admin/xpack/ml/job/forecast",
            "Asks for a forecast of an open job; answers when the request is durable. The forecast begins where the data accepted before it ends.", StartAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [Duration, ExpiresIn, MaxMemory],
        },
        new("ml.delete_forecast", ["DELETE"], [Many, One], Privileges.ManageMl, "cluster:admin/xpack/ml/job/forecast/delete",
            "Deletes forecasts that are finished or failed: all, or those of a list of ids and wildcards.", DeleteAsync)
        {
            Parameters = [AllowNone, Timeout],
        },
        new("ml.get_forecasts", ["GET"], [Many, One], Privileges.MonitorMl, "cluster:monitor/xpack/ml/job/forecast/get",
            "The forecasts of a job and how far they are: all, or those of a list of ids and wildcards.", GetAsync)
        {
            Origin = EndpointOrigin.Extension,
        },
        new("ml.get_forecast_points", ["GET", "POST"], ["/_ml/anomaly_detectors/{job_id}/results/forecasts/{forecast_id}"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/job/results/forecasts/get", "The points of a forecast, by time; also while it is being made.", PointsAsync)
        {
            Origin = EndpointOrigin.Extension,
            Body = BodyKind.Arguments,
            Parameters = [Parameters.Start, Parameters.End, Parameters.From, Parameters.Size, Parameters.PageObject],
        },
    ];

    private static async Task<ApiResult> StartAsync(ApiCall call)
    {
        var (duration, expiresIn) = (call.Get(Duration), call.Get(ExpiresIn));
        var request = new StartForecast(call.JobId, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10)), (long)duration.TotalSeconds,
            expiresIn == TimeSpan.Zero ? null : (long)expiresIn.TotalMilliseconds, call.Get(MaxMemory).Bytes);
        var accepted = await call.AskAsync<ForecastAccepted>(request, call.Services.Options.CommandTimeout);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("acknowledged", true);
            json.WriteString("forecast_id", accepted.ForecastId);
            json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> DeleteAsync(ApiCall call)
    {
        var expression = Expression(call);
        await call.RequireJobAsync();
        var timeout = new RequestDeadline(call.Services.Time, call.Get(Timeout)).Remaining;
        await call.AskAsync<Done>(new RemoveForecasts(call.JobId, expression, call.Get(AllowNone)), timeout);
        return ApiResult.Acknowledged();
    }

    private static async Task<ApiResult> GetAsync(ApiCall call)
    {
        var expression = Expression(call);
        var selection = ForecastSelection.Of(await ShownAsync(call), expression);
        if (selection.UnknownIds.Count > 0) throw NotFound(call, string.Join(',', selection.UnknownIds));
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", selection.Forecasts.Count);
            json.WriteStartArray("forecasts");
            foreach (var forecast in selection.Forecasts) ForecastDocument.Write(json, forecast);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static async Task<ApiResult> PointsAsync(ApiCall call)
    {
        var (start, end) = call.Range();
        var (from, size) = call.Page();
        var id = call.Path("forecast_id")!;
        if (!(await ShownAsync(call)).Exists(forecast => forecast.ForecastId == id)) throw NotFound(call, id);
        var page = await call.Services.Results.QueryForecastAsync(new ForecastQuery(call.JobId, id, start, end, from, size));
        return page.AsResult("forecasts", call.Aborted);
    }

    private static string Expression(ApiCall call)
    {
        var expression = call.Path("forecast_id") ?? Everything;
        return expression.Split(',').Any(string.IsNullOrWhiteSpace)
            ? throw ApiException.IllegalArgument($"[{expression}] has an empty element: write forecast ids separated by commas")
            : expression;
    }

    private static async Task<List<Forecast>> ShownAsync(ApiCall call)
    {
        await call.RequireJobAsync();
        var now = call.Services.NowMs;
        return [.. (await call.Services.Store.ListForecastsAsync([call.JobId])).Where(forecast => !forecast.IsExpired(now))];
    }

    private static ApiException NotFound(ApiCall call, string ids) => ApiException.NotFound($"job [{call.JobId}] has no forecast [{ids}]");
}
