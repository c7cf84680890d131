using System.Collections.Immutable;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Http;

namespace MlActors.Datafeeds.Elasticsearch;

/// <summary>The types of connections to Elasticsearch and OpenSearch.</summary>
internal static class ElasticConnection
{
    public static ImmutableArray<ConnectionType> Types { get; } =
    [
        HttpOptions.TypeOf("elasticsearch", "An Elasticsearch cluster, 7.10 or later.", "https://localhost:9200", hasApiKeys: true),
        HttpOptions.TypeOf("opensearch", "An OpenSearch cluster.", "https://localhost:9200", hasApiKeys: true),
    ];
}
