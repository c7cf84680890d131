using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Cluster;

namespace MlActors.Node.Clustering;

/// <summary>
/// Ends the process of a node that the others have given up: its jobs are theirs now, and it must not go on as if nothing had been. Nor can a node that
/// takes another's certificate for a wrong one. Whoever keeps the server running starts it again, as a new node.
/// </summary>
internal sealed partial class NodeEnd(IHostApplicationLifetime lifetime, ILogger<NodeEnd> logger)
{
    /// <summary>The exit code of such a process.</summary>
    public const int ExitCode = 3;

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    /// <summary>Whether the node can be one no longer.</summary>
    public bool WasGivenUp { get; private set; }

    public void Watch(Cluster cluster) => cluster.RegisterOnMemberRemoved(() =>
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return;
        WasGivenUp = true;
        // The transport keeps the type of this reason to itself.
        if (CoordinatedShutdown.Get(cluster.System).ShutdownReason?.GetType().Name == "TlsHandshakeFailureReason") Log.WrongCertificate(logger);
        else Log.GivenUp(logger);
        lifetime.StopApplication();
        EndInTime();
    });

    // Nothing of it counts any more but answers that are under way. What waits for others, or for a database that it does not reach, must not hold it.
    private static void EndInTime() => new Thread(() =>
    {
        Thread.Sleep(LongestEnd);
        Exit(ExitCode);
    })
    { IsBackground = true, Name = "end" }.Start();

    // That of the runtime waits for what the process has still to do.
    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void Exit(int code);

    private static partial class Log
    {
        [LoggerMessage(4211, LogLevel.Critical, "The certificate of a node that this one connected to is not taken, for the reason logged before; see to [mlactors.cluster.tls] of both. " +
            "It ends, and is to be started again")]
        public static partial void WrongCertificate(ILogger logger);

        [LoggerMessage(4210, LogLevel.Critical, "The other nodes have given this one up; it ends, and is to be started again")]
        public static partial void GivenUp(ILogger logger);
    }
}
