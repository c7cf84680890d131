using MlActors.Jobs.Nodes;

namespace MlActors.Gateway.Tests.Serving;

/// <summary>Stands in for the nodes of a cluster.</summary>
internal sealed class ScriptedNodes : INodes
{
    public IReadOnlyList<NodeAnswer<NodeDescription>> Answers { get; set; } = [];

    /// <summary>What was asked last.</summary>
    public (int Jobs, TimeSpan Timeout) Asked { get; private set; }

    public Task<IReadOnlyList<NodeAnswer<NodeDescription>>> DescribeAsync(int jobs, TimeSpan timeout, CancellationToken cancellation)
    {
        Asked = (jobs, timeout);
        return Task.FromResult(Answers);
    }
}
