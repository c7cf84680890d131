using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace MlActors.Jobs.Tests.Datafeeds;

/// <summary>A clock that stands still until a test moves it, and tells how long who waits for it wants to wait.</summary>
public sealed class SteppedClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>The next wait that begins, or has begun and was not asked for yet. Until time passes, nothing happens any more then.</summary>
    public async Task<TimeSpan> WaitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _waits.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Lets time pass.</summary>
    /// <returns>How long the wait after it is: when this ends, everything that had become due is done.</returns>
    public Task<TimeSpan> PassAsync(TimeSpan time)
    {
        Advance(time);
        return WaitAsync();
    }
}
