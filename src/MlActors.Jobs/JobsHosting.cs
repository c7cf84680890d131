using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Maintenance;
using MlActors.Jobs.Nodes;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Placing;
using MlActors.Jobs.Requests;
using MlActors.Jobs.Results;
using MlActors.Jobs.Running;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Upgrading;
using MlActors.Jobs.Watching;
using MlActors.Jobs.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace MlActors.Jobs;

/// <summary>How a node takes part in the jobs.</summary>
public sealed record JobsOptions(RunningOptions Running, WatchdogOptions Watchdog, DatafeedOptions Datafeeds)
{
    /// <summary>Whether this node runs jobs, and does not only lead to them.</summary>
    public bool RunsJobs { get; init; } = true;

    public MaintenanceOptions Maintenance { get; init; } = MaintenanceOptions.Default;

    /// <summary>How long messages of jobs are kept.</summary>
    public TimeSpan MessageRetention { get; init; } = MessageSweepOptions.Default.Retention;

    /// <summary>Whether there may be other nodes, so that jobs move.</summary>
    public bool SeveralNodes { get; init; }
}

/// <summary>Puts the jobs on an actor system.</summary>
public static class JobsHosting
{
    /// <summary>Number of shards; the same on every node, for ever.</summary>
    public const int Shards = 100;

    /// <summary>The cluster role of the nodes that run jobs.</summary>
    public const string Role = "jobs";

    internal const string TypeName = "job";

    /// <summary>Starts the way to the jobs and the task registry; and on nodes that run jobs their part of the jobs, and what there is one of in the cluster.</summary>
    public static AkkaConfigurationBuilder WithJobs(this AkkaConfigurationBuilder builder, JobsOptions options)
    {
        builder.AddHocon(JobMessageSerializer.Hocon, HoconAddMode.Prepend);
        // Known before the first job has an owner here.
        builder.WithActors(async (_, _, resolver) => resolver.GetService<UpgradeSwitch>().Turn(await resolver.GetService<IUpgradeStore>().ReadAsync()));
        if (options.RunsJobs) builder.WithRegion(options);
        else builder.WithShardRegionProxy<JobActor>(TypeName, Role, new JobMessageExtractorFor(Shards));
        builder.WithActors((system, registry, resolver) =>
        {
            var jobs = registry.Get<JobActor>();
            var tasks = system.ActorOf(Props.Create(typeof(TaskRegistry), jobs, resolver.GetService<NodeIdentity>(), resolver.GetService<TimeProvider>(),
                BulkCoordinator.Options.Default with { JobsMove = options.SeveralNodes }), TaskRegistry.Name);
            registry.Register<TaskRegistry>(tasks);
            var follower = system.ActorOf(Props.Create(typeof(UpgradeFollower), resolver.GetService<IUpgradeStore>(), resolver.GetService<UpgradeSwitch>(), jobs,
                resolver.GetService<JobObserver>(), resolver.GetService<NodeIdentity>(), UpgradeFollowing.Default), UpgradeFollower.Name);
            UpgradeFollower.LookWhenMember(system, follower);
            var extractor = new JobMessageExtractorFor(Shards);
            var parts = new NodeReporter.Parts(resolver.GetService<NodeIdentity>(), options.RunsJobs, resolver.GetService<NodeRoom>(), resolver.GetService<JobObserver>(),
                resolver.GetService<UpgradeSwitch>(), jobId => int.Parse(extractor.ShardId(jobId), CultureInfo.InvariantCulture), resolver.GetService<TimeProvider>());
            system.ActorOf(Props.Create(typeof(NodeReporter), parts), NodeReporter.Name);
            if (options.SeveralNodes) registry.Register<JobRequests>(system.ActorOf(Props.Create(typeof(JobRequests), jobs), "requests"));
        });
        return options.RunsJobs ? builder.WithSingletons(options) : builder;
    }

