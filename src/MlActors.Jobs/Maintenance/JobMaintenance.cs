using Akka.Actor;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Upgrading;
using MlActors.Jobs.Watching;

namespace MlActors.Jobs.Maintenance;

/// <param name="Every">Time between the beginnings of two rounds.</param>
/// <param name="Pause">Time between two jobs, and between two pieces of one.</param>
/// <param name="IdleTimeout">After so long without data and without a datafeed an opened job is closed; <c>null</c>: never.</param>
public sealed record MaintenanceOptions(TimeSpan Every, TimeSpan Pause, TimeSpan? IdleTimeout)
{
    public static MaintenanceOptions Default { get; } = new(TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(20), TimeSpan.FromHours(48));
}

/// <summary>
/// One in the cluster. Goes round all jobs, a job and a piece at a time: removes what they keep no longer, and closes those that nobody uses. A round that is
/// broken off, by a failure, because its node died or by upgrade mode, begins anew; what it did is done.
/// </summary>
public sealed class JobMaintenance : Sweeper
{
    private const int JobsAtOnce = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ICatalog _catalog;
    private readonly IActorRef _jobs;
    private readonly TimeProvider _time;
    private readonly MaintenanceOptions _options;
    private readonly UpgradeSwitch _upgrade;
    private readonly ExpiredData _expired;
    private readonly Queue<string> _ids = new();
    private readonly Queue<JobRow> _rows = new();
    private bool _begun;

    public JobMaintenance(ICatalog catalog, IJobStore store, IActorRef jobs, TimeProvider time, MaintenanceOptions options, UpgradeSwitch upgrade)
        : base("What jobs keep no longer", options.Every, options.Pause)
    {
        (_catalog, _jobs, _time, _options, _upgrade) = (catalog, jobs, time, options, upgrade);
        _expired = new ExpiredData(store, AskAsync);
    }

    protected override async Task<bool> RemovePieceAsync()
    {
        if (_upgrade.IsOn)
        {
            Forget();
            return false;
        }
        if (!_begun)
        {
            foreach (var job in (await _catalog.ResolveAsync(JobExpression.Everything)).Jobs) _ids.Enqueue(job.JobId);
            _begun = true;
        }
        if (_rows.Count == 0 && _ids.Count > 0)
        {
            var ids = new List<string>();
            while (ids.Count < JobsAtOnce && _ids.TryDequeue(out var id)) ids.Add(id);
            await foreach (var row in _catalog.ReadAsync(ids)) _rows.Enqueue(row);
        }
        if (_rows.TryPeek(out var next))
        {
            if (await _expired.RemovePieceAsync(next)) return true;
            _rows.Dequeue();
            await CloseIdleAsync(next);
        }
        if (_rows.Count + _ids.Count > 0) return true;
        _begun = false;
        return false;
    }

    protected override void Forget()
    {
        _ids.Clear();
        _rows.Clear();
        _begun = false;
    }

    private async Task CloseIdleAsync(JobRow job)
    {
        if (_options.IdleTimeout is not { } timeout || job.Status is not { State: JobState.Opened, Blocked: BlockedReason.None }) return;
        if (job.Status.Datafeed is { State: not DatafeedState.Stopped }) return;
        // While upgrade mode was on no data could come.
        var used = Math.Max(_upgrade.Setting.ChangedMs, Math.Max(job.Status.Counts.LastDataTime ?? 0, job.Status.OpenTime ?? job.Status.StateSince));
        if (_time.GetUtcNow().ToUnixTimeMilliseconds() - used < timeout.TotalMilliseconds) return;
        await AskAsync(new CloseJob(job.Config.JobId, $"no data came for {timeout.TotalHours:0.##} hours") { By = ExpiredData.Maintenance });
    }

    // One job that is slow does not keep the others waiting: it is looked at again in the next round.
    private async Task<JobReply> AskAsync(JobCommand command)
    {
        try
        {
            return await _jobs.Ask<JobReply>(command, Patience);
        }
        catch (AskTimeoutException)
        {
            return new Refused(command.JobId, RefusalKind.Unavailable, $"job [{command.JobId}] did not answer in time");
        }
    }
}
