using System.Text.Json;
using MlActors.Analysis;
using MlActors.Analysis.Forecasting;
using MlActors.Analysis.Results;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Forecasts;

namespace MlActors.Jobs.Results;

public static partial class ResultDocuments
{
    /// <summary>The document of one value of a plotted bucket. Without what is not known yet: a young series has no bounds.</summary>
    public static byte[] ModelPlot(string jobId, BucketResult bucket, DetectorSettings detector, SeriesValue value) => Render(json =>
    {
        WritePlace(json, jobId, "model_plot", bucket.Timestamp, bucket.BucketSpan, detector, value.Partition, value.By);
        if (detector.OverFieldName is { } over)
        {
            json.WriteString("over_field_name", over);
            json.WriteString("over_field_value", value.Over);
        }
        json.WriteFinite("model_lower", value.Lower);
        json.WriteFinite("model_upper", value.Upper);
        json.WriteFinite("model_median", value.Typical);
        json.WriteFinite("actual", value.Actual);
    });

    /// <summary>The document of one point of a forecast.</summary>
    public static byte[] ForecastPoint(Forecast forecast, in ForecastPoint point)
    {
        var (detector, partition, by, timestamp, prediction, lower, upper) = point;
        return Render(json =>
        {
            WritePlace(json, forecast.JobId, "model_forecast", timestamp, forecast.BucketSpan, detector, partition, by);
            json.WriteString("forecast_id", forecast.ForecastId);
            json.WriteFinite("forecast_prediction", prediction);
            json.WriteFinite("forecast_lower", lower);
            json.WriteFinite("forecast_upper", upper);
        });
    }

    /// <summary>The document of an annotation.</summary>
    public static byte[] Annotation(string jobId, Annotation annotation) => Render(json =>
    {
        json.WriteString("job_id", jobId);
        json.WriteString("result_type", "annotation");
        json.WriteString("annotation_id", annotation.Id);
        json.WriteString("event", annotation.Event);
        json.WriteString("annotation", annotation.Text);
        json.WriteNumber("timestamp", annotation.Timestamp * 1000);
        json.WriteNumber("end_timestamp", annotation.EndTimestamp * 1000);
        if (annotation.Detector is not { } detector) return;
        json.WriteNumber("detector_index", detector.Index);
        WriteField(json, "partition", detector.PartitionFieldName, annotation.Partition);
        WriteField(json, "by", detector.ByFieldName, annotation.By);
        WriteField(json, "over", detector.OverFieldName, annotation.Over);
    });

    /// <summary>The document of a message.</summary>
    public static byte[] Message(AuditMessage message) => Render(json =>
    {
        json.WriteString("job_id", message.JobId);
        json.WriteString("job_type", "anomaly_detector");
        json.WriteNumber("timestamp", message.TimeMs);
        json.WriteString("level", NameOf(message.Level));
        json.WriteString("message", message.Text);
        json.WriteString("node_name", message.Node);
        if (message.By is not { } by) return;
        json.WriteString("user", by.User);
        if (by.Address.Length > 0) json.WriteString("address", by.Address);
    });

    /// <summary>The name of a level in the API.</summary>
    public static string NameOf(AuditLevel level) => level switch
    {
        AuditLevel.Info => "info",
        AuditLevel.Warning => "warning",
        _ => "error",
    };

    private static void WriteField(Utf8JsonWriter json, string kind, string? field, string value)
    {
        if (field is null) return;
        json.WriteString(kind + "_field_name", field);
        json.WriteString(kind + "_field_value", value);
    }

    // Which series, of which bucket.
    private static void WritePlace(
        Utf8JsonWriter json, string jobId, string type, long timestamp, long bucketSpan, DetectorSettings detector, string partition, string by)
    {
        json.WriteString("job_id", jobId);
        json.WriteString("result_type", type);
        json.WriteNumber("timestamp", timestamp * 1000);
        json.WriteNumber("bucket_span", bucketSpan);
        json.WriteNumber("detector_index", detector.Index);
        json.WriteString("model_feature", detector.Function.Name);
        if (detector.PartitionFieldName is { } partitionField)
        {
            json.WriteString("partition_field_name", partitionField);
            json.WriteString("partition_field_value", partition);
        }
        if (detector.ByFieldName is not { } byField) return;
        json.WriteString("by_field_name", byField);
        json.WriteString("by_field_value", by);
    }
}
