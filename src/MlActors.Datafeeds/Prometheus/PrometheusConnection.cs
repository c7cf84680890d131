using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Http;

namespace MlActors.Datafeeds.Prometheus;

/// <summary>The type of connections to Prometheus.</summary>
internal static class PrometheusConnection
{
    public static ConnectionType Type { get; } =
        HttpOptions.TypeOf("prometheus", "A Prometheus server, or one with its query API (Thanos, Mimir, VictoriaMetrics).", "http://localhost:9090", hasApiKeys: false);
}
