using Akka.Actor;
using Akka.Event;
using MlActors.Analysis;
using MlActors.Analysis.Input;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Running;

public sealed partial class JobActor
{
    /// <summary>A chunk of a removal is done; <paramref name="More"/> says whether rows are left.</summary>
    /// <param name="For">What the chunk was removed for: a delete may have taken the place of a reset or revert meanwhile.</param>
    /// <param name="Snapshots">Those of a job that is reverted.</param>
    private sealed record WorkProgress(BlockedReason For, bool More, IReadOnlyList<ModelSnapshot> Snapshots, Exception? Cause);

    private sealed record SnapshotFound(JobCommand Command, IActorRef Sender, ModelSnapshot? Snapshot, Exception? Cause);

    private sealed record SnapshotChanged(JobReply Reply, IActorRef Sender);

    // Rows of each kind that one transaction removes: long enough to be efficient, short enough not to hold others up.
    private const int RemovalChunk = 2000;
    private bool _removing;

    /// <summary>Removes in chunks what a delete, reset or revert has to remove; the next owner goes on where this one stopped.</summary>
    private void BeginRemoval()
    {
        if (_removing) return;
        _removing = true;
        RemoveNext();
    }

    private void RemoveNext()
    {
        var (blocked, from) = (_state.Blocked, _state.RevertResultsFrom);
        RemoveChunkAsync(blocked, from).PipeTo(_self, failure: cause => new WorkProgress(blocked, true, [], cause));
    }

    private async Task<WorkProgress> RemoveChunkAsync(BlockedReason blocked, long? from)
    {
        FaultPoints.Hit("remove.chunk");
        if (blocked == BlockedReason.Revert)
        {
            if (from is { } start) await Store.WriteAsync([new DeleteResults(_jobId, start, RemovalChunk)]);
            var more = from is { } begin && await Store.HasResultsAsync(_jobId, begin);
            return new WorkProgress(blocked, more, await Store.ListSnapshotsAsync(_jobId), null);
        }
        await Store.WriteAsync([new DeleteResults(_jobId, long.MinValue, RemovalChunk), new DeleteWork(_jobId, RemovalChunk)]);
        return new WorkProgress(blocked, await Store.HasWorkAsync(_jobId), [], null);
    }

    /// <returns>Whether the message was an outcome of this part.</returns>
    private bool OnRemovalOutcome(object message)
    {
        switch (message)
        {
            case WorkProgress { Cause: { } cause }:
                _log.Warning("Rows of job {0} could not be removed, retrying: {1}", _jobId, cause.Message);
                Timers.StartSingleTimer("removal", new RemoveAgain(), TimeSpan.FromSeconds(1));
                return true;
            case RemoveAgain:
                RemoveNext();
                return true;
            case WorkProgress progress when progress.More || progress.For != _state.Blocked:
                RemoveNext();
                return true;
            case WorkProgress progress:
                FinishRemoval(progress.Snapshots);
                return true;
            case SnapshotFound found:
                OnSnapshotFound(found);
                return true;
            case SnapshotChanged changed:
                changed.Sender.Tell(changed.Reply);
                return true;
            case StopForced:
                CommitFact(new JobFact.AnalysisStopped());
                return true;
            default:
                return false;
        }
    }

    private sealed record RemoveAgain;

    private void FinishRemoval(IReadOnlyList<ModelSnapshot> snapshots)
    {
        _removing = false;
        var revertedTo = snapshots.FirstOrDefault(snapshot => snapshot.SnapshotId == _state.RevertTo);
        var (now, blocked, resultsFrom) = (Now, _state.Blocked, _state.RevertResultsFrom);
        var fact = new JobFact.WorkRemoved(_status.InputSeq);
        if (JobLifecycle.Decide(_state, fact, now) is not Decision.Happens happens) return;
        FaultPoints.Hit("remove.done");
        Action<Exception> rejected = _ => CommitLater(() =>
        {
            if (_state.Blocked == blocked) FinishRemoval(snapshots);
        });
        switch (blocked)
        {
            case BlockedReason.Delete:
                Commit(happens.Events, [new DeleteJobRows(_jobId)], () => AfterFact(fact), rejected);
                break;
            case BlockedReason.Reset:
                _snapshots = [];
                Commit(happens.Events, [], () => AfterFact(fact), rejected, _ => new JobStatus { JobId = _jobId });
                break;
            default:
                _reverted = revertedTo ?? new ModelSnapshot
                {
                    JobId = _jobId,
                    SnapshotId = JobLifecycle.EmptySnapshot,
                    TimestampMs = now,
                    Description = "a model without memory",
                    InputSeq = _status.InputSeq,
                    Lineage = _state.Lineage,
                };
                if (_state.HealFrom is { } from) CommitHealing(happens.Events, fact, snapshots, from, rejected);
                else CommitRevert(happens.Events, fact, revertedTo, resultsFrom is not null, rejected);
                break;
        }
    }

    private ModelSnapshot? _reverted;

