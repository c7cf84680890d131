using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Elasticsearch;
using MlActors.Datafeeds.Files;
using MlActors.Datafeeds.Prometheus;
using MlActors.Datafeeds.Sql;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds;

/// <summary>Registers what datafeeds read.</summary>
public static class DatafeedsHosting
{
    /// <summary>Registers <see cref="IDatafeedSources"/> with the connections of the configuration.</summary>
    public static IServiceCollection AddDatafeeds(this IServiceCollection services, ConnectionSet connections) =>
        services.AddSingleton<IDatafeedSources>(provider => Create(connections, provider.GetService<ILoggerFactory>(), provider.GetService<TimeProvider>()));

    /// <summary>The same for commands that have no host; to be disposed of.</summary>
    public static DatafeedSources Create(ConnectionSet connections, ILoggerFactory? loggers = null, TimeProvider? clock = null)
    {
        var logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger("MlActors.Datafeeds");
        return new DatafeedSources(connections, [new SqlKind(), new PrometheusKind(logger), new ElasticKind(), new FileKind(clock ?? TimeProvider.System)]);
    }
}
