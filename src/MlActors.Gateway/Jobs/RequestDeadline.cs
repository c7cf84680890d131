namespace MlActors.Gateway.Jobs;

/// <summary>The time that a whole request has, from its first step on.</summary>
internal sealed class RequestDeadline
{
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly TimeSpan _timeout;

    public RequestDeadline(TimeProvider time, TimeSpan timeout)
    {
        (_time, _began) = (time, time.GetTimestamp());
        _timeout = timeout < GatewayOptions.LongestWait ? timeout : GatewayOptions.LongestWait;
    }

    /// <summary>What is left, never negative.</summary>
    public TimeSpan Remaining => _timeout - _time.GetElapsedTime(_began) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Waits for a step. <c>null</c> when the time ended first; the step goes on unobserved.</summary>
    public async Task<T?> WaitAsync<T>(Task<T> step, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return step.IsCompleted ? await step : await step.WaitAsync(Remaining, _time, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
