using Akka.Actor;
using Akka.Event;

namespace MlActors.Jobs.Watching;

/// <param name="Every">Time between two looks for documents whose time is over.</param>
/// <param name="Pause">Time between two transactions that remove some, so that the removal of many holds nobody up.</param>
public sealed record DocumentSweepOptions(TimeSpan Every, TimeSpan Pause)
{
    public static DocumentSweepOptions Default { get; } = new(TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(20));
}

/// <summary>One in the cluster. Removes documents that are past the retention of their index, and those of deleted indices, a piece at a time.</summary>
public sealed class DocumentSweeper : ReceiveActor, IWithTimers
{
    private sealed class Look
    {
        internal static readonly Look Instance = new();
    }

    private sealed class Next
    {
        internal static readonly Next Instance = new();
    }

    private sealed record Removed(bool More);

    private readonly IExpiringDocuments _documents;
    private readonly TimeProvider _time;
    private readonly DocumentSweepOptions _options;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _sweeping;

    public DocumentSweeper(IExpiringDocuments documents, TimeProvider time, DocumentSweepOptions options)
    {
        (_documents, _time, _options) = (documents, time, options);
        Receive<Look>(_ => OnLook());
        Receive<Next>(_ => RemovePiece());
        Receive<Removed>(OnRemoved);
        Receive<Status.Failure>(OnFailure);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Instance, Look.Instance, TimeSpan.Zero, _options.Every);

    private void OnLook()
    {
        if (_sweeping) return;
        _sweeping = true;
        RemovePiece();
    }

    private void RemovePiece() => _documents.RemoveExpiredAsync(_time.GetUtcNow()).PipeTo(Self, success: more => new Removed(more));

    private void OnRemoved(Removed removed)
    {
        _sweeping = removed.More;
        if (removed.More) Timers.StartSingleTimer(Next.Instance, Next.Instance, _options.Pause);
    }

    private void OnFailure(Status.Failure failure)
    {
        _log.Warning("Documents whose time is over cannot be removed, trying again in {0}: {1}", _options.Every, failure.Cause.Message);
        _sweeping = false;
    }
}
