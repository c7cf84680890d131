namespace MlActors.Node.Tests.Support;

/// <summary>Waits for what another process is going to do by itself.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Reads until the value is as wanted.</summary>
    /// <exception cref="TimeoutException">It never was; the message has the last value.</exception>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> wanted)
    {
        using var timer = new PeriodicTimer(Interval);
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (wanted(value)) return value;
            if (TimeProvider.System.GetElapsedTime(start) > Patience) throw new TimeoutException($"after {Patience} it still is [{value}]");
            await timer.WaitForNextTickAsync();
        }
    }
}
