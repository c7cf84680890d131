using System.Text.Json;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Jobs;

/// <summary>A job as the API shows it: its configuration and what of its state belongs to it.</summary>
internal static class JobDocument
{
    public static void Write(Utf8JsonWriter json, JobRow row, bool excludeGenerated)
    {
        json.WriteStartObject();
        JobConfigJson.WriteApi(json, row.Config, excludeGenerated);
        if (!excludeGenerated) WriteState(json, row.Status);
        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, JobStatus status)
    {
        if (status.ModelSnapshotId is { } snapshot) json.WriteString("model_snapshot_id", snapshot);
        if (status.FinishedTime is { } finished) json.WriteNumber("finished_time", finished);
        JobStatsDocument.WriteBlocked(json, status);
    }
}
