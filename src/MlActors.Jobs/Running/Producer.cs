using Akka.Actor;

namespace MlActors.Jobs.Running;

/// <summary>Makes actors by a delegate: the expression form of <see cref="Props"/> costs more than the database when thousands of jobs are opened.</summary>
internal sealed class Producer<T>(Func<T> make) : IIndirectActorProducer
    where T : ActorBase
{
    public Type ActorType => typeof(T);

    public ActorBase Produce() => make();

    public void Release(ActorBase actor)
    {
    }
}
