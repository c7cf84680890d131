using Akka.Event;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Running;

/// <summary>
/// The job's place on its node. It is taken before the opening is durable and given back when the end of the job is, or when this owner stops; so nobody
/// else can have been promised it. A lazy job that finds none is durably opening and waits, on whatever node it comes to.
/// </summary>
public sealed partial class JobActor
{
    /// <summary>The room has given the place that was waited for.</summary>
    private sealed class PlaceGiven
    {
        internal static readonly PlaceGiven Instance = new();
    }

    private sealed class SeekPlace
    {
        internal static readonly SeekPlace Instance = new();
    }

    private long PlaceBytes => LimitOf(_state);

    private static long LimitOf(JobLifecycleState state) => ByteSize.TryParse(state.Config?.AnalysisLimits.ModelMemoryLimit ?? "0", out var limit, out _) ? limit.Bytes : 0;

    private string? NodeOf(JobLifecycleState state) => JobLifecycle.IsRunning(state) && !state.WaitsForRoom ? _services.Node.Id : null;

    private string? TryTakePlace() => _services.Room.TryTake(_jobId, PlaceBytes);

    private void GivePlaceBack() => _services.Room.Free(_jobId);

    /// <summary>What ran when the last owner ended has its place, be there room or not: it goes on.</summary>
    private void KeepPlace()
    {
        if (JobLifecycle.IsRunning(_state) && !_state.WaitsForRoom) _services.Room.Take(_jobId, PlaceBytes);
    }

    /// <summary>Goes on waiting after the last owner: behind the open jobs that come to this node at the same time, which have a place already.</summary>
    private void WaitOn()
    {
        ShowWaiting();
        Timers.StartSingleTimer(SeekPlace.Instance, SeekPlace.Instance, _services.Options.SeekPlaceAfter);
    }

    private void ShowWaiting() => _progress = new TransitionProgress("waiting for room", 0, _state.StateSince);

    private void AwaitPlace()
    {
        ShowWaiting();
        var self = _self;
        _services.Room.Await(_jobId, PlaceBytes, () => self.Tell(PlaceGiven.Instance, Akka.Actor.ActorRefs.NoSender));
    }

    private void BeginWaiting()
    {
        _log.Info("Job {0} waits: {1}", _jobId, _state.Reason);
        TellAll(_openWaiters, new JobOpenedReply(_jobId, ""));
        AwaitPlace();
    }

    private void OnPlaceGiven()
    {
        // It may have been closed meanwhile, or have asked for a place of another size.
        if (_state.WaitsForRoom && _services.Room.Holds(_jobId)) CommitFact(new JobFact.RoomFound(Now + _deadlines.Opening), again: OnPlaceGiven);
    }

    private void ResizePlace()
    {
        if (_state.WaitsForRoom) AwaitPlace();
        else KeepPlace();
    }
}
