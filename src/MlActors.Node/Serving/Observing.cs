using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlActors.Gateway;
using MlActors.Gateway.Api;
using MlActors.Gateway.Security;
using MlActors.Jobs;
using MlActors.Jobs.Observing;
using MlActors.Node.Clustering;
using MlActors.Node.Configuration;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MlActors.Node.Serving;

/// <summary>Metrics, traces and the two questions that whoever runs the server asks of it: does it live, and may it have work.</summary>
internal static class Observing
{
    private const string Live = "live";
    private const string Ready = "ready";

    private static readonly ApiEndpoint MetricsEndpoint = new("metrics", ["GET"], ["/metrics"], Privileges.MonitorMl, "cluster:monitor/metrics",
        "What the server and its jobs do, in the text format of Prometheus.", _ => throw new NotSupportedException());

    public static IServiceCollection AddObserving(this IServiceCollection services, ObservingOptions options)
    {
        services.AddHealthChecks()
            .AddCheck<ActorSystemCheck>("actor_system", tags: [Live, Ready])
            .AddCheck<MembershipCheck>("membership", tags: [Ready])
            .AddCheck<StorageCheck>("storage", tags: [Ready]);
        if (!options.Metrics && options.Collector is null) return services;
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("mlactors", serviceVersion: ServerInfo.Version))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", JobObserver.MeterName, NodeCertificates.MeterName);
                if (options.Metrics) metrics.AddPrometheusExporter();
                if (options.Collector is { } collector) metrics.AddOtlpExporter(otlp => otlp.Endpoint = collector);
            });
        if (options.Collector is null) return services;
        telemetry.WithTracing(traces => traces
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TracedShare)))
            .AddAspNetCoreInstrumentation(web => web.Filter = http => !IsLookedAtOften(http.Request.Path))
            .AddSource(JobTraces.SourceName)
            .AddOtlpExporter(otlp => otlp.Endpoint = options.Collector));
        return services;
    }

    public static void MapObserving(this WebApplication app, ObservingOptions options)
    {
        // Without credentials: whoever asks is a supervisor of processes. So they say which part is ill and not why; that is in the log.
        app.MapHealthChecks("/_health/live", Answering(Live));
        app.MapHealthChecks("/_health/ready", Answering(Ready));
        if (!options.Metrics) return;
        var scrape = ((IApplicationBuilder)app).New().UseOpenTelemetryPrometheusScrapingEndpoint().Build();
        app.MapGuarded(MetricsEndpoint, scrape);
    }

    private static bool IsLookedAtOften(PathString path) => path.StartsWithSegments("/_health", StringComparison.Ordinal) || path == "/metrics";

    private static HealthCheckOptions Answering(string tag) => new()
    {
        Predicate = check => check.Tags.Contains(tag),
        ResponseWriter = (http, report) => http.Response.WriteAsJsonAsync(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["status"] = Name(report.Status),
            ["checks"] = report.Entries.ToDictionary(entry => entry.Key, entry => Name(entry.Value.Status), StringComparer.Ordinal),
        }),
    };

    private static string Name(HealthStatus status) => status.ToString().ToLowerInvariant();
}
