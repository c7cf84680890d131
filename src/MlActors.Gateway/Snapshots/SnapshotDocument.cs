using System.Text.Json;
using MlActors.Gateway.Jobs;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Snapshots;

/// <summary>A model snapshot as the API shows it; never its state.</summary>
internal static class SnapshotDocument
{
    /// <summary>Writes the members into the object that is open.</summary>
    public static void WriteMembers(Utf8JsonWriter json, ModelSnapshot snapshot)
    {
        json.WriteString("job_id", snapshot.JobId);
        json.WriteString("min_version", snapshot.MinVersion);
        json.WriteNumber("timestamp", snapshot.TimestampMs);
        json.WriteString("description", snapshot.Description);
        json.WriteString("snapshot_id", snapshot.SnapshotId);
        json.WriteNumber("snapshot_doc_count", 1);
        ModelSizeDocument.Write(json, "model_size_stats", snapshot.JobId, snapshot.Size, memoryLimit: 0, snapshot.TimestampMs);
        if (snapshot.LatestRecordTime is { } record) json.WriteNumber("latest_record_time_stamp", record * 1000);
        if (snapshot.LatestResultTime is { } result) json.WriteNumber("latest_result_time_stamp", result * 1000);
        json.WriteBoolean("retain", snapshot.Retain);
    }
}
