using Akka.Actor;
using Akka.Event;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Requests;

namespace MlActors.Jobs.Running;

/// <summary>
/// A message may lie on its way until its sender has long been answered otherwise. So the sender is asked whether it is still wanted, and until it has said so all
/// that came later waits: what a client sends after it was answered then comes behind what was granted before.
/// </summary>
public sealed partial class JobActor
{
    private sealed record Claimed(long Number, JobMessage Message, IActorRef Sender);

    /// <param name="Watched">Whether the sender's end is waited for as well.</param>
    private sealed record ClaimUnanswered(long Number, bool Watched);

    // Almost all answer sooner, and need not be watched.
    private static readonly TimeSpan PromptAnswer = TimeSpan.FromMilliseconds(200);

    // The job stands still for a node that is frozen or cut off no longer than this.
    internal static readonly TimeSpan LongestClaim = TimeSpan.FromSeconds(3);

    // Three times as long as messages were seen to lie where nobody knows a job's place.
    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(60);

    private Claimed? _claim;

    // An owner that starts again must not take an answer to the one before it for one to itself.
    private long _claims;
    private long _readySince;

    /// <returns>Whether the message is dealt with.</returns>
    private bool OnClaim(object message)
    {
        switch (message)
        {
            case ClaimAnswer answer when answer.Number != _claim?.Number:
                // It was given up, and its sender was told to ask again: telling it twice would make two of one.
                return true;
            case ClaimAnswer { Wanted: true } when _appending && _claim!.Message is JobCommand:
                Timers.Cancel(nameof(ClaimUnanswered));
                _commandWaits = true;
                Stash.Stash();
                return true;
            case ClaimAnswer answer:
                EndClaim(answer.Wanted);
                return true;
            case ClaimUnanswered silent:
                if (silent.Number == _claim?.Number) OnUnanswered(silent.Watched);
                return true;
            case Terminated gone when _claim is { } claim && gone.ActorRef.Equals(claim.Sender):
                EndClaim(wanted: false);
                return true;
            case JobMessage and not (GetJobStats or FromDatafeed) when _claim is not null:
                Stash.Stash();
                return true;
            default:
                return false;
        }
    }

    private bool MustBeClaimed(JobMessage message) => Claims.Asks(message, newOwner: _services.Time.GetElapsedTime(_readySince) < Youth);

    private void BeginClaim(JobMessage message)
    {
        _claim = new Claimed(++_claims, message, Sender);
        Timers.StartSingleTimer(nameof(ClaimUnanswered), new ClaimUnanswered(_claims, Watched: false), PromptAnswer);
        Sender.Tell(new Claim(_jobId, _claims));
    }

    private void OnUnanswered(bool watched)
    {
        if (watched)
        {
            ReturnClaim();
            Stash.UnstashAll();
            return;
        }
        Context.Watch(_claim!.Sender);
        Timers.StartSingleTimer(nameof(ClaimUnanswered), new ClaimUnanswered(_claims, Watched: true), LongestClaim - PromptAnswer);
    }

    /// <summary>Carries out what is wanted, before what waits behind it. Who said so is the sender of the message as well.</summary>
    private void EndClaim(bool wanted)
    {
        var claim = LeaveClaim()!;
        if (!wanted) _log.Warning("{0} of job {1} came when nobody waited for it any more, and is not carried out", claim.Message.GetType().Name, _jobId);
        else if (claim.Message is JobCommand command) OnJobCommand(command);
        else OnJobMessage(claim.Message);
        Stash.UnstashAll();
    }

    /// <summary>Ends the claim of a copy whose sender has just been answered: it may have said yes before it was.</summary>
    private void ForgetClaim()
    {
        LeaveClaim();
        Stash.UnstashAll();
    }

    /// <summary>Ends a claim without its message: it has not happened, and its sender may ask again.</summary>
    private void ReturnClaim() => LeaveClaim()?.Sender.Tell(Moves());

    private Claimed? LeaveClaim()
    {
        var claim = _claim;
        if (claim is null) return null;
        _claim = null;
        Timers.Cancel(nameof(ClaimUnanswered));
        Context.Unwatch(claim.Sender);
        return claim;
    }
}