    /// <summary>
    /// The snapshot is taken to contain what was sent until now, so none of that is analysed again. With the intervening results gone the same
    /// records may be sent again, and categories that were found later are gone; without, what was seen before stays too old to be taken, for the
    /// counts as for the model, and results that stay can still be looked up in their categories until the model finds others.
    /// </summary>
    private void CommitRevert(IReadOnlyList<JobEvent> events, JobFact fact, ModelSnapshot? snapshot, bool resultsRemoved, Action<Exception> rejected)
    {
        var writes = new List<StoreWrite> { new TrimInputs(_jobId, _status.InputSeq) };
        var status = _status with { Size = snapshot?.Size ?? new Analysis.Results.ModelSizeStats(), ContextPrint = JobStatus.UnknownContext };
        // What is to be read again is found by the counts.
        if (status.Datafeed is { } datafeed) status = status with { Datafeed = datafeed with { Position = null } };
        if (resultsRemoved)
        {
            status = status with { Counts = status.Counts.RevertedTo(snapshot?.LatestRecordTime, snapshot?.LastFinalizedBucketEnd) };
            writes.Add(new PutCategories(_jobId, [], (int)status.Size.Categorization.TotalCategories));
        }
        else if (status.Counts.LatestRecord is { } latest)
        {
            var skip = new SkipTimeInput(BucketTime.Floor(latest, Settings.BucketSpan));
            status = status with { InputSeq = status.InputSeq + 1, OtherInputSeq = status.InputSeq + 1 };
            writes.Add(new AppendInput(_jobId, status.InputSeq, skip.Kind, InputCodec.Encode(skip)));
        }
        Commit(events, writes, () => AfterFact(fact), rejected, _ => status);
    }

    private void OnRemoved()
    {
        JobReply reply = _reverted is { } snapshot ? new SnapshotReply(_jobId, snapshot) : new Done(_jobId);
        _reverted = null;
        TellAll(_removalWaiters, reply);
        if (!_state.Exists)
        {
            DeleteMessages(LastSequenceNr - 1);
            return;
        }
        Compact();
        // One that healed: the job goes on opening, or closing when that was asked for meanwhile.
        if (JobLifecycle.IsRunning(_state) && !_state.ForcedClose) StartAnalysis();
    }

    /// <summary>Commands about one snapshot first look it up.</summary>
    private void OnSnapshotCommand(JobCommand command)
    {
        var (id, sender) = (SnapshotIdOf(command), Sender);
        Store.ListSnapshotsAsync(_jobId).PipeTo(_self,
            success: all => new SnapshotFound(command, sender, all.FirstOrDefault(s => s.SnapshotId == id), null),
            failure: cause => new SnapshotFound(command, sender, null, cause));
    }

    private static string SnapshotIdOf(JobCommand command) => command switch
    {
        RevertSnapshot revert => revert.SnapshotId,
        ChangeSnapshot change => change.SnapshotId,
        RemoveSnapshot remove => remove.SnapshotId,
        _ => "",
    };

    private void OnSnapshotFound(SnapshotFound found)
    {
        var id = SnapshotIdOf(found.Command);
        if (found.Cause is not null)
        {
            found.Sender.Tell(new Refused(_jobId, RefusalKind.Unavailable, $"snapshots of job [{_jobId}] cannot be read: {found.Cause.Message}"));
            return;
        }
        if (!_state.Exists || found.Snapshot is not { } snapshot)
        {
            found.Sender.Tell(new Refused(_jobId, RefusalKind.NotFound, $"no model snapshot with id [{id}] exists for job [{_jobId}]"));
            return;
        }
        switch (found.Command)
        {
            case RevertSnapshot revert:
                // Results from the bucket after the snapshot's newest on are those that came between.
                var from = revert.DeleteInterveningResults ? snapshot.LastFinalizedBucketEnd ?? long.MinValue : (long?)null;
                _self.Tell(new DecideRevert(revert with { ResultsFrom = from }), found.Sender);
                break;
            case RemoveSnapshot when id == _state.SnapshotId:
                found.Sender.Tell(new Refused(_jobId, RefusalKind.Invalid,
                    $"model snapshot [{id}] is the one that job [{_jobId}] starts from and cannot be deleted; revert to another one first"));
                break;
            default:
                Change(found.Command, found.Sender, snapshot);
                break;
        }
    }

    private void Change(JobCommand command, IActorRef sender, ModelSnapshot snapshot)
    {
        if (JobLifecycle.Decide(_state, command, Now, _deadlines) is Decision.Refuses refused)
        {
            sender.Tell(new Refused(_jobId, refused.Kind, refused.Reason));
            return;
        }
        var (write, reply, after) = command switch
        {
            ChangeSnapshot change => ((StoreWrite)new UpdateSnapshot(_jobId, snapshot.SnapshotId, change.Description, change.Retain),
                (JobReply)new SnapshotReply(_jobId, Changed(snapshot, change)), (ModelSnapshot?)Changed(snapshot, change)),
            _ => (new DeleteSnapshot(_jobId, snapshot.SnapshotId), new Done(_jobId), null),
        };
        _snapshots.RemoveAll(s => s.SnapshotId == snapshot.SnapshotId);
        if (after is not null) _snapshots.Add(after);
        Store.WriteAsync([write]).PipeTo(_self, success: () => new SnapshotChanged(reply, sender),
            failure: cause => new SnapshotChanged(new Refused(_jobId, RefusalKind.Unavailable, cause.Message), sender));
    }

    private static ModelSnapshot Changed(ModelSnapshot snapshot, ChangeSnapshot change) =>
        snapshot with { Description = change.Description ?? snapshot.Description, Retain = change.Retain ?? snapshot.Retain };

    /// <summary>A revert whose snapshot is known.</summary>
    private sealed record DecideRevert(RevertSnapshot Command);
}
