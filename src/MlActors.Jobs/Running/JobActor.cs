using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Placing;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Upgrading;

namespace MlActors.Jobs.Running;

/// <summary>What a job's actor works with; one for all jobs of a node.</summary>
public sealed record JobServices(
    IJobStore Store, IContextStore Contexts, DatafeedServices Datafeeds, TimeProvider Time, RunningOptions Options, NodeIdentity Node)
{
    internal ForecastRunner Forecasts { get; } = new(Store, Time, Options);

    /// <summary>Who is told how the jobs stand.</summary>
    public JobObserver Observer { get; init; } = new(Time);

    /// <summary>Who has a place on this node.</summary>
    public NodeRoom Room { get; init; } = new(RoomLimits.Default, Node.Name);

    /// <summary>Whether jobs of this node rest.</summary>
    public UpgradeSwitch Upgrade { get; init; } = new();
}

/// <summary>
/// The one owner of a job. It glues: a message is decided by <see cref="JobLifecycle"/>, the events are persisted together with the rows they
/// imply, then applied, then answered. At most one write of the job's rows is in flight at a time, so that no write carries a stale row.
/// <para>Parts: this file recovers, decides and commits; <c>.Claims</c> asks whether what may be late is still wanted; <c>.Input</c> takes records and flushes; <c>.Context</c> journals what rules,
/// filters and calendars say; <c>.Room</c> sees to its place on the node; <c>.Analysis</c> runs the analysis and finishes closes; <c>.Forecasts</c> accepts forecasts and sees to their
/// end; <c>.HandOver</c> leaves the job to another node; <c>.Resting</c> rests in upgrade mode; <c>.Datafeed</c> keeps the datafeed and takes its pages, <c>.Healing</c> goes back for data that
/// came late; <c>.Removal</c> carries out delete, reset and revert; <c>.Observing</c> lets others see how it stands.</para>
/// </summary>
public sealed partial class JobActor : UntypedPersistentActor, IWithTimers
{
    /// <param name="Forecasts">Those that have not ended, of a job that runs.</param>
    private sealed record StatusRead(JobStatus? Status, IReadOnlyList<Forecast> Forecasts);

    private sealed record StatusUnreadable(Exception Cause);

    /// <summary>Looks at what is due.</summary>
    internal sealed class Tick
    {
        internal static readonly Tick Instance = new();
    }

    /// <summary>Stops the actor between two messages; what it owes is finished by its next incarnation.</summary>
    public sealed class Stop
    {
        public static readonly Stop Instance = new();

        private Stop()
        {
        }
    }

    private readonly string _jobId;
    private readonly JobServices _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LifecycleDeadlines _deadlines;
    private readonly IActorRef _self = Context.Self;

    private JobLifecycleState _state = JobLifecycleState.Absent;
    private JobStatus _status;
    private bool _ready;
    private long _compactedTo;

    // Who is told when a transition ends.
    private readonly HashSet<IActorRef> _openWaiters = [];
    private readonly HashSet<IActorRef> _closeWaiters = [];
    private readonly HashSet<IActorRef> _removalWaiters = [];

    public JobActor(string jobId, JobServices services)
    {
        (_jobId, _services) = (jobId, services);
        _status = new JobStatus { JobId = jobId };
        var deadline = (long)services.Options.TransitionDeadline.TotalMilliseconds;
        _claims = services.Time.GetTimestamp();
        _deadlines = new LifecycleDeadlines(deadline, deadline, deadline);
    }

    public override string PersistenceId => "job-" + _jobId;

    // The whole state is in the journal: there is no snapshot to look for.
    public override Recovery Recovery => new(SnapshotSelectionCriteria.None);

    public ITimerScheduler Timers { get; set; } = null!;

