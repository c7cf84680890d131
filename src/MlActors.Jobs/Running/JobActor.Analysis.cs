using Akka.Actor;
using Akka.Event;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Running;

public sealed partial class JobActor
{
    private sealed record StopForced;

    private IActorRef? _analysis;
    private CancellationTokenSource? _analysisCancellation;
    private List<ModelSnapshot> _snapshots = [];

    // The input up to which a snapshot that is known to be good reaches: the one restored, or the last one saved.
    private long _goodSeq;
    private TransitionProgress? _progress;

    // What an operator ought to know of this run: how it started, and why it waits.
    private string? _note;
    private string? _trouble;
    private long? _closingSince;
    // Not by the wall clock: somebody may set it.
    private long _lastProgress;
    private int _retries;
    private int _runs;
    private bool _analysisReady;

    private void StartAnalysis()
    {
        // A close is finished also while others rest.
        if (_rests && _state.State != JobState.Closing) return;
        _analysisCancellation = new CancellationTokenSource();
        NoteProgress();
        _unanalysedBytes = 0;
        _analysedSeq = _state.SnapshotSeq;
        _analysisReady = false;
        var start = new AnalysisStart(new JobConfigAndLineage(_state.Config!, _state.Lineage), _state.Generation, _state.SnapshotId, _state.SnapshotSeq,
            _status.InputSeq, _state.Quarantined, _status.Timing);
        var (services, token) = (_services, _analysisCancellation.Token);
        var props = Props.CreateBy(new Producer<AnalysisActor>(() => new AnalysisActor(start, services.Store, services.Time, services.Options, services.Forecasts, token)))
            .WithDispatcher("mlactors.analysis-dispatcher");
        _analysis = Context.Watch(Context.ActorOf(props, $"analysis-{_state.Generation}-{_runs++}"));
        if (_state.State == JobState.Opening) _progress = new TransitionProgress("restoring", 10, _state.StateSince);
        if (_state.State == JobState.Closing)
        {
            FinishAnalysis();
            return;
        }
        GiveForecasts();
        BeginContext();
    }

    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    /// <summary>Has the analysis finish what is journaled; it reports when it is done.</summary>
    private void FinishAnalysis()
    {
        _closingSince ??= _services.Time.GetTimestamp();
        NoteProgress();
        _progress = new TransitionProgress("analysing", Percent(), _state.StateSince);
        _analysis?.Tell(new ToAnalysis.Finish(_status.InputSeq, ShowsOpenBuckets: _state.Datafeed is not null));
    }

    /// <summary>Stops the analysis at once; the force close ends when it has really stopped.</summary>
    private void StopAnalysis()
    {
        _closingSince ??= _services.Time.GetTimestamp();
        _progress = new TransitionProgress("stopping", 50, _state.StateSince);
        if (_analysis is null)
        {
            _self.Tell(new StopForced());
            return;
        }
        _analysisCancellation!.Cancel();
        Context.Stop(_analysis);
    }

    private void DropAnalysis()
    {
        _progress = null;
        _retries = 0;
        AbandonAnalysis();
    }

    /// <summary>Lets go of the analysis that runs, if one does: it stops by itself, and its end is nobody's any more.</summary>
    private void AbandonAnalysis()
    {
        if (_analysis is null) return;
        Context.Unwatch(_analysis);
        Context.Stop(_analysis);
        _analysisCancellation!.Cancel();
        _analysis = null;
        _stopsToRest = false;
    }

    private void OnTerminated(IActorRef actor)
    {
        if (!actor.Equals(_analysis)) return;
        _analysis = null;
        if (_state.ForcedClose) CommitFact(new JobFact.AnalysisStopped());
        else if (_stopsToRest) OnStoppedToRest();
        else if (JobLifecycle.IsRunning(_state)) CommitFact(new JobFact.AnalysisFailed(_state.Generation, "the analysis stopped unexpectedly", null));
    }

