using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs;

namespace MlActors.Gateway.NotYet;

/// <summary>
/// What the API has and this version does not. Answered with a 400 that says so: a 501 would make official clients and proxies treat it as a fault
/// of the server, mark the node as dead and try again; a 404 would look like a missing job.
/// </summary>
public static class NotYetEndpoints
{
    private const string Job = "/_ml/anomaly_detectors/{job_id}";

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        Declare("ml.upgrade_job_snapshot", "POST", Job + "/model_snapshots/{snapshot_id}/_upgrade"),
        Declare("ml.get_model_snapshot_upgrade_stats", "GET", Job + "/model_snapshots/{snapshot_id}/_upgrade/_stats"),
    ];

    private static ApiEndpoint Declare(string name, string methods, params string[] paths) =>
        new(name, methods.Split(", "), paths, Privileges.MonitorMl, "cluster:monitor/xpack/ml/" + name, "Not in this version.", Refuse)
        {
            Origin = EndpointOrigin.NotYet,
        };

    private static Task<ApiResult> Refuse(ApiCall call) => throw Refusal(call.Endpoint);

    /// <summary>The refusal, before parameters and body are looked at.</summary>
    internal static ApiException Refusal(ApiEndpoint endpoint) =>
        ApiException.IllegalArgument($"[{endpoint.Name}] is not supported by MlActors {ServerInfo.Version}; the documentation lists what is");
}
