using System.Text.Json;
using MlActors.Gateway.Jobs;
using MlActors.Jobs;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Datafeeds;

/// <summary>The statistics of a datafeed as the API shows them, with what this server adds: why it stopped or waits, its position, late data.</summary>
internal static class DatafeedStatsDocument
{
    public static void Write(Utf8JsonWriter json, DatafeedRow row, NodeIdentity here)
    {
        var (status, progress) = (row.Status, row.Status.Progress);
        json.WriteStartObject();
        json.WriteString("datafeed_id", row.Config.DatafeedId);
        json.WriteString("state", JobLifecycle.Name(status.State));
        if (status.State != DatafeedState.Stopped)
        {
            if (JobStatsDocument.NodeOf(row.Job, here) is { } node) JobStatsDocument.WriteNode(json, node);
            json.WriteString("assignment_explanation", JobStatsDocument.AssignmentExplanation(row.Job) ?? "");
        }
        WriteTiming(json, row);
        if (status.State != DatafeedState.Stopped) WriteRunning(json, status);
        if (status.StopReason is { } reason) json.WriteString("reason", reason);
        if (progress.Trouble is { } trouble)
        {
            json.WriteStartObject("trouble");
            json.WriteString("reason", trouble);
            json.WriteNumber("since", progress.TroubleSinceMs ?? 0);
            json.WriteEndObject();
        }
        if (status.Position is { } position) json.WriteNumber("position", position.NextMs);
        if (progress.Delayed is { } delayed) WriteDelayed(json, delayed);
        if (status.Healed is { } healed) WriteHealed(json, healed);
        json.WriteEndObject();
    }

    /// <summary>Milliseconds of searching for each finished bucket; <c>null</c> before the first.</summary>
    public static double? PerBucket(DatafeedRow row) =>
        row.Job.Timing.BucketCount == 0 ? null : row.Status.Progress.SearchMs / row.Job.Timing.BucketCount;

    private static void WriteTiming(Utf8JsonWriter json, DatafeedRow row)
    {
        var progress = row.Status.Progress;
        json.WriteStartObject("timing_stats");
        json.WriteString("job_id", row.Config.JobId);
        json.WriteNumber("search_count", progress.Searches);
        json.WriteNumber("bucket_count", row.Job.Timing.BucketCount);
        json.WriteNumber("total_search_time_ms", progress.SearchMs);
        if (PerBucket(row) is { } perBucket) json.WriteNumber("average_search_time_per_bucket_ms", perBucket);
        json.WriteNumber("exponential_average_search_time_per_hour_ms", progress.SearchMsPerHour ?? 0);
        json.WriteEndObject();
    }

    private static void WriteRunning(Utf8JsonWriter json, DatafeedStatus status)
    {
        json.WriteStartObject("running_state");
        json.WriteBoolean("real_time_configured", status.EndMs is null);
        json.WriteBoolean("real_time_running", status.Progress.RealTime);
        if (status.Progress is { RangeFromMs: { } from, RangeToMs: { } to })
        {
            json.WriteStartObject("search_interval");
            WriteTime(json, "start", from);
            WriteTime(json, "end", to);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long ms)
    {
        json.WriteString(name, TimeValue.Format(TimeSpan.FromMilliseconds(ms)));
        json.WriteNumber(name + "_ms", ms);
    }

    private static void WriteDelayed(Utf8JsonWriter json, DelayedData delayed)
    {
        json.WriteStartObject("delayed_data");
        json.WriteNumber("missing_records", delayed.Records);
        json.WriteNumber("start", delayed.FromMs);
        json.WriteNumber("end", delayed.ToMs);
        json.WriteNumber("found", delayed.FoundMs);
        if (delayed.NotHealed is { } why) json.WriteString("not_healed", why);
        json.WriteEndObject();
    }

    private static void WriteHealed(Utf8JsonWriter json, HealedData healed)
    {
        json.WriteStartObject("healed");
        json.WriteNumber("times", healed.Times);
        json.WriteNumber("last_time", healed.Last.FoundMs);
        json.WriteNumber("records", healed.Last.Records);
        json.WriteNumber("start", healed.Last.FromMs);
        json.WriteNumber("end", healed.Last.ToMs);
        json.WriteString("snapshot_id", healed.SnapshotId);
        json.WriteNumber("read_again_from", healed.FromMs);
        json.WriteEndObject();
    }
}
