using Akka.Actor;
using Akka.Event;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Running;

/// <summary>
/// The context of the job: it is looked at when a run of the analysis starts and whenever somebody says that it changed, and journaled as an input when
/// it differs from the one journaled last. Until the first look of a run is over, the job is not opened and takes no data; so what was changed before a
/// start, also by somebody who died before he could tell, holds for all data after it.
/// </summary>
public sealed partial class JobActor
{
    /// <param name="Look">Number of the newest look that was asked for when the read began.</param>
    private sealed record ContextRead(long Look, StoredContext? Stored, Exception? Cause);

    private sealed class LookAgain
    {
        internal static readonly LookAgain Instance = new();
    }

    /// <summary>The first look of a run is over.</summary>
    private sealed record ContextSettled(long Generation);

    private static readonly TimeSpan LookRetry = TimeSpan.FromSeconds(1);

    // Who waits for a look, by its number: a look that began before it was asked for may have read too early.
    private readonly List<(long Look, Action Then)> _contextWaiters = [];
    private long _looks;
    private bool _looking;
    private (long Look, AnalysisContext Context, long Version)? _contextFound;
    private bool _contextSettled;
    private long _contextVersion = -1;

    private bool TakesContext => !_rests && _state is { State: JobState.Opening or JobState.Opened, WaitsForRoom: false, Blocked: BlockedReason.None };

    /// <summary>Looks at the context; <paramref name="then"/> runs when it is in the log, or at once when the job will look at its next start anyway.</summary>
    private void LookAtContext(Action then)
    {
        if (!TakesContext)
        {
            then();
            return;
        }
        _contextWaiters.Add((++_looks, then));
        if (!_looking) ReadContext();
    }

    /// <summary>A run begins: nothing is known about the context yet.</summary>
    private void BeginContext()
    {
        _contextSettled = false;
        var generation = _state.Generation;
        LookAtContext(() => _self.Tell(new ContextSettled(generation)));
    }

    private void ReadContext()
    {
        _looking = true;
        var (look, config) = (_looks, _state.Config!);
        _services.Contexts.ReadContextAsync(_jobId, config.Groups, JobContext.FiltersOf(config))
            .PipeTo(_self, success: stored => new ContextRead(look, stored, null), failure: cause => new ContextRead(look, null, cause));
    }

    /// <returns>Whether the message was an outcome of this part.</returns>
    private bool OnContextOutcome(object message)
    {
        switch (message)
        {
            case ContextRead { Stored: { } stored } read:
                OnContextRead(read.Look, stored);
                return true;
            case ContextRead failed:
                RetryLook(failed.Cause!);
                return true;
            case LookAgain:
                if (TakesContext) ReadContext();
                else EndLooking();
                return true;
            case ContextSettled settled:
                if (settled.Generation == _state.Generation) ConfirmOpened();
                return true;
            default:
                return false;
        }
    }

    private void OnContextRead(long look, StoredContext stored)
    {
        if (!TakesContext)
        {
            EndLooking();
        }
        else if (look < _looks)
        {
            ReadContext();
        }
        else
        {
            _contextFound = (look, JobContext.Of(_state.Config!, stored), stored.Version);
            AppendNext();
        }
    }

    private void RetryLook(Exception cause)
    {
        _log.Warning("The context of job {0} cannot be read or written, trying again: {1}", _jobId, cause.Message);
        Timers.StartSingleTimer(LookAgain.Instance, LookAgain.Instance, LookRetry);
    }

    /// <summary>Appends what was found, if it is new; the only input that an opening job takes.</summary>
    private void AppendContext(long look, AnalysisContext context, long version)
    {
        if (!TakesContext)
        {
            EndLooking();
            return;
        }
        var append = new Append { Status = _status, Failed = RetryLook };
        if (context.Print != _status.ContextPrint)
        {
            AddInput(append, new ContextInput(context), null);
            append.Status = append.Status with { ContextPrint = context.Print };
        }
        append.Outcomes.Add(() =>
        {
            FaultPoints.Hit("context.journaled");
            _contextVersion = version;
            _contextSettled = true;
            EndLook(look);
        });
        WriteAppend(append);
    }

    private void EndLook(long look)
    {
        _looking = false;
        var waiting = _contextWaiters.FindAll(waiter => waiter.Look <= look);
        _contextWaiters.RemoveAll(waiter => waiter.Look <= look);
        if (_contextWaiters.Count > 0) ReadContext();
        foreach (var (_, then) in waiting) then();
    }

    /// <summary>The job takes no input any more: whoever waits is told, and the next start looks again.</summary>
    private void EndLooking()
    {
        _contextFound = null;
        EndLook(_looks);
    }

    /// <summary>Somebody who looks after all jobs says which version there is: what a message that got lost would have said.</summary>
    private void HearOfVersion(long version)
    {
        if (version > _contextVersion && _contextSettled) LookAtContext(() => { });
    }
}