    private void OnAnalysisReport(FromAnalysis report)
    {
        if (report.Generation != _state.Generation || _analysis is null) return;
        NoteProgress();
        switch (report)
        {
            case FromAnalysis.Ready ready:
                _snapshots = [.. ready.Snapshots];
                (_note, _trouble) = (ready.Note, null);
                _goodSeq = ready.AfterSeq;
                if (ready.Note is not null) _log.Warning("Job {0}: {1}", _jobId, ready.Note);
                FaultPoints.Hit("open.restored");
                _analysisReady = true;
                ConfirmOpened();
                break;
            case FromAnalysis.Progress progress:
                OnAnalysed(progress);
                break;
            case FromAnalysis.Phase phase:
                if (_state.State == JobState.Closing) _progress = new TransitionProgress(phase.Name, phase.Percent, _state.StateSince);
                break;
            case FromAnalysis.Flushed or AnalysisActor.FlushFailed:
                OnFlushOutcome(report);
                break;
            case FromAnalysis.ForecastEnded ended:
                _forecasts.Remove(ended.ForecastId);
                break;
            case FromAnalysis.Checkpoint checkpoint:
                CommitCheckpoint(checkpoint.Draft);
                break;
            case FromAnalysis.NothingToSave:
                AfterSave();
                break;
            case FromAnalysis.Finished finished:
                OnFinished(finished);
                break;
            case FromAnalysis.Failed failed:
                OnAnalysisFailed(failed);
                break;
        }
    }

    private void ConfirmOpened()
    {
        if (_analysisReady && _contextSettled) CommitFact(new JobFact.AnalysisReady(_state.Generation));
    }

    private void OnAnalysed(FromAnalysis.Progress progress)
    {
        _analysedSeq = progress.Seq;
        _unanalysedBytes = Math.Max(0, _unanalysedBytes - progress.Bytes);
        _trouble = progress.Trouble;
        _services.Observer.Finished(progress.Timing.BucketCount - _status.Timing.BucketCount);
        _status = _status with { Size = progress.Size, Timing = progress.Timing, SizeLogTime = Now };
        if (_state.State == JobState.Closing && _progress is { Phase: "analysing" }) _progress = _progress with { Percent = Percent() };
        ReleaseHeldReplies();
        Show();
    }

    // Analysing is taken to be the first four fifths of a close.
    private double Percent()
    {
        var all = _status.InputSeq - _state.SnapshotSeq;
        return all <= 0 ? 80 : Math.Round(80.0 * (_analysedSeq - _state.SnapshotSeq) / all, 1);
    }

    private void OnFinished(FromAnalysis.Finished finished)
    {
        if (_state is not { State: JobState.Closing, ForcedClose: false }) return;
        _status = _status with { Size = finished.Size, Timing = finished.Timing, SizeLogTime = Now };
        FaultPoints.Hit("close.finished");
        var save = finished.Draft is { } draft ? Save(draft, byWork: false) : null;
        CommitFact(new JobFact.AnalysisFinished(finished.Generation, save?.Taken), save?.Writes, again: () => OnFinished(finished));
    }

    private void CommitCheckpoint(SnapshotDraft draft)
    {
        // When it had to wait for the store, the run may be over or a newer one in its place.
        if (!JobLifecycle.IsRunning(_state) || draft.Seq <= _state.SnapshotSeq)
        {
            AfterSave();
            return;
        }
        var save = Save(draft, byWork: true);
        Commit([save.Taken], save.Writes, () =>
        {
            save.Saved();
            FaultPoints.Hit("snapshot.journaled");
            AfterSave();
        }, _ => CommitLater(() => CommitCheckpoint(draft)), Sized(draft));
    }

    private void AfterSave()
    {
        if (_handsOver) Leave();
        else StopToRest();
    }

    private static Func<JobStatus, JobStatus> Sized(SnapshotDraft draft) => status => status with { Size = draft.Size, Timing = draft.Timing };

    /// <param name="Saved">Notes it, once it is stored.</param>
    private sealed record SnapshotSave(SnapshotTaken Taken, IReadOnlyList<StoreWrite> Writes, Action Saved);

