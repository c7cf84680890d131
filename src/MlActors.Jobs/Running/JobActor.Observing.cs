using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Nodes;
using MlActors.Jobs.Observing;

namespace MlActors.Jobs.Running;

public sealed partial class JobActor
{
    private long? _waitingSince;
    private JobArrival? _came;

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
            runs ? _status.Size.ModelBytes : 0, runs ? _unanalysedBytes : 0, runs ? _waitingSince : null)
        {
            Came = runs ? _came : null,
        });
    }

    /// <param name="before">The node that the job's row names.</param>
    private void NoteArrival(string? before)
    {
        if (before is not null) _came = new JobArrival(Now, before, before == _services.Node.Id ? JobArrival.Restarted : JobArrival.NodeGone);
    }

    /// <summary>The owner before says that it is the one it comes from, and why.</summary>
    private void NoteArrival(WakeJob wake)
    {
        if (wake is not { HandedOverBy: { } by, Why: { } why } || _came is null) return;
        _came = _came with { From = by, Why = why };
        Show();
    }

    protected override void PostStop()
    {
        _services.Observer.Lose(_jobId);
        ReturnClaim();
        GivePlaceBack();
        base.PostStop();
    }
}
