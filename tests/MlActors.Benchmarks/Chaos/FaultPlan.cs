namespace MlActors.Benchmarks.Chaos;

internal enum FaultKind
{
    /// <summary>SIGKILL of a node.</summary>
    Kill,

    /// <summary>SIGSTOP of a node, SIGCONT a while later.</summary>
    Freeze,

    /// <summary>SIGTERM of a node.</summary>
    Terminate,

    /// <summary>The database is stopped in order, and started.</summary>
    RestartDatabase,

    /// <summary>The database stops at once, and recovers from its log.</summary>
    CrashDatabase,

    /// <summary>All connections to the database are ended by it.</summary>
    CutConnections,
}

/// <param name="At">Since the begin of the run.</param>
/// <param name="Node">Which of the nodes; of no meaning for the database.</param>
/// <param name="Length">How long a node is frozen.</param>
internal sealed record Fault(FaultKind Kind, TimeSpan At, int Node, TimeSpan Length)
{
    public bool IsOfNode => Kind is FaultKind.Kill or FaultKind.Freeze or FaultKind.Terminate;

    /// <summary>The faults of a run, every 4 to 12 seconds: the same for the same seed.</summary>
    public static IReadOnlyList<Fault> Plan(int seed, TimeSpan length, int nodes)
    {
        // How often each is drawn.
        FaultKind[] urn =
        [
            FaultKind.Kill, FaultKind.Kill, FaultKind.Kill, FaultKind.Freeze, FaultKind.Freeze, FaultKind.Freeze, FaultKind.Terminate, FaultKind.Terminate,
            FaultKind.RestartDatabase, FaultKind.CrashDatabase, FaultKind.CutConnections,
        ];
        var (random, faults) = (new Random(seed), new List<Fault>());
        for (var at = Wait(random); at < length; at += Wait(random))
            faults.Add(new Fault(urn[random.Next(urn.Length)], at, random.Next(nodes), TimeSpan.FromSeconds(1 + (19 * random.NextDouble()))));
        return faults;
    }

    private static TimeSpan Wait(Random random) => TimeSpan.FromSeconds(4 + (8 * random.NextDouble()));
}