    /// <summary>
    /// Names a draft and gives the event and rows that make it the snapshot to start from. The log is kept back to the snapshot before, so that
    /// that one can stand in should this be found damaged; of the snapshots taken by amount of work only the newest two stay.
    /// </summary>
    private SnapshotSave Save(SnapshotDraft draft, bool byWork)
    {
        var now = Now;
        var newestId = _snapshots.Count == 0 ? 0 : _snapshots.Max(s => long.Parse(s.SnapshotId, System.Globalization.CultureInfo.InvariantCulture));
        var id = Math.Max(now / 1000, newestId + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var why = byWork ? "Periodic background persist" : "State persisted due to job close";
        var snapshot = new ModelSnapshot
        {
            JobId = _jobId,
            SnapshotId = id,
            TimestampMs = now,
            Description = $"{why} at {TimeText.IsoSeconds(now)}",
            InputSeq = draft.Seq,
            Lineage = _state.Lineage,
            LatestRecordTime = draft.LatestRecordTime,
            LatestResultTime = draft.LatestResultTime,
            LastFinalizedBucketEnd = draft.LastFinalizedBucketEnd,
            Size = draft.Size,
            ByWork = byWork,
        };
        var old = _snapshots.Append(snapshot).Where(s => s is { ByWork: true, Retain: false }).OrderByDescending(s => s.InputSeq).Skip(2).ToList();
        var writes = new List<StoreWrite> { new PutSnapshot(snapshot, draft.State) };
        writes.AddRange(draft.Beside);
        if (_goodSeq > 0) writes.Add(new TrimInputs(_jobId, _goodSeq));
        writes.AddRange(old.Select(s => new DeleteSnapshot(_jobId, s.SnapshotId)));
        return new SnapshotSave(new SnapshotTaken(now, id, draft.Seq), writes, () =>
        {
            _goodSeq = draft.Seq;
            _snapshots.Add(snapshot);
            _snapshots.RemoveAll(old.Contains);
        });
    }

    private void OnAnalysisFailed(FromAnalysis.Failed failed)
    {
        IReadOnlyList<StoreWrite> writes = failed.Seq is { } seq ? [new QuarantineInput(_jobId, seq, failed.Reason, Now)] : [];
        // It may have been the context: the next run is given it anew.
        if (failed.Seq is not null) _status = _status with { QuarantinedInputs = _status.QuarantinedInputs + 1, ContextPrint = JobStatus.UnknownContext };
        CommitFact(new JobFact.AnalysisFailed(failed.Generation, failed.Reason, failed.Seq), writes);
    }

    private void NoteProgress() => _lastProgress = _services.Time.GetTimestamp();

    /// <summary>A transition that makes no progress is tried again, then given up visibly.</summary>
    private void CheckOverdue()
    {
        // What a revert has to remove is tried until it is gone, as that of a closed job is.
        if (_state.Blocked != BlockedReason.None && !_state.ForcedClose) NoteProgress();
        // One that waits for room, or rests, may wait as long as it takes.
        if (_state.WaitsForRoom || (_rests && _state.State == JobState.Opening)) NoteProgress();
        if (_state.State is not (JobState.Opening or JobState.Closing) || _services.Time.GetElapsedTime(_lastProgress) < _services.Options.TransitionDeadline) return;
        NoteProgress();
        if (_state.ForcedClose)
        {
            _trouble = $"the analysis has not stopped for {_services.Options.TransitionDeadline}; restart the node if it stays so";
            _log.Error("Job {0}: {1}", _jobId, _trouble);
            return;
        }
        if (_retries++ < _services.Options.TransitionRetries)
        {
            _log.Warning("Job {0} is {1} without progress: trying again ({2})", _jobId, _state.State, _retries);
            if (_analysis is null) return;
            AbandonAnalysis();
            StartAnalysis();
            return;
        }
        CommitFact(new JobFact.Overdue($"{JobLifecycle.Name(_state.State)} made no progress for {_services.Options.TransitionDeadline}, also after {_retries - 1} retries"));
    }
}
