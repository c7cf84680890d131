using Akka.Actor;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Requests;

namespace MlActors.Jobs.Closing;

/// <summary>
/// Carries out one bulk request, above all a close: tells every job, collects their replies, and answers when all are done or the time is up.
/// <para>
/// The number of jobs that have not yet confirmed that the intention is durable is bounded by a window, so that the journal's queue, and with it
/// everybody's latency, stays short. A job that has confirmed leaves the window, however long its close takes: a slow job holds up no other.
/// A job that stays silent is asked again; commands may be repeated. The answer being due does not end the work.
/// </para>
/// </summary>
public sealed class BulkCoordinator : ReceiveActor, IWithTimers
{
    /// <summary>Asks for the state of the work. Answered with <see cref="BulkProgress"/> at once.</summary>
    public sealed class GetProgress
    {
        public static readonly GetProgress Instance = new();
    }

    /// <summary>Subscribes the sender to the end of the work, answered with <see cref="BulkProgress"/> then, or when the timeout ends.</summary>
    public sealed class Await
    {
        public static readonly Await Instance = new();
    }

    /// <param name="Window">Jobs asked but not yet confirmed, at most.</param>
    /// <param name="Repeat">A job silent for this long is asked again.</param>
    public sealed record Options(int Window, TimeSpan Repeat)
    {
        public static Options Default { get; } = new(500, TimeSpan.FromSeconds(10));

        /// <summary>Whether jobs may move, so that a message may be late and its owner asks whether it is still wanted.</summary>
        public bool JobsMove { get; init; }
    }

    private sealed class TimeUp
    {
        internal static readonly TimeUp Instance = new();
    }

    private sealed class Sweep
    {
        internal static readonly Sweep Instance = new();
    }

    private sealed class Entry(string jobId)
    {
        internal string JobId { get; } = jobId;
        internal BulkOutcome Outcome { get; set; }
        internal bool Asked { get; set; }
        internal bool Accepted { get; set; }
        internal int Attempts { get; set; }
        internal long AskedAt { get; set; }
        internal string? Reason { get; set; }
        internal RefusalKind? Refusal { get; set; }
        internal double DurationMs { get; set; }

        internal BulkJobResult Result => new(JobId, Outcome, Reason, Refusal, Phase, DurationMs);

        private string? Phase => Outcome != BulkOutcome.Pending ? null : Accepted ? "under way" : Asked ? "asked" : "waiting";
    }

    private readonly BulkRequest _request;
    private readonly IActorRef _jobs;
    private readonly TimeProvider _time;
    private readonly Options _options;
    private readonly long _began;
    private readonly long _startedMs;
    private readonly Dictionary<string, Entry> _entries;
    private readonly Queue<Entry> _waiting;
    private readonly HashSet<IActorRef> _subscribers = [];
    private int _unconfirmed;
    private int _open;
    private bool _timedOut;

