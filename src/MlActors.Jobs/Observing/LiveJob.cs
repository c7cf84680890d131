using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Nodes;

namespace MlActors.Jobs.Observing;

/// <summary>A job that has an actor on this node, as that actor sees it. Times are wall-clock epoch milliseconds.</summary>
/// <param name="ModelBytes">What its model takes, 0 unless it runs.</param>
/// <param name="WaitingBytes">Accepted input that is not analysed yet, as it is journaled.</param>
/// <param name="WaitingSince">Since when there has always been such input; <c>null</c> when there is none.</param>
public sealed record LiveJob(string JobId, JobState State, long StateSince, bool HasDatafeed, long ModelBytes, long WaitingBytes, long? WaitingSince)
{
    /// <summary>How it came to this node; <c>null</c> when it was opened here.</summary>
    public JobArrival? Came { get; init; }
}
