using System.Globalization;
using Akka.Cluster;
using Akka.Hosting;
using MlActors.Datafeeds;
using MlActors.Gateway;
using MlActors.Jobs;
using MlActors.Node.Clustering;
using MlActors.Node.Configuration;
using MlActors.Storage;
using MlActors.Storage.Journal;

namespace MlActors.Node.Serving;

/// <summary>The whole server as one host: storage, actor system, REST API.</summary>
public static class ServerHost
{
    /// <summary>Builds the server. It listens when the application is started.</summary>
    /// <exception cref="StorageOpenException">The data cannot be opened.</exception>
    public static WebApplication Build(ServerConfig config)
    {
        var options = config.Options;
        var node = NodeIdentityFile.LoadOrCreate(options.Storage.DataDirectory, options.NodeName, Transport(options.Cluster));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(options.LogLevel).AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // What members and shards do is told when somebody looks for the cause of something.
        builder.Logging.AddFilter("Akka", options.LogLevel <= LogLevel.Debug ? LogLevel.Information : options.LogLevel > LogLevel.Warning ? options.LogLevel : LogLevel.Warning);
        builder.WebHost.UseUrls([.. options.Urls]).UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (options.Tls is { } tls)
                kestrel.ConfigureHttpsDefaults(https => (https.ServerCertificate, https.ServerCertificateChain) = (tls.Load(), tls.LoadChain()));
        });
        (options.Postgres is { } postgres ? builder.Services.AddPostgresStorage(postgres) : builder.Services.AddSqliteStorage(options.Storage))
            .AddJobs(node, severalNodes: options.Cluster is not null, options.Gateway.Room, options.Observing.JobMetrics).AddDatafeeds(options.Connections).AddGateway(options.Gateway);
        builder.Services.AddObserving(options.Observing);
        builder.Services.AddSingleton<NodeEnd>();
        if (options.Cluster is { } shared)
        {
            builder.Services.AddHostedService(services => new Pulse(shared.Times, services.GetRequiredService<ILogger<Pulse>>()));
            // As long as the requests that it answers and then the jobs that it hands over take.
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout += ClusterOptions.LongestLeave);
            if (shared.Tls is { } tls)
            {
                builder.Services.AddSingleton(tls).AddSingleton<NodeCertificates>();
                builder.Services.AddHostedService(services => services.GetRequiredService<NodeCertificates>());
            }
        }
        builder.Services.AddAkka(ClusterOptions.System, (akka, services) => Secured(akka.AddHocon(config.Effective, HoconAddMode.Replace), services.GetService<NodeCertificates>())
            .AddSetup(services.GetRequiredService<StorageSetup>())
            .WithJobs(new JobsOptions(options.Running, options.Watchdog, options.Datafeeds)
            {
                Maintenance = options.Maintenance,
                MessageRetention = options.MessageRetention,
                RunsJobs = options.Cluster?.Roles.Contains(ClusterOptions.Jobs) ?? true,
                SeveralNodes = options.Cluster is not null,
            })
            .AddStartup(async (system, _) =>
            {
                var cluster = Cluster.Get(system);
                if (options.Cluster is not { } several)
                {
                    cluster.Join(cluster.SelfAddress);
                    return;
                }
                services.GetRequiredService<NodeEnd>().Watch(cluster);
                var nodes = services.GetRequiredService<IStorage>().Nodes ?? throw new InvalidOperationException("the storage is not shared");
                var join = new ClusterJoin(system, several, nodes, TimeProvider.System, services.GetRequiredService<ILogger<ClusterJoin>>());
                await join.JoinAsync(services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            }));
        var app = builder.Build();
        // Opened here, so that data which cannot be used ends the start with a message and not with a stack.
        _ = app.Services.GetRequiredService<IStorage>();
        app.MapObserving(options.Observing);
        app.MapGateway(onlyHealth: options.Cluster?.Roles.Contains(ClusterOptions.Gateway) is false);
        return app;
    }

    private static AkkaConfigurationBuilder Secured(AkkaConfigurationBuilder akka, NodeCertificates? certificates) =>
        certificates is null ? akka : akka.AddSetup(certificates.Setup());

    private static string Transport(ClusterOptions? cluster) =>
        cluster is null ? "127.0.0.1" : string.Create(CultureInfo.InvariantCulture, $"{cluster.Host}:{cluster.Port}");
}
