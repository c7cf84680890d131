using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlActors.Storage;

namespace MlActors.Node.Serving;

/// <summary>Whether the actor system runs: it does not once the node has left or was taken for dead.</summary>
internal sealed class ActorSystemCheck(ActorSystem system) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(system.WhenTerminated.IsCompleted ? HealthCheckResult.Unhealthy("the actor system has ended") : HealthCheckResult.Healthy());
}

/// <summary>Whether the node is a full member: it has joined, and is not on its way out.</summary>
internal sealed class MembershipCheck(ActorSystem system, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return Task.FromResult(HealthCheckResult.Unhealthy("the server is stopping"));
        var status = Akka.Cluster.Cluster.Get(system).SelfMember.Status;
        return Task.FromResult(status == MemberStatus.Up ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"the node is {status}"));
    }
}

/// <summary>Whether the store takes a write and gives it back.</summary>
internal sealed class StorageCheck(IStorage storage) : IHealthCheck
{
    // One small write and read: more means that it is sick.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await storage.CheckAsync(Deadline) is { Healthy: false } sick ? HealthCheckResult.Unhealthy(sick.Problem) : HealthCheckResult.Healthy();
}
