using System.Collections.Immutable;
using MlActors.Gateway.Api;
using MlActors.Gateway.Security;

namespace MlActors.Gateway.Jobs;

/// <summary>The statistics of jobs: live ones of those that run, stored ones of the others.</summary>
public static class StatsEndpoint
{
    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("ml.get_job_stats", ["GET"], ["/_ml/anomaly_detectors/_stats", "/_ml/anomaly_detectors/{job_id}/_stats"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/job/stats/get",
            "State, counts, model size and timing of the jobs of an expression. Jobs being deleted are left out.", AnswerAsync)
        {
            Parameters = [Parameters.AllowNoMatch],
        },
    ];

    private static async Task<ApiResult> AnswerAsync(ApiCall call)
    {
        var jobs = await JobResolution.ResolveAsync(call, call.Path("job_id"), call.Get(Parameters.AllowNoMatch));
        return ApiResult.Stream(async output =>
        {
            var json = output.Json;
            var count = 0L;
            json.WriteStartObject();
            json.WriteStartArray("jobs");
            await foreach (var stats in JobStats.ReadAsync(call, [.. jobs.Select(job => job.JobId)]))
            {
                JobStatsDocument.Write(json, stats, call.Services.Jobs.Node, call.Services.NowMs);
                count++;
                await output.FlushIfFullAsync(call.Aborted);
            }
            json.WriteEndArray();
            // Behind the list, because only now it is known: a job may have gone since the expression was resolved.
            json.WriteNumber("count", count);
            json.WriteEndObject();
        });
    }
}
