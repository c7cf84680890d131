using MlActors.Gateway.Api;
using MlActors.Jobs;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Contexts;

/// <summary>
/// Tells the owners of open jobs that their context changed, and waits until they have it in their logs: data posted after the answer is analysed with
/// it. Whoever is not reached in time is told by the watchdog, or looks when it starts; the change itself is stored by then, so nothing is lost.
/// </summary>
internal static class ContextNews
{
    // Owners asked at the same time: each writes an input, and many share a commit.
    private const int Window = 64;

    /// <param name="names">Ids of jobs, names of groups, <c>_all</c>; those that do not exist are left out.</param>
    public static async Task TellAsync(ApiCall call, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0) return;
        FaultPoints.Hit("context.stored");
        try
        {
            var concerned = names.Contains(CalendarConfig.Everybody)
                ? await call.Services.Catalog.ListActiveAsync()
                : (await call.Services.Catalog.ResolveAsync(JobExpression.Everything with { All = false, Tokens = [.. names] })).Jobs;
            await TellOwnersAsync(call, concerned.Where(job => job.State is JobState.Opening or JobState.Opened).Select(job => job.JobId));
        }
        catch (StoreException)
        {
            // Who is concerned cannot be read now; the change is stored all the same, and to refuse it would be wrong.
        }
    }

    private static async Task TellOwnersAsync(ApiCall call, IEnumerable<string> jobIds)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        deadline.CancelAfter(call.Services.Options.CommandTimeout);
        var bounded = new ParallelOptions { MaxDegreeOfParallelism = Window, CancellationToken = deadline.Token };
        try
        {
            await Parallel.ForEachAsync(jobIds, bounded, async (jobId, cancellation) =>
            {
                try
                {
                    await call.Services.Jobs.AskAsync(new RefreshContext(jobId), call.Services.Options.CommandTimeout, cancellation);
                }
                catch (JobTimeoutException)
                {
                    // The others are told all the same.
                }
            });
        }
        catch (OperationCanceledException) when (!call.Aborted.IsCancellationRequested)
        {
            // The time is up.
        }
    }
}
