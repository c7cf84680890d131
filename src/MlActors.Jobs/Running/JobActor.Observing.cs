using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Observing;

namespace MlActors.Jobs.Running;

public sealed partial class JobActor
{
    private long? _waitingSince;

    /// <summary>Lets others see how the job stands; it decides nothing.</summary>
    private void Show()
    {
        if (!_state.Exists)
        {
            _services.Observer.Lose(_jobId);
            return;
        }
        _waitingSince = _unanalysedBytes == 0 ? null : _waitingSince ?? Now;
        var runs = JobLifecycle.IsRunning(_state);
        _services.Observer.See(new LiveJob(_jobId, _state.State, _state.StateSince, HasDatafeed: _feed is not null,
            runs ? _status.Size.ModelBytes : 0, runs ? _unanalysedBytes : 0, runs ? _waitingSince : null));
    }

    protected override void PostStop()
    {
        _services.Observer.Lose(_jobId);
        GivePlaceBack();
        base.PostStop();
    }
}
