namespace MlActors.Jobs.Placing;

/// <summary>How much a node takes.</summary>
/// <param name="MaxOpenJobs">Jobs that are opening, open or closing at the same time.</param>
/// <param name="MaxModelBytes">What the limits of their models may come to.</param>
public sealed record RoomLimits(int MaxOpenJobs, long MaxModelBytes)
{
    /// <summary>512 jobs, and the memory that the machine, or the container, lets this process have.</summary>
    public static RoomLimits Default => new(512, MachineBytes);

    /// <summary>Bytes of memory that this process may have.</summary>
    public static long MachineBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
