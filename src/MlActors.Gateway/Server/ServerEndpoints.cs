using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using MlActors.Gateway.Api;
using MlActors.Gateway.Security;
using MlActors.Jobs;
using MlActors.Jobs.Configuration;

namespace MlActors.Gateway.Server;

/// <summary>What the server says of itself.</summary>
public static class ServerEndpoints
{
    // One small write and read: more means that the store is sick.
    private static readonly TimeSpan HealthDeadline = TimeSpan.FromSeconds(10);

    private static readonly Parameter<string?> WaitForStatus =
        Parameters.Text("wait_for_status", null, ParameterPlace.Query, "Accepted; the answer never waits, as the state is that of this moment.");

    private static readonly Parameter<TimeSpan> Timeout = Parameters.Duration("timeout", "30s", ParameterPlace.Query, "Accepted; the answer never waits.");

    private static readonly Parameter<TimeSpan> MasterTimeout =
        Parameters.Duration("master_timeout", "30s", ParameterPlace.Query, "Accepted; there is no master to wait for.");

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new("info", ["GET", "HEAD"], ["/"], null, "cluster:monitor/main", "Name and version of the server.", Info),
        new("cluster.health", ["GET"], ["/_cluster/health"], null, "cluster:monitor/health",
            "Whether the server can write and read its store, and how much room it has: `green`, or `red` with the `problem`.", HealthAsync)
        {
            Parameters = [WaitForStatus, Timeout, MasterTimeout],
        },
        new("ml.info", ["GET"], ["/_ml/info"], Privileges.MonitorMl, "cluster:monitor/xpack/ml/info/get",
            "Defaults and limits of anomaly detection.", MlInfo),
        new("ml.get_memory_stats", ["GET"], ["/_ml/memory/_stats", "/_ml/memory/{node_id}/_stats"], Privileges.MonitorMl,
            "cluster:monitor/xpack/ml/trained_models/cache/info", "What memory the models take.", MemoryStats.AnswerAsync)
        {
            Parameters = [Timeout, MasterTimeout],
        },
    ];

    private static Task<ApiResult> Info(ApiCall call) => Task.FromResult(ApiResult.Json(json =>
    {
        var (jobs, options) = (call.Services.Jobs, call.Services.Options);
        json.WriteStartObject();
        json.WriteString("name", jobs.Node.Name);
        json.WriteString("cluster_name", options.ClusterName);
        json.WriteString("cluster_uuid", options.ClusterUuid.Length > 0 ? options.ClusterUuid : jobs.Node.Id);
        json.WriteStartObject("version");
        json.WriteString("number", ServerInfo.ApiVersion);
        // Not a build of the product whose API this is; said here, as clients show this object.
        json.WriteString("distribution", "mlactors");
        json.WriteString("mlactors_version", ServerInfo.Version);
        json.WriteString("build_flavor", "default");
        json.WriteString("build_type", "mlactors");
        json.WriteString("build_hash", BuildHash());
        json.WriteString("build_date", "unknown");
        json.WriteBoolean("build_snapshot", false);
        json.WriteString("lucene_version", "none");
        json.WriteString("minimum_wire_compatibility_version", "8.0.0");
        json.WriteString("minimum_index_compatibility_version", "8.0.0");
        json.WriteEndObject();
        json.WriteString("tagline", "Every job an actor, every anomaly a record");
        json.WriteEndObject();
    }));

    private static string BuildHash()
    {
        var version = typeof(ServerInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "unknown" : version[(plus + 1)..];
    }

    private static async Task<ApiResult> HealthAsync(ApiCall call)
    {
        var health = await call.Services.Storage.CheckAsync(HealthDeadline);
        return ApiResult.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("cluster_name", call.Services.Options.ClusterName);
            json.WriteString("status", health.Healthy ? "green" : "red");
            json.WriteBoolean("timed_out", false);
            json.WriteNumber("number_of_nodes", call.Services.Jobs.NodeCount);
            json.WriteNumber("number_of_data_nodes", call.Services.Jobs.NodeCount);
            foreach (var name in new[]
            {
                "active_primary_shards", "active_shards", "relocating_shards", "initializing_shards", "unassigned_shards", "delayed_unassigned_shards",
                "number_of_pending_tasks", "number_of_in_flight_fetch", "task_max_waiting_in_queue_millis",
            })
            {
                json.WriteNumber(name, 0);
            }
            json.WriteNumber("active_shards_percent_as_number", 100.0);
            if (health.Problem is { } problem) json.WriteString("problem", problem);
            if (health.FreeBytes >= 0) json.WriteNumber("free_disk_bytes", health.FreeBytes);
            json.WriteEndObject();
        });
    }

    private static Task<ApiResult> MlInfo(ApiCall call) => Task.FromResult(ApiResult.Json(json =>
    {
        var memory = call.Services.Options.Room.MaxModelBytes;
        var most = call.Services.Options.MaxModelMemoryLimitBytes;
        json.WriteStartObject();
        json.WriteStartObject("defaults");
        json.WriteStartObject("anomaly_detectors");
        json.WriteString("model_memory_limit", Mebibytes(call.Services.Options.JobLimits.EffectiveDefault.Bytes));
        json.WritePropertyName("categorization_analyzer");
        JobConfigJson.WriteAnalyzer(json, CategorizationAnalyzerConfig.Default);
        json.WriteNumber("categorization_examples_limit", new AnalysisLimits().CategorizationExamplesLimit);
        json.WriteNumber("model_snapshot_retention_days", 10);
        json.WriteNumber("daily_model_snapshot_retention_after_days", 1);
        json.WriteEndObject();
        json.WriteStartObject("datafeeds");
        json.WriteNumber("scroll_size", 1000);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("limits");
        if (most is { } limit) json.WriteString("max_model_memory_limit", Mebibytes(limit));
        json.WriteString("effective_max_model_memory_limit", Mebibytes(Math.Min(most ?? long.MaxValue, memory)));
        json.WriteString("total_ml_memory", Mebibytes(memory));
        json.WriteNumber("total_ml_processors", Environment.ProcessorCount);
        json.WriteNumber("max_single_ml_node_processors", Environment.ProcessorCount);
        json.WriteEndObject();
        json.WriteStartObject("native_code");
        json.WriteString("version", ServerInfo.Version);
        json.WriteString("build_hash", BuildHash());
        json.WriteEndObject();
        json.WriteBoolean("upgrade_mode", call.Services.Upgrade.Current.Enabled);
        json.WriteEndObject();
    }));

    private static string Mebibytes(long bytes) => FormattableString.Invariant($"{bytes >> 20}mb");
}
