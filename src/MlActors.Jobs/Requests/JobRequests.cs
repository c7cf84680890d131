using Akka.Actor;
using Akka.Cluster;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Running;

namespace MlActors.Jobs.Requests;

/// <summary>The requests to jobs that are under way on this node of several.</summary>
internal sealed class JobRequests : ReceiveActor
{
    internal sealed record Ask(JobMessage Message, TimeSpan Time, TaskCompletionSource<JobReply> Answer);

    public JobRequests(IActorRef jobs)
    {
        Receive<Ask>(ask => Context.ActorOf(Props.CreateBy(new Producer<JobRequest>(() => new JobRequest(ask.Message, ask.Time, jobs, ask.Answer)))));
        // Downed or gone by itself: from then on its shards are given to others.
        Receive<ClusterEvent.MemberRemoved>(_ =>
        {
            foreach (var request in Context.GetChildren()) request.Tell(JobRequest.NodeGone.Instance);
        });
        Receive<ClusterEvent.IClusterDomainEvent>(_ => { });
    }

    protected override void PreStart() =>
        Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => Cluster.Get(Context.System).Unsubscribe(Self);
}
