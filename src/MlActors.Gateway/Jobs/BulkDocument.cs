using System.Text.Json;
using MlActors.Jobs.Closing;

namespace MlActors.Gateway.Jobs;

/// <summary>How a bulk request went, job by job.</summary>
internal static class BulkDocument
{
    public static void WriteJobs(Utf8JsonWriter json, BulkOperation operation, IEnumerable<BulkJobResult> jobs)
    {
        json.WriteStartObject("jobs");
        foreach (var job in jobs)
        {
            json.WriteStartObject(job.JobId);
            json.WriteString("outcome", NameOf(operation, job.Outcome));
            if (job.Phase is { } phase) json.WriteString("phase", phase);
            json.WriteNumber("duration_ms", Math.Round(job.DurationMs, 3));
            if (job.Reason is { } reason) json.WriteString("reason", reason);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public static string NameOf(BulkOperation operation, BulkOutcome outcome) => outcome switch
    {
        BulkOutcome.Done => operation == BulkOperation.Open ? "opened" : "closed",
        BulkOutcome.Unchanged => operation == BulkOperation.Open ? "already_opened" : "already_closed",
        BulkOutcome.Gone => "gone",
        BulkOutcome.Refused => "refused",
        _ => "pending",
    };

    /// <summary>Names in brackets, only so many of them, and how many more there are.</summary>
    public static string Names(IReadOnlyList<string> names, int shown) =>
        names.Count <= shown ? $"[{string.Join(", ", names)}]" : $"[{string.Join(", ", names.Take(shown))}] and {names.Count - shown} more";
}
