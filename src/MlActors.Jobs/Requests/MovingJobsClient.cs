using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Running;

namespace MlActors.Jobs.Requests;

/// <summary>The way to jobs that may move from node to node.</summary>
internal sealed class MovingJobsClient(
    ActorSystem system, IRequiredActor<JobActor> jobs, IRequiredActor<TaskRegistry> tasks, IRequiredActor<JobRequests> requests, NodeIdentity node)
    : JobsClient(jobs, tasks, node)
{
    public override bool JobsMove => true;

    public override int NodeCount => Cluster.Get(system).State.Members.Count(member => member.Status == MemberStatus.Up);

    public override async Task<JobReply> AskAsync(JobMessage message, TimeSpan timeout, CancellationToken cancellation = default)
    {
        var answer = new TaskCompletionSource<JobReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        (await requests.GetAsync(cancellation)).Tell(new JobRequests.Ask(message, timeout < LongestAsk ? timeout : LongestAsk, answer), ActorRefs.NoSender);
        return await answer.Task.WaitAsync(cancellation);
    }
}
