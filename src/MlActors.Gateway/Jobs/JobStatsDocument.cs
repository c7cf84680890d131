using System.Globalization;
using System.Text.Json;
using MlActors.Gateway.Forecasts;
using MlActors.Jobs;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Jobs;

/// <summary>The statistics of one job as the API shows them, with what this server adds: why it failed, how far a transition is, what was set aside.</summary>
internal static class JobStatsDocument
{
    public static void Write(Utf8JsonWriter json, JobStats stats, NodeIdentity here, long nowMs)
    {
        var (status, jobId) = (stats.Status, stats.Row.Config.JobId);
        json.WriteStartObject();
        json.WriteString("job_id", jobId);
        json.WriteString("state", JobLifecycle.Name(status.State));
        json.WriteStartObject("data_counts");
        DataCountsDocument.WriteMembers(json, jobId, status.Counts);
        json.WriteEndObject();
        var logTime = status.SizeLogTime ?? stats.Row.Config.CreateTime.ToUnixTimeMilliseconds();
        ModelSizeDocument.Write(json, "model_size_stats", jobId, status.Size, MemoryLimit(stats), logTime);
        ForecastDocument.WriteStats(json, "forecasts_stats", stats.Forecasts);
        WriteTiming(json, jobId, status.Timing);
        if (NodeOf(status, here) is { } node) WriteNode(json, node);
        if (AssignmentExplanation(status) is { } explanation) json.WriteString("assignment_explanation", explanation);
        if (OpenFor(status, nowMs) is { } open) json.WriteString("open_time", open);
        WriteBlocked(json, status);
        WriteExtensions(json, stats);
        json.WriteEndObject();
    }

    /// <summary>The node that runs the job, if one does. What is not known of another node stays empty.</summary>
    public static NodeIdentity? NodeOf(JobStatus status, NodeIdentity here) =>
        status.State is JobState.Closed or JobState.Failed || status.NodeId is not { } id ? null
        : id == here.Id ? here
        : new NodeIdentity(id, id, "", "");

    /// <summary>Why the job is on no node, or waits for room on one: empty when it is on one, <c>null</c> when it is closed and wants none.</summary>
    public static string? AssignmentExplanation(JobStatus status) => status.State switch
    {
        JobState.Closed => null,
        JobState.Failed => status.Reason ?? "the job has failed",
        JobState.Opening or JobState.Opened when status.NodeId is null => status.Reason ?? "",
        _ => "",
    };

    /// <summary>How long the job has been open: whole seconds with their unit.</summary>
    public static string? OpenFor(JobStatus status, long nowMs) =>
        status.State is JobState.Opened or JobState.Closing && status.OpenTime is { } since
            ? Math.Max(0, (nowMs - since) / 1000).ToString(CultureInfo.InvariantCulture) + "s"
            : null;

    public static long MemoryLimit(JobStats stats) =>
        ByteSize.TryParse(stats.Row.Config.AnalysisLimits.ModelMemoryLimit, out var limit, out _) ? limit.Bytes : 0;

    /// <summary>Writes <c>blocked</c> and <c>deleting</c>, when there is reason to.</summary>
    public static void WriteBlocked(Utf8JsonWriter json, JobStatus status)
    {
        if (status.Blocked == BlockedReason.None) return;
        if (status.Blocked == BlockedReason.Delete) json.WriteBoolean("deleting", true);
        json.WriteStartObject("blocked");
        json.WriteString("reason", JobLifecycle.Name(status.Blocked));
        if (status.BlockedTaskId is { } task) json.WriteString("task_id", task);
        json.WriteEndObject();
    }

    private static void WriteTiming(Utf8JsonWriter json, string jobId, TimingStats timing)
    {
        json.WriteStartObject("timing_stats");
        json.WriteString("job_id", jobId);
        json.WriteNumber("bucket_count", timing.BucketCount);
        json.WriteNumber("total_bucket_processing_time_ms", timing.TotalMs);
        Given("minimum_bucket_processing_time_ms", timing.MinimumMs);
        Given("maximum_bucket_processing_time_ms", timing.MaximumMs);
        Given("average_bucket_processing_time_ms", timing.AverageMs);
        Given("exponential_average_bucket_processing_time_ms", timing.ExponentialAverageMs);
        json.WriteNumber("exponential_average_bucket_processing_time_per_hour_ms", timing.ExponentialAveragePerHourMs);
        json.WriteEndObject();

        void Given(string name, double? value)
        {
            if (value is { } given) json.WriteNumber(name, given);
        }
    }

    public static void WriteNode(Utf8JsonWriter json, NodeIdentity node)
    {
        json.WriteStartObject("node");
        json.WriteString("id", node.Id);
        json.WriteString("name", node.Name);
        json.WriteString("ephemeral_id", node.EphemeralId);
        json.WriteString("transport_address", node.TransportAddress);
        json.WriteStartObject("attributes");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteExtensions(Utf8JsonWriter json, JobStats stats)
    {
        var status = stats.Status;
        if (!string.IsNullOrEmpty(status.Reason)) json.WriteString("reason", status.Reason);
        if (status.State is JobState.Opening or JobState.Closing)
        {
            var progress = stats.Live?.Progress;
            json.WriteStartObject("transition");
            json.WriteString("phase", progress?.Phase ?? "unknown");
            json.WriteNumber("percent", progress?.Percent ?? 0);
            json.WriteNumber("since", progress?.SinceMs ?? status.StateSince);
            json.WriteEndObject();
        }
        if (stats.Live is { } live) json.WriteNumber("unanalysed_bytes", live.UnanalysedBytes);
        if (status.QuarantinedInputs > 0) json.WriteNumber("quarantined_batch_count", status.QuarantinedInputs);
    }
}