    public BulkCoordinator(BulkRequest request, IActorRef jobs, TimeProvider time, Options options)
    {
        (_request, _jobs, _time, _options) = (request, jobs, time, options);
        (_began, _startedMs) = (time.GetTimestamp(), time.GetUtcNow().ToUnixTimeMilliseconds());
        // In the order of their ids, so that the jobs of one commit lie side by side in the store.
        _entries = request.JobIds.Order(StringComparer.Ordinal).Distinct(StringComparer.Ordinal).ToDictionary(id => id, id => new Entry(id), StringComparer.Ordinal);
        _waiting = new Queue<Entry>(_entries.Values);
        _open = _entries.Count;

        Receive<GetProgress>(_ => Sender.Tell(Progress));
        Receive<Await>(_ =>
        {
            if (_timedOut || _open == 0) Sender.Tell(Progress);
            else _subscribers.Add(Sender);
        });
        Receive<Claim>(claim => Sender.Tell(new ClaimAnswer(claim.JobId, claim.Number, Wanted: _entries[claim.JobId].Outcome == BulkOutcome.Pending)));
        Receive<Accepted>(accepted => OnAccepted(accepted.JobId));
        Receive<JobReply>(OnReply);
        Receive<Sweep>(_ => AskSilentAgain());
        Receive<TimeUp>(_ =>
        {
            _timedOut = _open > 0;
            Answer();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private BulkProgress Progress => new(_request.Operation, [.. _entries.Values.OrderBy(e => e.JobId, StringComparer.Ordinal).Select(e => e.Result)],
        _timedOut, _open == 0, _startedMs, _time.GetElapsedTime(_began).TotalMilliseconds);

    protected override void PreStart()
    {
        Timers.StartSingleTimer(TimeUp.Instance, TimeUp.Instance, _request.Timeout);
        Timers.StartPeriodicTimer(Sweep.Instance, Sweep.Instance, _options.Repeat);
        AskNext();
    }

    private void AskNext()
    {
        while (_unconfirmed < _options.Window && _waiting.TryDequeue(out var entry))
        {
            _unconfirmed++;
            Ask(entry);
        }
        if (_open == 0) Answer();
    }

    private void Ask(Entry entry)
    {
        entry.Asked = true;
        entry.AskedAt = _time.GetTimestamp();
        _jobs.Tell(_options.JobsMove ? Command(entry.JobId) with { Attempt = ++entry.Attempts } : Command(entry.JobId));
    }

    private JobCommand Command(string jobId) => _request.Operation switch
    {
        BulkOperation.Close => new CloseJob(jobId) { NotifyAccepted = true, By = _request.By },
        BulkOperation.ForceClose => new ForceCloseJob(jobId) { NotifyAccepted = true, By = _request.By },
        BulkOperation.StopDatafeed => new StopDatafeed(jobId, DatafeedId: null, _request.ClosesJob) { NotifyAccepted = true, By = _request.By },
        _ => new OpenJob(jobId, Join: true) { NotifyAccepted = true, By = _request.By },
    };

    private void OnAccepted(string jobId)
    {
        if (!_entries.TryGetValue(jobId, out var entry) || entry.Accepted || entry.Outcome != BulkOutcome.Pending) return;
        entry.Accepted = true;
        _unconfirmed--;
        AskNext();
    }

    private void OnReply(JobReply reply)
    {
        // A repeated question may be answered twice; the first answer counts.
        if (!_entries.TryGetValue(reply.JobId, out var entry) || entry.Outcome != BulkOutcome.Pending) return;
        if (reply is Refused { Kind: RefusalKind.Unavailable or RefusalKind.Moving } unavailable)
        {
            // The store could not write just now, or the job is on its way to another node: the next sweep asks again, the time limit bounds it.
            entry.Reason = unavailable.Reason;
            return;
        }
        if (!entry.Accepted) _unconfirmed--;
        _open--;
        entry.DurationMs = reply is JobClosedReply closed ? closed.DurationMs : _time.GetElapsedTime(entry.AskedAt).TotalMilliseconds;
        (entry.Outcome, entry.Reason, entry.Refusal) = reply switch
        {
            JobClosedReply { AlreadyClosed: true } => (BulkOutcome.Unchanged, null, null),
            Refused { Kind: RefusalKind.NotFound } => (BulkOutcome.Gone, null, null),
            Refused refused => (BulkOutcome.Refused, refused.Reason, refused.Kind),
            _ => (BulkOutcome.Done, (string?)null, (RefusalKind?)null),
        };
        AskNext();
    }

    private void AskSilentAgain()
    {
        foreach (var entry in _entries.Values)
        {
            if (entry is { Asked: true, Outcome: BulkOutcome.Pending } && _time.GetElapsedTime(entry.AskedAt) >= _options.Repeat) Ask(entry);
        }
    }

    private void Answer()
    {
        if (_open == 0) Timers.CancelAll();
        if (_subscribers.Count == 0 && _open > 0) return;
        var progress = Progress;
        foreach (var subscriber in _subscribers) subscriber.Tell(progress);
        _subscribers.Clear();
        if (_open == 0) Context.Parent.Tell(progress);
    }
}
