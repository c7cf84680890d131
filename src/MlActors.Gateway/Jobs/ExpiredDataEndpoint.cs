using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Maintenance;

namespace MlActors.Gateway.Jobs;

/// <summary>Removes at once what the maintenance removes by and by.</summary>
public static class ExpiredDataEndpoint
{
    private static readonly Parameter<double> RequestsPerSecond =
        Parameters.Number("requests_per_second", -1, ParameterPlace.Both, "How many pieces are removed in a second; -1 for as many as can be.");

    private static readonly Parameter<TimeSpan> Timeout =
        Parameters.Duration("timeout", "8h", ParameterPlace.Both, "After so long the rest stays for the next time, and the answer is `\"deleted\": false`.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.delete_expired_data", ["DELETE"], ["/_ml/_delete_expired_data", "/_ml/_delete_expired_data/{job_id}"], Privileges.ManageMl,
            "cluster:admin/xpack/ml/delete_expired_data",
            "Removes results and model snapshots that jobs keep no longer. The server does so by itself; this is for whoever cannot wait.", DeleteAsync)
        {
            Body = BodyKind.Arguments,
            Parameters = [RequestsPerSecond, Timeout],
        },
    ];

    private static async Task<ApiResult> DeleteAsync(ApiCall call)
    {
        var deadline = new RequestDeadline(call.Services.Time, call.Get(Timeout));
        var pause = PauseOf(call.Get(RequestsPerSecond));
        var jobs = await JobResolution.ResolveAsync(call, call.Path("job_id"), allowNoMatch: true);
        var services = call.Services;
        var expired = new ExpiredData(services.Store, command => services.Jobs.AskAsync(command, services.Options.CommandTimeout, call.Aborted));
        await foreach (var row in services.Catalog.ReadAsync([.. jobs.Select(job => job.JobId)]))
        {
            while (await expired.RemovePieceAsync(row))
            {
                if (deadline.Remaining == TimeSpan.Zero) return Answer(deleted: false);
                if (pause > TimeSpan.Zero) await Task.Delay(pause, services.Time, call.Aborted);
            }
        }
        return Answer(deleted: true);
    }

    private static TimeSpan PauseOf(double requestsPerSecond) => requestsPerSecond switch
    {
        -1 => TimeSpan.Zero,
        > 0 => TimeSpan.FromSeconds(1 / Math.Max(requestsPerSecond, 1e-3)),
        _ => throw ApiException.IllegalArgument($"[requests_per_second] is [{requestsPerSecond}]; it must be above 0, or -1 for no limit"),
    };

    private static ApiResult Answer(bool deleted) => ApiResult.Json(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("deleted", deleted);
        json.WriteEndObject();
    });
}
