using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using MlActors.Datafeeds;
using MlActors.Gateway;
using MlActors.Jobs;
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
        var node = NodeIdentityFile.LoadOrCreate(options.Storage.DataDirectory, options.NodeName);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(options.LogLevel).AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Akka", options.LogLevel > LogLevel.Warning ? options.LogLevel : LogLevel.Warning);
        builder.WebHost.UseUrls([.. options.Urls]).UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (options.Tls is { } tls)
                kestrel.ConfigureHttpsDefaults(https => (https.ServerCertificate, https.ServerCertificateChain) = (tls.Load(), tls.LoadChain()));
        });
        builder.Services.AddSqliteStorage(options.Storage).AddJobs(node, options.Observing.JobMetrics).AddDatafeeds(options.Connections).AddGateway(options.Gateway);
        builder.Services.AddObserving(options.Observing);
        builder.Services.AddAkka("mlactors", (akka, services) => akka
            .AddHocon(config.Effective, HoconAddMode.Replace)
            .AddSetup(services.GetRequiredService<StorageSetup>())
            .WithJobs(options.Running, options.Watchdog, options.Datafeeds)
            .AddStartup((system, _) =>
            {
                var cluster = Akka.Cluster.Cluster.Get(system);
                if (cluster.Settings.SeedNodes.IsEmpty) cluster.Join(cluster.SelfAddress);
            }));
        var app = builder.Build();
        // Opened here, so that data which cannot be used ends the start with a message and not with a stack.
        _ = app.Services.GetRequiredService<IStorage>();
        app.MapObserving(options.Observing);
        app.MapGateway();
        return app;
    }
}