    private long Now => _services.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private IJobStore Store => _services.Store;

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case JobEvent recovered:
                _state = JobLifecycle.Apply(_state, recovered);
                if (recovered is StateSaved or JobCreated) _compactedTo = LastSequenceNr;
                break;
            case RecoveryCompleted:
                ReadStatus();
                break;
            default:
                throw new InvalidOperationException($"unknown event {message.GetType()} in the journal of job {_jobId}");
        }
    }

    // Counts and sizes are not events: they are read from the job's row, which was committed with the newest event or input.
    private void ReadStatus()
    {
        if (!_state.Exists)
        {
            _self.Tell(new StatusRead(null, []));
            return;
        }
        ReadAsync(JobLifecycle.IsRunning(_state)).PipeTo(_self, failure: cause => new StatusUnreadable(cause));

        async Task<StatusRead> ReadAsync(bool runs) => new(await Store.ReadStatusAsync(_jobId), runs ? await ReadUnfinishedForecastsAsync() : []);
    }

    protected override void OnCommand(object message)
    {
        if (OnHandOver(message)) return;
        if (!_ready)
        {
            Begin(message);
            return;
        }
        if (OnClaim(message)) return;
        // A message that may write the job's row waits until the append in flight, which writes it too, is done.
        if (_appending && message is JobCommand or FromAnalysis.Ready or FromAnalysis.Checkpoint or FromAnalysis.Finished or FromAnalysis.Failed or Terminated
            or StopForced or DatafeedFinished or HealLateData or SnapshotTried or WorkProgress or DecideRevert or PlaceGiven or CommitAgain or ContextSettled
            or FollowUpgradeMode)
        {
            _commandWaits = true;
            Stash.Stash();
            return;
        }
        switch (message)
        {
            case JobMessage late when MustBeClaimed(late):
                BeginClaim(late);
                break;
            case JobCommand command:
                OnJobCommand(command);
                break;
            case JobMessage job:
                OnJobMessage(job);
                break;
            case FromAnalysis report:
                OnAnalysisReport(report);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            case DecideRevert revert:
                Decide(revert.Command);
                break;
            case PlaceGiven:
                OnPlaceGiven();
                break;
            case SeekPlace:
                if (_state.WaitsForRoom) AwaitPlace();
                break;
            case CommitAgain again:
                if (again.Generation == _state.Generation) again.Commit();
                break;
            case RestNow:
                StopToRest();
                break;
            case Tick:
                OnTick();
                break;
            case Stop:
                Context.Stop(_self);
                break;
            case DeleteMessagesSuccess:
                break;
            case DeleteMessagesFailure failure:
                // Nothing depends on it: the next compaction drops them too.
                _log.Warning("Old events of job {0} could not be dropped: {1}", _jobId, failure.Cause.Message);
                break;
            default:
                if (!OnInputOutcome(message) && !OnContextOutcome(message) && !OnRemovalOutcome(message) && !OnHealingOutcome(message)) Unhandled(message);
                break;
        }
    }

    private void Begin(object message)
    {
        switch (message)
        {
            case StatusRead read:
                _status = read.Status ?? _status;
                if (JobLifecycle.IsRunning(_state))
                {
                    NoteArrival(_status.NodeId);
                    _status = _status with { NodeId = NodeOf(_state) };
                }
                foreach (var forecast in read.Forecasts) _forecasts[forecast.ForecastId] = forecast;
                (_ready, _readySince) = (true, _services.Time.GetTimestamp());
                Stash.UnstashAll();
                Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.FromSeconds(10));
                // Seen first: from here on the job is told when upgrade mode begins or ends.
                Show();
                _rests = _services.Upgrade.IsOn;
                Resume();
                Show();
                break;
            case StatusUnreadable unreadable:
                _log.Warning("The row of job {0} cannot be read, retrying: {1}", _jobId, unreadable.Cause.Message);
                Timers.StartSingleTimer("status", new RetryStatus(), TimeSpan.FromSeconds(1));
                break;
            case RetryStatus:
                ReadStatus();
                break;
            case Stop:
                Context.Stop(_self);
                break;
            default:
                Stash.Stash();
                break;
        }
    }

    private sealed record RetryStatus;

    /// <summary>Goes on with whatever the recovered state owes.</summary>
    private void Resume()
    {
        KeepPlace();
        if (_state.WaitsForRoom) WaitOn();
        else if (JobLifecycle.IsRunning(_state) && !_state.ForcedClose && _state.Blocked == BlockedReason.None)
        {
            StartAnalysis();
            AlignDatafeed();
        }
        else if (_state is { State: JobState.Closing, ForcedClose: true }) CommitFact(new JobFact.AnalysisStopped());
        else if (_state.Blocked != BlockedReason.None) BeginRemoval();
    }

    private void OnJobCommand(JobCommand command)
    {
        Touch();
        switch (command)
        {
            case RevertSnapshot { SnapshotId: JobLifecycle.EmptySnapshot } revert:
                Decide(revert with { ResultsFrom = revert.DeleteInterveningResults ? long.MinValue : null });
                break;
            case RevertSnapshot or ChangeSnapshot or RemoveSnapshot:
                OnSnapshotCommand(command);
                break;
            default:
                Decide(command);
                break;
        }
    }

    private void Decide(JobCommand command)
    {
        var sender = Sender;
        var atRest = _services.Upgrade.IsOn ? UpgradeRules.RefusalOf(command) : null;
        var noRoom = command is OpenJob && atRest is null && JobLifecycle.CanOpen(_state) ? TryTakePlace() : null;
        switch (JobLifecycle.Decide(_state, command, Now, _deadlines, noRoom))
        {
            case Decision.Happens or Decision.Joined when atRest is not null:
                sender.Tell(atRest);
                break;
            case Decision.Refuses refused:
                sender.Tell(new Refused(_jobId, refused.Kind, refused.Reason));
                break;
            case Decision.Confirmed:
                sender.Tell(Confirmation(command));
                break;
            case Decision.Joined:
                WaitersOf(command)!.Add(sender);
                if (command.NotifyAccepted) sender.Tell(new Accepted(_jobId));
                break;
            case Decision.Happens when command is UpdateJob update:
                CommitUpdate(update, sender);
                break;
            case Decision.Happens when command is UpdateDatafeed update:
                CommitUpdate(update, sender);
                break;
            case Decision.Happens happens:
                var span = JobTraces.Begin("job.command", _jobId, command.TraceParent)?.SetTag("mlactors.command", command.GetType().Name);
                Commit(happens.Events, [], () =>
                {
                    JobTraces.End(span);
                    AfterCommand(command, sender);
                }, cause =>
                {
                    JobTraces.End(span, cause);
                    if (command is OpenJob) GivePlaceBack();
                    sender.Tell(NotWritten(cause));
                }, by: command.By);
                break;
        }
    }

    private void AfterCommand(JobCommand command, IActorRef sender)
    {
        if (WaitersOf(command) is { } waiters)
        {
            waiters.Add(sender);
            if (command.NotifyAccepted) sender.Tell(new Accepted(_jobId));
        }
        switch (command)
        {
            case CreateJob or PutDatafeed or DeleteDatafeed:
                sender.Tell(new Done(_jobId));
                break;
            case StartDatafeed:
                FaultPoints.Hit("datafeed.started");
                sender.Tell(new DatafeedStartedReply(_jobId, _services.Node.Id));
                break;
            case OpenJob:
                _came = null;
                FaultPoints.Hit("open.journaled");
                if (_state.WaitsForRoom) BeginWaiting();
                else StartAnalysis();
                break;
            case StopDatafeed stop:
                FaultPoints.Hit("datafeed.stopped");
                if (stop.CloseJob != true) sender.Tell(new Done(_jobId));
                if (_state.State == JobState.Closing) BeginClose();
                break;
            case CloseJob:
                BeginClose();
                break;
            case ForceCloseJob or DeleteJob when _state.State == JobState.Closing:
                FaultPoints.Hit("forceclose.journaled");
                RefuseOpenWaiters("it was closed meanwhile");
                StopAnalysis();
                break;
            case DeleteJob or ResetJob or RevertSnapshot:
                BeginRemoval();
                break;
        }
    }

    private void BeginClose()
    {
        FaultPoints.Hit("close.journaled");
        RefuseOpenWaiters("it was closed meanwhile");
        if (_state.ForcedClose) StopAnalysis();
        else if (_analysis is null && _state.Blocked == BlockedReason.None) StartAnalysis();
        else FinishAnalysis();
    }

    private HashSet<IActorRef>? WaitersOf(JobCommand command) => command switch
    {
        OpenJob => _openWaiters,
        CloseJob or ForceCloseJob => _closeWaiters,
        StopDatafeed { CloseJob: true } when _state.State == JobState.Closing => _closeWaiters,
        DeleteJob or ResetJob or RevertSnapshot => _removalWaiters,
        _ => null,
    };

    private JobReply Confirmation(JobCommand command) => command switch
    {
        OpenJob => new JobOpenedReply(_jobId, NodeOf(_state) ?? ""),
        CloseJob or ForceCloseJob or StopDatafeed { CloseJob: true } => new JobClosedReply(_jobId, AlreadyClosed: true, 0),
        _ => new Done(_jobId),
    };

    /// <summary>Decides a fact and, if anything follows, makes it happen: also if the store cannot write for a while.</summary>
    private void CommitFact(JobFact fact, IReadOnlyList<StoreWrite>? writes = null, Action? again = null)
    {
        if (JobLifecycle.Decide(_state, fact, Now) is Decision.Happens happens)
            Commit(happens.Events, [.. writes ?? [], .. EndOfForecasts(happens.Events)], () => AfterFact(fact), _ => CommitLater(again ?? (() => CommitFact(fact, writes))));
    }

    /// <summary>Something that happened and could not be written: it is tried again as long as the same run of the job goes on.</summary>
    private sealed record CommitAgain(long Generation, Action Commit);

    private void CommitLater(Action commit) =>
        Context.System.Scheduler.ScheduleTellOnce(CommitRetry, _self, new CommitAgain(_state.Generation, commit), ActorRefs.NoSender);

    private static readonly TimeSpan CommitRetry = TimeSpan.FromSeconds(1);

    private void AfterFact(JobFact fact)
    {
        switch (fact)
        {
            case JobFact.AnalysisReady:
                FaultPoints.Hit("open.opened");
                TellAll(_openWaiters, new JobOpenedReply(_jobId, _services.Node.Id));
                break;
            case JobFact.AnalysisFinished or JobFact.AnalysisStopped:
                OnClosed();
                break;
            case JobFact.DatafeedEnded:
                AfterDatafeedEnded();
                break;
            case JobFact.AnalysisFailed or JobFact.Overdue:
                OnFailed();
                break;
            case JobFact.LateDataFound:
                AfterHealingStarted();
                break;
            case JobFact.RoomFound:
                StartAnalysis();
                break;
            case JobFact.WorkRemoved:
                OnRemoved();
                break;
        }
    }

    private void OnClosed()
    {
        FaultPoints.Hit("close.closed");
        DropAnalysis();
        _forecasts.Clear();
        var duration = _closingSince is { } since ? _services.Time.GetElapsedTime(since).TotalMilliseconds : 0;
        _closingSince = null;
        TellAll(_closeWaiters, new JobClosedReply(_jobId, AlreadyClosed: false, duration));
        RefusePosts("it is closed");
        Compact();
        if (_state.Blocked != BlockedReason.None) BeginRemoval();
    }

    private void OnFailed()
    {
        DropAnalysis();
        _forecasts.Clear();
        var refused = new Refused(_jobId, RefusalKind.Failed, $"job [{_jobId}] failed: {_state.Reason}");
        TellAll(_openWaiters, refused);
        TellAll(_closeWaiters, refused);
        RefusePosts($"it failed: {_state.Reason}");
    }

    private void RefuseOpenWaiters(string why) => TellAll(_openWaiters, new Refused(_jobId, RefusalKind.Conflict, $"job [{_jobId}] was not opened: {why}"));

    private void TellAll(HashSet<IActorRef> waiters, object message)
    {
        foreach (var waiter in waiters) waiter.Tell(message);
        if (_claim is { } claim && waiters.Contains(claim.Sender)) ForgetClaim();
        waiters.Clear();
    }

    /// <summary>Persists events with the rows they imply in one transaction, then applies them, then runs <paramref name="then"/>.</summary>
    /// <param name="rejected">What to do when the store cannot write now: certainly nothing happened.</param>
    /// <param name="by">Who asked for it.</param>
    private void Commit(
        IReadOnlyList<JobEvent> events, IReadOnlyList<StoreWrite> writes, Action then, Action<Exception> rejected, Func<JobStatus, JobStatus>? change = null,
        Caller? by = null)
    {
        _rejected = rejected;
        var (state, messages) = (_state, new List<AuditMessage>());
        foreach (var happened in events)
        {
            if (AuditTexts.Of(happened, state) is var (level, text)) messages.Add(new AuditMessage(_jobId, happened.Time, level, text, _services.Node.Name, by));
            state = JobLifecycle.Apply(state, happened);
        }
        var status = StatusOf(state, change is null ? _status : change(_status));
        var rows = new List<StoreWrite>(writes);
        if (state.Exists && !ReferenceEquals(state.Config, _state.Config)) rows.Add(new PutConfig(state.Config!));
        if (!ReferenceEquals(state.Datafeed, _state.Datafeed)) rows.Add(state.Datafeed is { } datafeed ? new PutDatafeedConfig(datafeed) : new DeleteDatafeedConfig(_jobId));
        if (state.Exists) rows.Add(new PutStatus(status));
        if (messages.Count > 0) rows.Add(new AppendMessages(_jobId, messages));
        var remaining = events.Count;
        PersistAll(events.Select((@event, i) => new Journaled(@event, i == events.Count - 1 ? rows : [])), _ =>
        {
            if (--remaining > 0) return;
            _services.Observer.Changed(_state, state);
            var ended = JobLifecycle.IsRunning(_state) && !JobLifecycle.IsRunning(state);
            (_state, _status) = (state, state.Exists ? status : new JobStatus { JobId = _jobId });
            if (ended) GivePlaceBack();
            then();
            AlignDatafeed();
            Show();
            TellFollowers();
        });
    }

    private JobStatus StatusOf(JobLifecycleState state, JobStatus before) => before with
    {
        State = state.State,
        Reason = state.Reason,
        Blocked = state.Blocked,
        BlockedTaskId = state.BlockedTaskId,
        Deadline = state.Deadline,
        StateSince = state.StateSince,
        NodeId = NodeOf(state),
        ModelLimitBytes = LimitOf(state),
        OpenTime = state.OpenTime,
        FinishedTime = state.FinishedTime,
        ModelSnapshotId = state.SnapshotId,
        Datafeed = DatafeedStatusOf(state, before.Datafeed),
    };

    private void CommitUpdate(UpdateJob update, IActorRef sender)
    {
        try
        {
            var config = update.Update.ApplyTo(_state.Config!, _state.State == JobState.Opened, _status.Size.ModelBytes);
            Commit([new JobUpdated(Now, config)], [], () =>
            {
                if (update.Update.ModelMemoryLimit is not null) ResizePlace();
                // A run that starts later reads it from the configuration. What it then analyses once more is plotted as the newest update says.
                if (update.Update.ModelPlotConfig is not null) _analysis?.Tell(new ToAnalysis.PlotModel(_status.InputSeq, ModelPlot.Of(config), ChangeNotes.Of(config)));
                LookAtContext(() => sender.Tell(new JobUpdatedReply(_jobId, new JobRow(config, _status, _state.Datafeed))));
            }, cause => sender.Tell(NotWritten(cause)), by: update.By);
        }
        catch (Configuration.InvalidConfigException invalid)
        {
            sender.Tell(new Refused(_jobId, RefusalKind.Invalid, invalid.Message));
        }
    }

    /// <summary>
    /// Once a job's life fills enough of the journal, its state is written as one event and what came before is dropped: recovery stays short.
    /// </summary>
    private void Compact()
    {
        if (LastSequenceNr - _compactedTo < _services.Options.CompactAfterEvents) return;
        // Nothing depends on it: the next close tries again.
        _rejected = _ => { };
        Persist(new Journaled(new StateSaved(Now, _state), []), _ =>
        {
            _compactedTo = LastSequenceNr;
            DeleteMessages(LastSequenceNr - 1);
        });
    }

    /// <summary>
    /// What is stored is not what this owner believes, or cannot be known. The sender learns it; the actor stops, and its next incarnation recovers
    /// what is true.
    /// </summary>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "The journal could not write for job {0}", _jobId);
        Sender.Tell(NotWritten(cause));
        Abandon(cause);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        Abandon(reason);
        base.PreRestart(reason, message);
    }

    /// <summary>Tells everybody who waits for this incarnation that it ends.</summary>
    private void Abandon(Exception cause)
    {
        var refused = NotWritten(cause);
        foreach (var waiters in new[] { _openWaiters, _closeWaiters, _removalWaiters }) TellAll(waiters, refused);
        RefusePosts("its store cannot write");
        _analysisCancellation?.Cancel();
    }

    private Action<Exception>? _rejected;

    /// <summary>The store cannot write now, and nothing of the commit was stored: the owner lives on, its state is the stored one.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // Called for every event of the commit; the first speaks for all.
        if (_rejected is not { } rejected) return;
        _rejected = null;
        _log.Error(cause, "The journal rejected an event of job {0}", _jobId);
        rejected(cause);
    }

    private Refused NotWritten(Exception cause) =>
        new(_jobId, RefusalKind.Unavailable, $"the store could not write for job [{_jobId}], nothing happened: {cause.Message}");

    private long _touched;

    private void Touch() => _touched = _services.Time.GetTimestamp();

    private void OnTick()
    {
        CheckOverdue();
        // For the case that it was not told.
        if (_rests != _services.Upgrade.IsOn) _self.Tell(new FollowUpgradeMode(_jobId));
        var idle = !JobLifecycle.IsRunning(_state) && _state.Blocked == BlockedReason.None && !_appending && _analysis is null;
        if (idle && _services.Time.GetElapsedTime(_touched) > _services.Options.PassivateAfter) Context.Parent.Tell(new Passivate(Stop.Instance));
    }
}
