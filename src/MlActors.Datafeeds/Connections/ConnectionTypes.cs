using System.Collections.Immutable;
using MlActors.Datafeeds.Elasticsearch;
using MlActors.Datafeeds.Files;
using MlActors.Datafeeds.Prometheus;
using MlActors.Datafeeds.Sql;

namespace MlActors.Datafeeds.Connections;

/// <summary>Every type of connections; drives their reading and the documentation.</summary>
internal static class ConnectionTypes
{
    public static ImmutableArray<ConnectionType> All { get; } =
    [
        .. SqlConnections.Types,
        PrometheusConnection.Type,
        .. ElasticConnection.Types,
        FileConnection.ConnectionType,
    ];
}
