using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Elasticsearch;
using MlActors.Datafeeds.Files;
using MlActors.Datafeeds.Index;
using MlActors.Datafeeds.Prometheus;
using MlActors.Datafeeds.Sql;
using MlActors.Documents.Store;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds;

/// <summary>Registers what datafeeds read.</summary>
public static class DatafeedsHosting
{
    /// <summary>Registers <see cref="IDatafeedSources"/> with the connections of the configuration.</summary>
    public static IServiceCollection AddDatafeeds(this IServiceCollection services, ConnectionSet connections) =>
        services.AddSingleton<IDatafeedSources>(provider => Create(connections, provider.GetService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IDocumentStore>()));

    /// <summary>The same for commands that have no host; to be disposed of.</summary>
    /// <param name="documents">The server's own documents; <c>null</c> where there are none.</param>
    public static DatafeedSources Create(ConnectionSet connections, ILoggerFactory? loggers = null, TimeProvider? clock = null, IDocumentStore? documents = null)
    {
        var logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger("MlActors.Datafeeds");
        var time = clock ?? TimeProvider.System;
        return new DatafeedSources(connections, [new SqlKind(), new PrometheusKind(logger), new ElasticKind(), new FileKind(time)],
            documents is null ? null : new IndexKind(documents, time));
    }
}
