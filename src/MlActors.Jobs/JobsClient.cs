using System.Globalization;
using Akka.Actor;
using Akka.Hosting;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Running;

namespace MlActors.Jobs;

/// <summary>The actor system's side of <see cref="IJobs"/>.</summary>
internal class JobsClient(IRequiredActor<JobActor> jobs, IRequiredActor<TaskRegistry> tasks, NodeIdentity node) : IJobs
{
    // The registry answers by itself when a request's own time is up; this is the margin for it to do so.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);
    protected static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);
    protected static readonly TimeSpan LongestAsk = TimeSpan.FromDays(20);

    private long _taskNumber;

    public NodeIdentity Node => node;

    public virtual bool JobsMove => false;

    public virtual int NodeCount => 1;

    public virtual async Task<JobReply> AskAsync(JobMessage message, TimeSpan timeout, CancellationToken cancellation = default)
    {
        try
        {
            return await (await jobs.GetAsync(cancellation)).Ask<JobReply>(JobTraces.Mark(message), timeout < LongestAsk ? timeout : LongestAsk, cancellation);
        }
        catch (AskTimeoutException)
        {
            throw new JobTimeoutException(message.JobId);
        }
    }

    public async Task<BulkProgress> RunAsync(BulkRequest request)
    {
        var bounded = request.Timeout < LongestAsk ? request : request with { Timeout = LongestAsk };
        return await (await tasks.GetAsync()).Ask<BulkProgress>(new TaskRegistry.RunBulk(bounded), bounded.Timeout + Margin);
    }

    public string Start(BulkRequest request)
    {
        var id = NewTaskId();
        tasks.ActorRef.Tell(new TaskRegistry.StartBulk(id, request));
        return id;
    }

    public string Start(string taskId, JobCommand command)
    {
        tasks.ActorRef.Tell(new TaskRegistry.StartCommand(taskId, command));
        return taskId;
    }

    public string NewTaskId() => string.Create(CultureInfo.InvariantCulture, $"{node.Id}:{Interlocked.Increment(ref _taskNumber)}");

    public virtual async Task<TaskProgress?> FindTaskAsync(string taskId) =>
        (await (await tasks.GetAsync()).Ask<TaskFound>(new FindTask(taskId), LongestLook)).Task;
}
