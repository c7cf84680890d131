using Akka.Actor;
using Akka.Event;
using MlActors.Analysis;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Running;

/// <summary>
/// Takes in data that came too late: the model goes back to before it, and the datafeed reads again from there on. Nothing is changed before the intention is
/// durable; from then on it is carried out by whoever owns the job, as a revert and an opening.
/// </summary>
public sealed partial class JobActor
{
    /// <summary>The snapshot to go back to was looked at.</summary>
    /// <param name="Problem">Why it cannot be gone back to.</param>
    private sealed record SnapshotTried(HealLateData Heal, IActorRef Sender, string SnapshotId, string? Problem);

    private void OnLateData(HealLateData heal)
    {
        var (sender, choice) = (Sender, ChooseFor(heal));
        if (choice.Snapshot is not { SnapshotId: var id })
        {
            RefuseHealing(sender, choice.Obstacle!);
            return;
        }
        TryAsync(id).PipeTo(_self, success: problem => new SnapshotTried(heal, sender, id, problem), failure: cause => new SnapshotTried(heal, sender, id, cause.Message));

        async Task<string?> TryAsync(string snapshotId)
        {
            if (await Store.ReadSnapshotAsync(_jobId, snapshotId) is not { } stored) return "it is not stored any more";
            JobAnalysis.CheckState(stored.State);
            return null;
        }
    }

    /// <returns>Whether the message was an outcome of this part.</returns>
    private bool OnHealingOutcome(object message)
    {
        if (message is not SnapshotTried tried) return false;
        // Much may have happened meanwhile.
        var choice = ChooseFor(tried.Heal);
        var obstacle = tried.Problem is { } problem ? $"model snapshot [{tried.SnapshotId}] cannot be gone back to: {problem}"
            : choice.Snapshot is { } chosen && chosen.SnapshotId != tried.SnapshotId ? "another model snapshot was taken meanwhile"
            : choice.Obstacle;
        if (obstacle is null) StartHealing(tried.Heal, choice.Snapshot!, tried.Sender);
        else RefuseHealing(tried.Sender, obstacle);
        return true;
    }

    private Healing.Choice ChooseFor(HealLateData heal)
    {
        if (_state.State != JobState.Opened || _state.Feeding?.Number != heal.Run) return new Healing.Choice(null, $"run {heal.Run} of the datafeed is over");
        // Results that are still on their way would come after the removal.
        if (_analysedSeq < _status.InputSeq) return new Healing.Choice(null, "the analysis has not caught up");
        if (_forecasts.Count > 0) return new Healing.Choice(null, "a forecast of the job is being made");
        return Healing.Choose(heal.Late, _state, _status, _snapshots, _services.Datafeeds.Options, Now);
    }

    private void RefuseHealing(IActorRef sender, string reason)
    {
        _log.Info("Job {0} leaves out data that came late: {1}", _jobId, reason);
        sender.Tell(new Refused(_jobId, RefusalKind.Conflict, reason));
    }

    private void StartHealing(HealLateData heal, ModelSnapshot snapshot, IActorRef sender)
    {
        var now = Now;
        var fact = new JobFact.LateDataFound(heal.Run, snapshot.SnapshotId, snapshot.LastFinalizedBucketEnd!.Value, now + _deadlines.Opening);
        if (JobLifecycle.Decide(_state, fact, now) is not Decision.Happens happens)
        {
            RefuseHealing(sender, "the job does not run any more");
            return;
        }
        var config = _state.Config!;
        var healed = Healing.Note(_status.Datafeed!.Healed, heal.Late, snapshot, config.AnalysisConfig.BucketSpanSeconds * 1000,
            DelayedDataCheck.WindowMs(_state.Datafeed!, config), now);
        Commit(happens.Events, [], () =>
        {
            _log.Info("Job {0} goes back to model snapshot [{1}] to take in {2} records that came late", _jobId, snapshot.SnapshotId, healed.Last.Records);
            sender.Tell(new Done(_jobId));
            AfterFact(fact);
        }, cause => sender.Tell(NotWritten(cause)), status => status with
        {
            Datafeed = status.Datafeed! with { Healed = healed, Progress = status.Datafeed.Progress with { Delayed = null, RealTime = false } },
        });
    }

    private void AfterHealingStarted()
    {
        FaultPoints.Hit("heal.journaled");
        DropAnalysis();
        RefusePosts("it goes back to take in data that came late");
        BeginRemoval();
    }

    /// <summary>
    /// The snapshot is taken to contain what was sent until now; the first input after it empties its open bucket, and the position says that the source is to
    /// be read from the start of that bucket on. Background snapshots from what is taken back are dropped: they lack the late data, and would stand in the place of
    /// those that the next healing needs.
    /// </summary>
    private void CommitHealing(IReadOnlyList<JobEvent> events, JobFact fact, IReadOnlyList<ModelSnapshot> snapshots, long from, Action<Exception> rejected)
    {
        var snapshot = snapshots.FirstOrDefault(s => s.SnapshotId == _state.RevertTo);
        var reset = new ResetBucketsInput(from, from + Settings.BucketSpan);
        var size = snapshot?.Size ?? new ModelSizeStats();
        var status = _status with
        {
            InputSeq = _status.InputSeq + 1,
            Size = size,
            Counts = _status.Counts.RevertedTo(snapshot?.LatestRecordTime is { } latest ? Math.Min(latest, from - 1) : null, from),
            Datafeed = _status.Datafeed! with { Position = new DatafeedPosition(from * 1000, null) },
        };
        List<StoreWrite> writes =
        [
            new TrimInputs(_jobId, _status.InputSeq),
            new PutCategories(_jobId, [], (int)size.Categorization.TotalCategories),
            new AppendInput(_jobId, status.InputSeq, reset.Kind, InputCodec.Encode(reset)),
            .. status.Datafeed.Healed is { } healed ? Note(LateDataNotes.Of(healed)) : [],
            .. snapshots.Where(s => s is { ByWork: true, Retain: false } && s.InputSeq > (snapshot?.InputSeq ?? 0)).Select(s => new DeleteSnapshot(_jobId, s.SnapshotId)),
        ];
        Commit(events, writes, () =>
        {
            FaultPoints.Hit("heal.reverted");
            AfterFact(fact);
        }, rejected, _ => status);
    }
}
