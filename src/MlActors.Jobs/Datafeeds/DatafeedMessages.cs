using Akka.Actor;
using MlActors.Analysis.Input;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Datafeeds;

/// <summary>A command about the datafeed of a job. They go to the job's owner, who decides them in their order with all others.</summary>
/// <param name="DatafeedId"><c>null</c> for whichever the job has.</param>
public abstract record DatafeedCommand(string JobId, string? DatafeedId) : JobCommand(JobId);

/// <summary>Answered with <see cref="Done"/>.</summary>
public sealed record PutDatafeed(DatafeedConfig Config) : DatafeedCommand(Config.JobId, Config.DatafeedId);

/// <summary>Changes the configuration of a stopped datafeed. Answered with <see cref="DatafeedReply"/>.</summary>
/// <param name="Body">The request, UTF-8 JSON: only the owner knows the configuration that it changes.</param>
public sealed record UpdateDatafeed(string JobId, string DatafeedId, byte[] Body) : DatafeedCommand(JobId, DatafeedId);

/// <summary>Answered with <see cref="Done"/>.</summary>
/// <param name="Force">Stops it first.</param>
public sealed record DeleteDatafeed(string JobId, string DatafeedId, bool Force) : DatafeedCommand(JobId, DatafeedId);

/// <summary>Answered with <see cref="DatafeedStartedReply"/> as soon as the intention is durable.</summary>
/// <param name="StartMs">Epoch milliseconds, inclusive.</param>
/// <param name="EndMs">Epoch milliseconds, exclusive; <c>null</c> for real time.</param>
public sealed record StartDatafeed(string JobId, string DatafeedId, long StartMs, long? EndMs) : DatafeedCommand(JobId, DatafeedId);

/// <summary>
/// Stops it at once: a page is in the log whole or not at all. Answered with <see cref="Done"/>; with <paramref name="CloseJob"/> set to true, with
/// <see cref="JobClosedReply"/> when the job is closed.
/// </summary>
/// <param name="CloseJob">Whether the job closes too; <c>null</c>: when the run has an end.</param>
public sealed record StopDatafeed(string JobId, string? DatafeedId, bool? CloseJob = null) : DatafeedCommand(JobId, DatafeedId);

public sealed record DatafeedReply(string JobId, DatafeedConfig Config) : JobReply(JobId);

public sealed record DatafeedStartedReply(string JobId, string NodeId) : JobReply(JobId);

/// <summary>
/// From the child of a job's owner that is its datafeed. No other child is listened to, not even one of the same run: what the child of an owner that had to
/// start again still has to say, its successor says anew from what is stored.
/// </summary>
/// <param name="Run">Number of the run.</param>
public abstract record FromDatafeed(string JobId, long Run) : JobMessage(JobId)
{
    /// <summary>The child.</summary>
    public IActorRef? Feed { get; init; }
}

/// <summary>
/// What a run of the datafeed has for its job: all of it is taken, in one transaction with the position after it, or nothing. Answered with
/// <see cref="Done"/> when it is durable and the job has room for more.
/// </summary>
/// <param name="Position">After it; <c>null</c> leaves it.</param>
/// <param name="SkipTo">Epoch seconds: time goes there before the records.</param>
/// <param name="AdvanceTo">Epoch seconds: time goes there after the records.</param>
public sealed record TakePage(
    string JobId, long Run, IReadOnlyList<RecordBatch> Batches, DatafeedPosition? Position, DatafeedProgress Progress, long? SkipTo = null, long? AdvanceTo = null)
    : FromDatafeed(JobId, Run);

/// <summary>
/// Data came too late and is to be taken in by going back. Answered with <see cref="Done"/> when that has begun: the run goes on in another child. Refused
/// with the reason when it cannot be.
/// </summary>
/// <param name="Late">Sorted by time, at least one.</param>
public sealed record HealLateData(string JobId, long Run, IReadOnlyList<LateBucket> Late) : FromDatafeed(JobId, Run);

/// <summary>A run of the datafeed is over by itself. Not answered.</summary>
/// <param name="Reason">Why, unless it has read everything.</param>
/// <param name="Close">Whether the job closes too.</param>
public sealed record DatafeedFinished(string JobId, long Run, string? Reason, bool Close) : FromDatafeed(JobId, Run);