    // Akka.Hosting has no way to name who places shards.
    private static AkkaConfigurationBuilder WithRegion(this AkkaConfigurationBuilder builder, JobsOptions options) => builder
        .AddHocon(ClusterSharding.DefaultConfig(), HoconAddMode.Append)
        .AddHocon(Akka.Cluster.Tools.Singleton.ClusterSingleton.DefaultConfig(), HoconAddMode.Append)
        .AddHocon(Akka.DistributedData.DistributedData.DefaultConfig(), HoconAddMode.Append)
        .WithActors(async (system, registry, resolver) =>
        {
            var extractor = new JobMessageExtractorFor(Shards);
            var services = new JobServices(resolver.GetService<IJobStore>(), resolver.GetService<IContextStore>(),
                new DatafeedServices(resolver.GetService<IDatafeedSources>(), resolver.GetService<IResults>(), options.Datafeeds),
                resolver.GetService<TimeProvider>(), options.Running, resolver.GetService<NodeIdentity>())
            {
                Observer = resolver.GetService<JobObserver>(),
                Room = resolver.GetService<NodeRoom>(),
                Upgrade = resolver.GetService<UpgradeSwitch>(),
            };
            var cluster = Akka.Cluster.Cluster.Get(system);
            var placing = new ShardPlacing(resolver.GetService<ICatalog>(), services.Room.Limits, services.Time, jobId => extractor.ShardId(jobId),
                () => cluster.State.Members.All(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp) && cluster.State.Unreachable.IsEmpty);
            var settings = ClusterShardingSettings.Create(system).WithRole(Role).WithStateStoreMode(StateStoreMode.DData).WithRememberEntities(false)
                // A job decides itself when it may leave memory.
                .WithPassivateIdleAfter(TimeSpan.Zero);
            registry.Register<JobActor>(await ClusterSharding.Get(system).StartAsync(TypeName,
                jobId => Props.CreateBy(new Producer<JobActor>(() => new JobActor(jobId, services))), settings, extractor, placing,
                // A node that stops for all leaves what is open to its next start; one of several leaves it to another node, right now.
                options.SeveralNodes ? JobActor.HandOver.Instance : JobActor.Stop.Instance));
        });

    private static AkkaConfigurationBuilder WithSingletons(this AkkaConfigurationBuilder builder, JobsOptions options)
    {
        var one = new ClusterSingletonOptions { Role = Role };
        return builder
            .WithSingleton<JobWatchdog>("job-watchdog",
                (_, registry, resolver) => Props.Create(typeof(JobWatchdog), resolver.GetService<ICatalog>(), resolver.GetService<IContextStore>(), registry.Get<JobActor>(),
                    options.Watchdog with { SeveralNodes = options.SeveralNodes }),
                one, createProxyToo: false)
            .WithSingleton<ForecastSweeper>("forecast-sweeper",
                (_, _, resolver) => Props.Create(typeof(ForecastSweeper), resolver.GetService<IJobStore>(), resolver.GetService<TimeProvider>(), SweepOptions.Default),
                one, createProxyToo: false)
            .WithSingleton<MessageSweeper>("message-sweeper",
                (_, _, resolver) => Props.Create(typeof(MessageSweeper), resolver.GetService<IAuditLog>(), resolver.GetService<TimeProvider>(),
                    MessageSweepOptions.Default with { Retention = options.MessageRetention }),
                one, createProxyToo: false)
            .WithSingleton<JobMaintenance>("job-maintenance",
                (_, registry, resolver) => Props.Create(typeof(JobMaintenance), resolver.GetService<ICatalog>(), resolver.GetService<IJobStore>(), registry.Get<JobActor>(),
                    resolver.GetService<TimeProvider>(), options.Maintenance, resolver.GetService<UpgradeSwitch>()),
                one, createProxyToo: false)
            .WithSingleton<DocumentSweeper>("document-sweeper",
                (_, _, resolver) => Props.Create(typeof(DocumentSweeper), resolver.GetService<IExpiringDocuments>(), resolver.GetService<TimeProvider>(), DocumentSweepOptions.Default),
                one, createProxyToo: false);
    }

    /// <summary>Registers <see cref="IJobs"/> and what it needs.</summary>
    /// <param name="severalNodes">See <see cref="JobsOptions.SeveralNodes"/>.</param>
    /// <param name="room">How much this node takes.</param>
    /// <param name="observedJobs">Of how many jobs there are metrics of their own.</param>
    public static IServiceCollection AddJobs(this IServiceCollection services, NodeIdentity node, bool severalNodes, RoomLimits room, int observedJobs = 0) =>
        (severalNodes ? services.AddSingleton<IJobs, MovingJobsClient>() : services.AddSingleton<IJobs, JobsClient>())
            .AddSingleton<UpgradeSwitch>().AddSingleton<NodesClient>().AddSingleton<INodes>(provider => provider.GetRequiredService<NodesClient>()).AddSingleton<IUpgradeMode, UpgradeMode>()
            .AddSingleton(node).AddSingleton(TimeProvider.System).AddSingleton(new NodeRoom(room, node.Name))
            .AddSingleton(provider => new JobObserver(provider.GetRequiredService<TimeProvider>(), observedJobs));

    private sealed class JobMessageExtractorFor(int shards) : HashCodeMessageExtractor(shards)
    {
        public override string? EntityId(object message) => (message as Lifecycle.JobMessage)?.JobId;
    }
}
