using Akka.Actor;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Requests;

/// <summary>
/// One message to a job that may move from node to node while it is on its way. It is sent again when its owner said that it moves, some times soon after a node of
/// the cluster is gone, and when it stays unanswered for long; unless it must not be (<see cref="Repetition"/>): then, if a node is gone and no answer
/// comes, nobody can say whether it happened, and that is the answer. A copy that is late finds this actor gone, and is not carried out (<see cref="Claim"/>).
/// </summary>
internal sealed class JobRequest : ReceiveActor, IWithTimers
{
    /// <summary>A node is gone, and perhaps with it the owner that had the message.</summary>
    internal sealed class NodeGone
    {
        internal static readonly NodeGone Instance = new();
    }

    private sealed class Again
    {
        internal static readonly Again Instance = new();
    }

    private sealed class Unknown
    {
        internal static readonly Unknown Instance = new();
    }

    private sealed class TimeUp
    {
        internal static readonly TimeUp Instance = new();
    }

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    // Whoever forwards messages learns of a node's end in its own time: what is sent at once may still go to the dead.
    private static readonly TimeSpan SilenceAfterEnd = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MovePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastChance = TimeSpan.FromSeconds(2);

    private readonly JobMessage _message;
    private readonly JobMessage? _repetition;
    private readonly TimeSpan _time;
    private readonly IActorRef _jobs;
    private readonly TaskCompletionSource<JobReply> _answer;
    private bool _repeated;
    private int _attempts;
    private TimeSpan _silence = Silence;

    /// <param name="time">After which nobody waits any more.</param>
    public JobRequest(JobMessage message, TimeSpan time, IActorRef jobs, TaskCompletionSource<JobReply> answer)
    {
        (_message, _repetition, _time, _jobs, _answer) = (message, Repetition.Of(message), time, jobs, answer);
        Receive<Refused>(refused => refused.Kind == RefusalKind.Moving, refused =>
        {
            _repeated |= refused.Begun && _repetition is not null;
            Timers.StartSingleTimer(MovePause, Again.Instance, MovePause);
        });
        // As long as nobody was told how it ended it may happen; afterwards this actor is gone, or the client is.
        Receive<Claim>(claim => Sender.Tell(new ClaimAnswer(_message.JobId, claim.Number, Wanted: !_answer.Task.IsCompleted)));
        Receive<JobReply>(reply => Settle(_repeated ? Repetition.Understand(_message, reply) : reply));
        Receive<Again>(_ => Send());
        Receive<NodeGone>(_ =>
        {
            if (_repetition is null) Timers.StartSingleTimer(Unknown.Instance, Unknown.Instance, LastChance);
            else Await(SilenceAfterEnd);
        });
        Receive<ReceiveTimeout>(_ =>
        {
            if (_answer.Task.IsCompleted) Context.Stop(Self);
            if (_repetition is null || _answer.Task.IsCompleted) return;
            Repeat();
            Await(_silence * 1.5);
        });
        Receive<Unknown>(_ => Settle(new Refused(_message.JobId, RefusalKind.Unavailable,
            $"a node of the cluster is gone, and whether job [{_message.JobId}] got the request cannot be known; look, and ask again")));
        Receive<TimeUp>(_ => Settle(null));
        Await(Silence);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Timers.StartSingleTimer(TimeUp.Instance, TimeUp.Instance, _time);
        Send();
    }

    private void Await(TimeSpan silence)
    {
        _silence = silence < Silence ? silence : Silence;
        SetReceiveTimeout(_silence);
    }

    private void Repeat()
    {
        _repeated = true;
        Send();
    }

    private void Send() => _jobs.Tell((_repeated ? _repetition! : _message) with { Attempt = ++_attempts });

    private void Settle(JobReply? reply)
    {
        if (reply is null) _answer.TrySetException(new JobTimeoutException(_message.JobId));
        else _answer.TrySetResult(reply);
        Context.Stop(Self);
    }
}
