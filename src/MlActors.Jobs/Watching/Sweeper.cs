using Akka.Actor;
using Akka.Event;

namespace MlActors.Jobs.Watching;

/// <summary>One in the cluster. Removes what is over, a piece at a time with pauses between, so that the removal of much holds nobody up.</summary>
/// <remarks>After a failure the next look begins anew.</remarks>
public abstract class Sweeper : ReceiveActor, IWithTimers
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

    private readonly TimeSpan _every;
    private bool _sweeping;

    /// <param name="what">What a warning calls it.</param>
    /// <param name="every">Time between two looks for what is over.</param>
    /// <param name="pause">Time between two pieces.</param>
    protected Sweeper(string what, TimeSpan every, TimeSpan pause)
    {
        _every = every;
        var log = Context.GetLogger();
        Receive<Look>(_ =>
        {
            if (_sweeping) return;
            _sweeping = true;
            RemoveNext();
        });
        Receive<Next>(_ => RemoveNext());
        Receive<Removed>(removed =>
        {
            _sweeping = removed.More;
            if (removed.More) Timers.StartSingleTimer(Next.Instance, Next.Instance, pause);
        });
        Receive<Status.Failure>(failure =>
        {
            log.Warning("{0} cannot be removed, trying again in {1}: {2}", what, every, failure.Cause.Message);
            _sweeping = false;
            Forget();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Instance, Look.Instance, TimeSpan.Zero, _every);

    /// <summary>Removes the next piece. Called again only when it is done.</summary>
    /// <returns>Whether there may be more to remove.</returns>
    protected abstract Task<bool> RemovePieceAsync();

    /// <summary>A piece could not be removed: what is known about the others may be wrong.</summary>
    protected virtual void Forget()
    {
    }

    private void RemoveNext() => RemovePieceAsync().PipeTo(Self, success: more => new Removed(more));
}
