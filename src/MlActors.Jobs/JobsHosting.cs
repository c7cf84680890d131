using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Results;
using MlActors.Jobs.Running;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Watching;
using Microsoft.Extensions.DependencyInjection;

namespace MlActors.Jobs;

/// <summary>Puts the jobs on an actor system.</summary>
public static class JobsHosting
{
    /// <summary>Number of shards; the same on every node, for ever.</summary>
    public const int Shards = 100;

    /// <summary>Starts the shard region of jobs, the task registry, and, on one node, the watchdog and the removers of expired forecasts and documents.</summary>
    public static AkkaConfigurationBuilder WithJobs(
        this AkkaConfigurationBuilder builder, RunningOptions? options = null, WatchdogOptions? watchdog = null, DatafeedOptions? datafeeds = null)
    {
        return builder
            .WithShardRegion<JobActor>("job",
                (_, _, resolver) =>
                {
                    var services = new JobServices(resolver.GetService<IJobStore>(), resolver.GetService<IContextStore>(),
                        new DatafeedServices(resolver.GetService<IDatafeedSources>(), resolver.GetService<IResults>(), datafeeds ?? new DatafeedOptions()),
                        resolver.GetService<TimeProvider>(), options ?? new RunningOptions(), resolver.GetService<NodeIdentity>())
                    {
                        Observer = resolver.GetService<JobObserver>(),
                    };
                    return jobId => Props.CreateBy(new Producer<JobActor>(() => new JobActor(jobId, services)));
                },
                new JobMessageExtractorFor(Shards),
                new ShardOptions
                {
                    StateStoreMode = StateStoreMode.DData,
                    RememberEntities = false,
                    // A job decides itself when it may leave memory.
                    ShouldPassivateIdleEntities = false,
                    HandOffStopMessage = JobActor.Stop.Instance,
                })
            .WithActors((system, registry, resolver) =>
            {
                var jobs = registry.Get<JobActor>();
                var tasks = system.ActorOf(Props.Create(typeof(TaskRegistry), jobs, resolver.GetService<TimeProvider>(), BulkCoordinator.Options.Default), "tasks");
                registry.Register<TaskRegistry>(tasks);
            })
            .WithSingleton<JobWatchdog>("job-watchdog",
                (_, registry, resolver) => Props.Create(typeof(JobWatchdog), resolver.GetService<ICatalog>(), resolver.GetService<IContextStore>(), registry.Get<JobActor>(), watchdog ?? WatchdogOptions.Default),
                createProxyToo: false)
            .WithSingleton<ForecastSweeper>("forecast-sweeper",
                (_, _, resolver) => Props.Create(typeof(ForecastSweeper), resolver.GetService<IJobStore>(), resolver.GetService<TimeProvider>(), SweepOptions.Default),
                createProxyToo: false)
            .WithSingleton<DocumentSweeper>("document-sweeper",
                (_, _, resolver) => Props.Create(typeof(DocumentSweeper), resolver.GetService<IExpiringDocuments>(), resolver.GetService<TimeProvider>(), DocumentSweepOptions.Default),
                createProxyToo: false);
    }

    /// <summary>Registers <see cref="IJobs"/> and what it needs.</summary>
    /// <param name="observedJobs">Of how many jobs there are metrics of their own.</param>
    public static IServiceCollection AddJobs(this IServiceCollection services, NodeIdentity node, int observedJobs = 0) =>
        services.AddSingleton(node).AddSingleton(TimeProvider.System).AddSingleton<IJobs, JobsClient>()
            .AddSingleton(provider => new JobObserver(provider.GetRequiredService<TimeProvider>(), observedJobs));

    private sealed class JobMessageExtractorFor(int shards) : HashCodeMessageExtractor(shards)
    {
        public override string? EntityId(object message) => (message as Lifecycle.JobMessage)?.JobId;
    }
}
