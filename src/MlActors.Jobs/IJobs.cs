using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs;

/// <summary>No reply from the owner of a job within the time given; what was asked may still happen.</summary>
public sealed class JobTimeoutException(string jobId) : Exception($"job [{jobId}] did not answer in time");

/// <summary>The way to the jobs for everything outside the actor system.</summary>
public interface IJobs
{
    /// <summary>Sends a message to the owner of its job, wherever it lives, and waits for the reply.</summary>
    /// <exception cref="JobTimeoutException"/>
    Task<JobReply> AskAsync(JobMessage message, TimeSpan timeout, CancellationToken cancellation = default);

    /// <summary>Runs a bulk request and answers when all jobs are done or its timeout ends; the work goes on either way.</summary>
    Task<BulkProgress> RunAsync(BulkRequest request);

    /// <summary>Starts a bulk request that nobody waits for.</summary>
    /// <returns>Its task id, <c>node:number</c>.</returns>
    string Start(BulkRequest request);

    /// <summary>Starts a single command that nobody waits for (a delete or reset with <c>wait_for_completion=false</c>).</summary>
    string Start(string taskId, JobCommand command);

    /// <summary>A new task id on this node.</summary>
    string NewTaskId();

    /// <summary>How a task stands; <c>null</c> when this node knows none of that id (or it ended more than an hour ago).</summary>
    Task<TaskProgress?> FindTaskAsync(string taskId);

    /// <summary>Whether a job may move to another node while something is asked of it, so that it may have to be asked twice.</summary>
    bool JobsMove { get; }

    /// <summary>How many nodes the cluster has.</summary>
    int NodeCount { get; }

    /// <summary>Id, name and address of this node.</summary>
    NodeIdentity Node { get; }
}

/// <summary>A task started with <c>wait_for_completion=false</c>.</summary>
/// <param name="Bulk">The progress of a bulk request, else <c>null</c>.</param>
/// <param name="Refusal">Why a single command was not carried out, if it was not.</param>
public sealed record TaskProgress(string TaskId, string Action, bool Completed, long StartedMs, double RunningMs, BulkProgress? Bulk, Refused? Refusal);

public sealed record NodeIdentity(string Id, string Name, string EphemeralId, string TransportAddress);
