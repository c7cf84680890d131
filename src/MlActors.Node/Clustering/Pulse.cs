using System.Diagnostics;

namespace MlActors.Node.Clustering;

/// <summary>
/// Notices that this process did not run for a while: it was stopped, or its machine was. After so long the others have given its jobs away, and it must not
/// take them back as if nothing had been; so it dies at once, as it would have if it had been killed.
/// </summary>
internal sealed partial class Pulse(FailureTimes times, ILogger<Pulse> logger) : IHostedService
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _stop = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own, that nothing else keeps busy.
        new Thread(Run) { IsBackground = true, Name = "pulse", Priority = ThreadPriority.Highest }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stop.CancelAsync();

    private void Run()
    {
        var longest = times.AcceptablePause + times.StableAfter;
        for (var last = Stopwatch.GetTimestamp(); !_stop.Token.WaitHandle.WaitOne(Beat); last = Stopwatch.GetTimestamp())
        {
            var pause = Stopwatch.GetElapsedTime(last);
            if (pause < longest) continue;
            Log.Paused(logger, pause);
            // The log is written by another thread, which may not come to it any more.
            Console.Error.WriteLine($"This process did not run for {pause}: other nodes have its jobs now. It ends, and is to be started again");
            Process.GetCurrentProcess().Kill();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4220, LogLevel.Critical, "This process did not run for {Pause}: other nodes have its jobs now. It ends, and is to be started again")]
        public static partial void Paused(ILogger logger, TimeSpan pause);
    }
}
