using System.Text.Json;
using MlActors.Analysis.Input;

namespace MlActors.Gateway.Jobs;

/// <summary>The counts of a job's input, or of one upload, as the API shows them. Times are epoch milliseconds.</summary>
internal static class DataCountsDocument
{
    /// <summary>Writes the members into the object that is open.</summary>
    public static void WriteMembers(Utf8JsonWriter json, string jobId, DataCounts counts)
    {
        json.WriteString("job_id", jobId);
        json.WriteNumber("processed_record_count", counts.ProcessedRecords);
        json.WriteNumber("processed_field_count", counts.ProcessedFields);
        json.WriteNumber("input_bytes", counts.InputBytes);
        json.WriteNumber("input_field_count", counts.InputFields);
        json.WriteNumber("invalid_date_count", counts.InvalidDates);
        json.WriteNumber("missing_field_count", counts.MissingFields);
        json.WriteNumber("out_of_order_timestamp_count", counts.OutOfOrder);
        json.WriteNumber("empty_bucket_count", counts.EmptyBuckets);
        json.WriteNumber("sparse_bucket_count", counts.SparseBuckets);
        json.WriteNumber("bucket_count", counts.Buckets);
        Seconds("earliest_record_timestamp", counts.EarliestRecord);
        Seconds("latest_record_timestamp", counts.LatestRecord);
        Milliseconds("last_data_time", counts.LastDataTime);
        Seconds("latest_empty_bucket_timestamp", counts.LatestEmptyBucket);
        Seconds("latest_sparse_bucket_timestamp", counts.LatestSparseBucket);
        Seconds("latest_bucket_timestamp", counts.LatestBucket);
        json.WriteNumber("input_record_count", counts.InputRecords);
        Milliseconds("log_time", counts.LogTime);

        void Seconds(string name, long? value) => Milliseconds(name, value * 1000);

        void Milliseconds(string name, long? value)
        {
            if (value is { } given) json.WriteNumber(name, given);
        }
    }
}
