using System.Text.Json;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Results;

namespace MlActors.Gateway.Jobs;

/// <summary>The size of a job's models as the API shows it.</summary>
internal static class ModelSizeDocument
{
    /// <param name="logTimeMs">Wall-clock epoch milliseconds at which it was measured.</param>
    public static void Write(Utf8JsonWriter json, string name, string jobId, ModelSizeStats size, long memoryLimit, long? logTimeMs)
    {
        json.WriteStartObject(name);
        json.WriteString("job_id", jobId);
        json.WriteString("result_type", "model_size_stats");
        json.WriteNumber("model_bytes", size.ModelBytes);
        json.WriteNumber("peak_model_bytes", size.PeakModelBytes);
        json.WriteNumber("model_bytes_exceeded", size.ModelBytesExceeded);
        json.WriteNumber("model_bytes_memory_limit", size.MemoryLimit > 0 ? size.MemoryLimit : memoryLimit);
        json.WriteNumber("total_by_field_count", size.TotalByFieldCount);
        json.WriteNumber("total_over_field_count", size.TotalOverFieldCount);
        json.WriteNumber("total_partition_field_count", size.TotalPartitionFieldCount);
        json.WriteNumber("bucket_allocation_failures_count", size.BucketAllocationFailures);
        json.WriteString("memory_status", NameOf(size.MemoryStatus));
        json.WriteString("assignment_memory_basis", "model_memory_limit");
        json.WriteNumber("output_memory_allocator_bytes", 0);
        var categories = size.Categorization;
        json.WriteNumber("categorized_doc_count", categories.CategorizedDocuments);
        json.WriteNumber("total_category_count", categories.TotalCategories);
        json.WriteNumber("frequent_category_count", categories.FrequentCategories);
        json.WriteNumber("rare_category_count", categories.RareCategories);
        json.WriteNumber("dead_category_count", categories.DeadCategories);
        json.WriteNumber("failed_category_count", categories.FailedCategories);
        json.WriteString("categorization_status", NameOf(categories.Status));
        json.WriteNumber("log_time", logTimeMs ?? 0);
        if (size.Timestamp is { } timestamp) json.WriteNumber("timestamp", timestamp * 1000);
        json.WriteEndObject();
    }

    public static string NameOf(MemoryStatus status) => status switch
    {
        MemoryStatus.SoftLimit => "soft_limit",
        MemoryStatus.HardLimit => "hard_limit",
        _ => "ok",
    };

    public static string NameOf(CategorizationStatus status) => status == CategorizationStatus.Warn ? "warn" : "ok";
}
