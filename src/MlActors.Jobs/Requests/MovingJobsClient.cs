using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Nodes;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Running;

namespace MlActors.Jobs.Requests;

/// <summary>The way to jobs that may move from node to node.</summary>
internal sealed class MovingJobsClient(
    ActorSystem system, IRequiredActor<JobActor> jobs, IRequiredActor<TaskRegistry> tasks, IRequiredActor<JobRequests> requests, NodesClient nodes, NodeIdentity node)
    : JobsClient(jobs, tasks, node)
{
    private readonly CancellationToken _ended = EndOf(system);

    public override bool JobsMove => true;

    public override int NodeCount => Cluster.Get(system).State.Members.Count(member => member.Status == MemberStatus.Up);

    public override async Task<JobReply> AskAsync(JobMessage message, TimeSpan timeout, CancellationToken cancellation = default)
    {
        var answer = new TaskCompletionSource<JobReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        // An actor that has ended with its system answers nothing, and the server would wait for the requests that it serves before it ends itself.
        await using var end = _ended.UnsafeRegister(_ => answer.TrySetResult(new Refused(message.JobId, RefusalKind.Unavailable,
            $"this node ends, and whether job [{message.JobId}] got the request cannot be known; look at another node, and ask again")), null);
        // What nobody waits for any more is not begun any more.
        await using var gone = cancellation.UnsafeRegister((_, token) => answer.TrySetCanceled(token), null);
        (await requests.GetAsync(cancellation)).Tell(new JobRequests.Ask(JobTraces.Mark(message), timeout < LongestAsk ? timeout : LongestAsk, answer), ActorRefs.NoSender);
        return await answer.Task;
    }

    public override async Task<TaskProgress?> FindTaskAsync(string taskId)
    {
        if (taskId.StartsWith(Node.Id + ":", StringComparison.Ordinal)) return await base.FindTaskAsync(taskId);
        var answers = await nodes.AskAsync<TaskFound>(TaskRegistry.Name, new FindTask(taskId), LongestLook, CancellationToken.None);
        return answers.Select(answer => answer.Reply?.Task).FirstOrDefault(task => task is not null);
    }

    private static CancellationToken EndOf(ActorSystem system)
    {
        var end = new CancellationTokenSource();
        system.WhenTerminated.ContinueWith(_ => end.Cancel(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return end.Token;
    }
}
