using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Jobs;
using MlActors.Gateway.Security;

namespace MlActors.Gateway.Cat;

/// <summary>The jobs as a table to read in a terminal.</summary>
public static class CatEndpoint
{
    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("cat.ml_jobs", ["GET"], ["/_cat/ml/anomaly_detectors", "/_cat/ml/anomaly_detectors/{job_id}"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/job/stats/get", "The jobs of an expression as a table.", AnswerAsync)
        {
            IsText = true,
            Parameters = [Parameters.AllowNoMatch, .. CatFrame.Parameters],
        },
    ];

    private static Task<ApiResult> AnswerAsync(ApiCall call) => CatFrame.AnswerAsync(call, CatColumns.All, CatColumns.Default, async () =>
    {
        var jobs = await JobResolution.ResolveAsync(call, call.Path("job_id"), call.Get(Parameters.AllowNoMatch));
        var (here, now) = (call.Services.Jobs.Node, call.Services.NowMs);
        var rows = new List<CatRow>();
        await foreach (var stats in JobStats.ReadAsync(call, [.. jobs.Select(job => job.JobId)]))
            rows.Add(new CatRow(stats, JobStatsDocument.NodeOf(stats.Status, here), now));
        return rows;
    });
}
