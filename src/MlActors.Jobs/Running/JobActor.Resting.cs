using Akka.Actor;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Upgrading;

namespace MlActors.Jobs.Running;

/// <summary>
/// The job rests while upgrade mode is on: it keeps its state and its place, and has neither analysis nor datafeed. Its model is saved before, unless that takes
/// too long; what was accepted and is not in it is in the log. A close or removal that is under way goes on to its end.
/// </summary>
public sealed partial class JobActor
{
    private sealed class RestNow
    {
        internal static readonly RestNow Instance = new();
    }

    private readonly HashSet<IActorRef> _followers = [];
    private bool _rests;
    private bool _stopsToRest;

    private bool WorksStill => _analysis is not null || _feed is not null || _state.State == JobState.Closing || _state.Blocked != BlockedReason.None;

    private void OnFollow(IActorRef asker)
    {
        if (!asker.Equals(_self)) _followers.Add(asker);
        Follow();
    }

    /// <summary>Does what the switch of the node says.</summary>
    private void Follow()
    {
        if (_rests != _services.Upgrade.IsOn)
        {
            _rests = !_rests;
            if (_rests) BeginRest();
            else GoOn();
        }
        TellFollowers();
    }

    /// <summary>Tells those who wait for the job to follow, once it does.</summary>
    private void TellFollowers()
    {
        if (_followers.Count == 0 || _rests != _services.Upgrade.IsOn || (_rests && WorksStill)) return;
        TellAll(_followers, new UpgradeModeFollowed(_jobId, _services.Upgrade.Setting.Version));
    }

    private void BeginRest()
    {
        AlignDatafeed();
        if (_state.State is not (JobState.Opening or JobState.Opened)) return;
        RefusePosts("upgrade mode is on; send it again when it has ended", RefusalKind.TooMany);
        TellAll(_openWaiters, new Refused(_jobId, RefusalKind.TooMany, $"job [{_jobId}] is opening and waits: {UpgradeSetting.Explanation}"));
        if (_analysis is not null && !_stopsToRest)
        {
            _stopsToRest = true;
            if (_state is { State: JobState.Opened, Blocked: BlockedReason.None })
            {
                Timers.StartSingleTimer(RestNow.Instance, RestNow.Instance, LongestHandOver);
                _analysis.Tell(new ToAnalysis.Save());
            }
            else
            {
                StopToRest();
            }
        }
        Show();
    }

    /// <summary>What could be saved is: the analysis, which does nothing more since it was asked to save, ends.</summary>
    private void StopToRest()
    {
        Timers.Cancel(RestNow.Instance);
        if (_analysis is null || !_stopsToRest) return;
        _analysisCancellation!.Cancel();
        Context.Stop(_analysis);
    }

    private void OnStoppedToRest()
    {
        _stopsToRest = false;
        (_progress, _unanalysedBytes) = (null, 0);
        GoOn();
        TellFollowers();
    }

    /// <summary>Starts what the state asks for and the rest allows; an analysis that has still to stop is waited for.</summary>
    private void GoOn()
    {
        if (_analysis is null && JobLifecycle.IsRunning(_state) && _state is { ForcedClose: false, WaitsForRoom: false, Blocked: BlockedReason.None })
            StartAnalysis();
        AlignDatafeed();
        Show();
    }
}
