using Akka.Actor;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Running;

/// <summary>
/// The job's datafeed: a child that lives exactly while the state says that the datafeed runs and the job is open. Its pages go into the input log
/// like uploads, each with the position behind it.
/// </summary>
public sealed partial class JobActor
{
    private IActorRef? _feed;
    private long _feedRun;

    /// <summary>Makes the child that there is the one that the state asks for.</summary>
    private void AlignDatafeed()
    {
        var run = _state.State == JobState.Opened && _state.Blocked == BlockedReason.None && !_rests ? _state.Feeding : null;
        if (_feed is not null && _feedRun != run?.Number)
        {
            Context.Stop(_feed);
            _feed = null;
        }
        if (_feed is not null || run is null) return;
        var status = _status.Datafeed!;
        var start = new DatafeedStart(_state.Datafeed!, _state.Config!, run, DatafeedBeginning.Of(run, status.Position, _status.Counts), status.Progress);
        var (services, time) = (_services.Datafeeds, _services.Time);
        _feed = Context.ActorOf(Props.CreateBy(new Producer<DatafeedActor>(() => new DatafeedActor(start, services, time))), $"datafeed-{run.Number}-{_runs++}");
        _feedRun = run.Number;
    }

    private void CommitUpdate(UpdateDatafeed update, IActorRef sender)
    {
        try
        {
            var config = DatafeedReader.ReadUpdate(_state.Datafeed!, update.Body, _state.Config!, _services.Datafeeds.Sources);
            Commit([new DatafeedPut(Now, config)], [], () => sender.Tell(new DatafeedReply(_jobId, config)), cause => sender.Tell(NotWritten(cause)), by: update.By);
        }
        catch (InvalidConfigException invalid)
        {
            sender.Tell(new Refused(_jobId, RefusalKind.Invalid, invalid.Message));
        }
    }

    private void OnDatafeedFinished(DatafeedFinished finished)
    {
        var fact = new JobFact.DatafeedEnded(finished.Run, finished.Reason, finished.Close ? Now + _deadlines.Closing : null);
        CommitFact(fact, again: () => OnDatafeedFinished(finished));
    }

    private void AfterDatafeedEnded()
    {
        FaultPoints.Hit("datafeed.finished");
        if (_state.State == JobState.Closing) BeginClose();
    }

    private Refused? RefusalOf(FromDatafeed message) => _feed is not null && _feed.Equals(message.Feed)
        ? null
        : new Refused(_jobId, RefusalKind.Conflict, $"run {message.Run} of the datafeed of job [{_jobId}] is over, or goes on in another child");

    private void Add(Append append, TakePage page, IActorRef sender)
    {
        if (page.SkipTo is { } skip) AddInput(append, new SkipTimeInput(skip), null, fed: true);
        foreach (var batch in page.Batches) AddInput(append, new RecordsInput(batch), null, fed: true);
        if (page.AdvanceTo is { } advance) AddInput(append, new AdvanceTimeInput(advance), null, fed: true);
        if (page.Progress.Delayed is { } delayed && delayed.FoundMs != append.Status.Datafeed!.Progress.Delayed?.FoundMs)
            append.Writes.AddRange(Note(LateDataNotes.Of(delayed)));
        append.Status = append.Status with
        {
            Datafeed = append.Status.Datafeed! with { Position = page.Position ?? append.Status.Datafeed.Position, Progress = page.Progress },
        };
        append.StatusChanged = true;
        append.Senders.Add(sender);
        append.Outcomes.Add(() =>
        {
            FaultPoints.Hit("datafeed.journaled");
            _held.Enqueue((sender, new Done(_jobId)));
        });
    }

    private IEnumerable<StoreWrite> Note(Annotation annotation) =>
        ChangeNotes.AreWanted(_state.Config!) ? [new PutAnnotations(_jobId, [annotation])] : [];

    /// <summary>The datafeed's part of the job's row after a change of state.</summary>
    private static DatafeedStatus? DatafeedStatusOf(JobLifecycleState state, DatafeedStatus? before)
    {
        if (state.Datafeed is not { } datafeed) return null;
        var status = before is not null && before.DatafeedId == datafeed.DatafeedId ? before : new DatafeedStatus { DatafeedId = datafeed.DatafeedId };
        return status with
        {
            State = JobLifecycle.StateOf(state),
            EndMs = state.Feeding?.EndMs,
            StopReason = state.FeedStopReason,
            Progress = state.Feeding is null ? status.Progress with { RealTime = false, Trouble = null, TroubleSinceMs = null } : status.Progress,
        };
    }
}
