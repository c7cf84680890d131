using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Nodes;

namespace MlActors.Jobs.Closing;

/// <summary>What to do to many jobs at once.</summary>
public enum BulkOperation { Close, ForceClose, Open, StopDatafeed }

/// <summary>Bring all these jobs to the wanted state.</summary>
/// <param name="JobIds">Already resolved; each once.</param>
/// <param name="Timeout">Bounds the answer, not the work.</param>
public sealed record BulkRequest(BulkOperation Operation, IReadOnlyList<string> JobIds, TimeSpan Timeout)
{
    /// <summary>For <see cref="BulkOperation.StopDatafeed"/>: see <see cref="Datafeeds.StopDatafeed.CloseJob"/>.</summary>
    public bool? ClosesJob { get; init; }

    /// <summary>Who asks.</summary>
    public Auditing.Caller? By { get; init; }
}

public enum BulkOutcome
{
    /// <summary>Asked for or about to be; its end is not known.</summary>
    Pending,
    Done,

    /// <summary>It was so already.</summary>
    Unchanged,

    /// <summary>The job does not exist any more.</summary>
    Gone,
    Refused,
}

/// <summary>How it went for one job.</summary>
public sealed record BulkJobResult(string JobId, BulkOutcome Outcome, string? Reason, RefusalKind? Refusal, string? Phase, double DurationMs);

/// <summary>How far a bulk request has come, or how it ended.</summary>
/// <param name="TimedOut">Whether the answer was due before all jobs were done. The work goes on.</param>
public sealed record BulkProgress(BulkOperation Operation, IReadOnlyList<BulkJobResult> Jobs, bool TimedOut, bool Completed, long StartedMs, double RunningMs)
{
    public int CountDone => Jobs.Count(job => job.Outcome is BulkOutcome.Done or BulkOutcome.Unchanged or BulkOutcome.Gone);
}

/// <summary>Asks a node for a task. Answered with <see cref="TaskFound"/>.</summary>
public sealed record FindTask(string TaskId) : NodeMessage;

/// <param name="Task"><c>null</c> when the node knows none by that id.</param>
public sealed record TaskFound(string NodeId, TaskProgress? Task) : NodeReply(NodeId);
