using MlActors.Gateway.Api;
using MlActors.Gateway.Server;
using MlActors.Jobs;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Upgrading;

namespace MlActors.Gateway.Jobs;

/// <summary>A job with its newest numbers.</summary>
/// <param name="Live">What its owner said; <c>null</c> when it rests or did not answer, and the stored row counts.</param>
/// <param name="Forecasts">Of those that are not expired.</param>
/// <param name="Upgrade">Whether jobs rest.</param>
internal sealed record JobStats(JobRow Row, JobStatsReply? Live, ForecastStats Forecasts, UpgradeSetting Upgrade)
{
    // Less is no time to answer in, and timers may end that much early.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(5);

    public JobStatus Status => UpgradeEndpoint.Shown(Live?.Status ?? Row.Status, Upgrade);

    /// <summary>
    /// Reads the statistics of many jobs in the order of their ids. Owners are asked in windows, so that memory and the load on them are bounded,
    /// and only until a time is up, so that a dead node delays the answer but does not prevent it.
    /// </summary>
    public static async IAsyncEnumerable<JobStats> ReadAsync(ApiCall call, IReadOnlyList<string> jobIds)
    {
        var (services, options) = (call.Services, call.Services.Options);
        var began = services.Time.GetTimestamp();
        foreach (var ids in jobIds.Chunk(options.LiveStatsWindow))
        {
            var rows = new List<JobRow>(ids.Length);
            await foreach (var row in services.Catalog.ReadAsync(ids)) rows.Add(row);
            var forecasts = await ReadForecastsAsync(services, ids);
            var left = options.LiveStatsBudget - services.Time.GetElapsedTime(began);
            var wait = left < options.LiveStatsTimeout ? left : options.LiveStatsTimeout;
            var reads = rows.Select(row => ReadAsync(call, row, forecasts.GetValueOrDefault(row.Config.JobId, ForecastStats.None), wait));
            foreach (var stats in await Task.WhenAll(reads)) yield return stats;
        }
    }

    private static async Task<Dictionary<string, ForecastStats>> ReadForecastsAsync(GatewayServices services, IReadOnlyCollection<string> ids)
    {
        var now = services.NowMs;
        return (await services.Store.ListForecastsAsync(ids)).Where(forecast => !forecast.IsExpired(now)).GroupBy(forecast => forecast.JobId, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => ForecastStats.Of([.. group]), StringComparer.Ordinal);
    }

    private static async Task<JobStats> ReadAsync(ApiCall call, JobRow row, ForecastStats forecasts, TimeSpan wait)
    {
        var upgrade = call.Services.Upgrade.Current;
        if (row.Status.State is JobState.Closed or JobState.Failed || wait < ShortestWait) return new JobStats(row, null, forecasts, upgrade);
        try
        {
            // A refusal means that the job is just going away: the row read a moment ago is the last truth about it.
            return new JobStats(row, await call.Services.Jobs.AskAsync(new GetJobStats(row.Config.JobId), wait, call.Aborted) as JobStatsReply, forecasts, upgrade);
        }
        catch (JobTimeoutException)
        {
            return new JobStats(row, null, forecasts, upgrade);
        }
    }
}
