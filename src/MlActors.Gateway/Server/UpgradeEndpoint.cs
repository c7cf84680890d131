using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Upgrading;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Server;

/// <summary>Upgrade mode: all jobs and datafeeds of all nodes rest, and keep their state.</summary>
internal static class UpgradeEndpoint
{
    private static readonly Parameter<bool> Enabled = P.Boolean("enabled", false, ParameterPlace.Query, "Whether upgrade mode is to be on.");

    private static readonly Parameter<TimeSpan> Timeout =
        P.Duration("timeout", "30s", ParameterPlace.Query, "How long to wait until the jobs of all nodes rest or go on. The setting is stored before.");

    public static ApiEndpoint Endpoint { get; } = new("ml.set_upgrade_mode", ["POST"], ["/_ml/set_upgrade_mode"], Privileges.ManageMl,
        "cluster:admin/xpack/ml/upgrade_mode", "Has all jobs and datafeeds rest, or go on; see [upgrade mode](../operators/upgrade-mode.md).", AnswerAsync)
    {
        Parameters = [Enabled, Timeout],
    };

    /// <summary>The status of a job as it is while it may rest: one that is opening or open is on no node then.</summary>
    public static JobStatus Shown(JobStatus status, UpgradeSetting setting) => setting.Enabled && status.State is (JobState.Opening or JobState.Opened)
        ? status with { NodeId = null, Reason = UpgradeSetting.Explanation }
        : status;

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var (enabled, timeout) = (call.Get(Enabled), call.Get(Timeout));
        var change = await call.Services.Upgrade.SetAsync(enabled, timeout, call.Aborted);
        var (now, then) = enabled ? ("on", "rest") : ("off", "go on");
        if (change.Superseded)
        {
            throw new ApiException(429, ErrorTypes.Status,
                $"upgrade mode was set to {now}, and another request set it to the opposite meanwhile; see [upgrade_mode] of [GET /_ml/info]");
        }
        if (change.Behind.Count > 0)
        {
            throw new ApiException(408, ErrorTypes.Status, $"upgrade mode is {now} and stays so, but within [{timeout.TotalSeconds:0.###}s] not all jobs of " +
                $"[{string.Join(", ", change.Behind)}] were seen to {then}; they will: send the same request again to wait for it, with a longer [timeout]");
        }
        return ApiResult.Acknowledged();
    }
}
