namespace MlActors.Node.Configuration;

/// <summary>What the server shows of itself beside the API.</summary>
/// <param name="Metrics">Whether there is <c>/metrics</c>.</param>
/// <param name="JobMetrics">Of how many jobs there are metrics of their own.</param>
/// <param name="Collector">Where metrics and traces are sent, by OTLP over gRPC; <c>null</c> for nowhere.</param>
/// <param name="TracedShare">Of the requests.</param>
public sealed record ObservingOptions(bool Metrics, int JobMetrics, Uri? Collector, double TracedShare);
