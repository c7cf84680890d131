using System.Text.Json;
using MlActors.Jobs.Forecasts;

namespace MlActors.Gateway.Forecasts;

/// <summary>A forecast as the API shows it; never its points.</summary>
internal static class ForecastDocument
{
    public static void Write(Utf8JsonWriter json, Forecast forecast)
    {
        json.WriteStartObject();
        json.WriteString("job_id", forecast.JobId);
        json.WriteString("result_type", "model_forecast_request_stats");
        json.WriteString("forecast_id", forecast.ForecastId);
        json.WriteString("forecast_status", Forecast.Name(forecast.State));
        json.WriteNumber("forecast_progress", forecast.Progress);
        json.WriteNumber("processed_record_count", forecast.Records);
        json.WriteStartArray("forecast_messages");
        foreach (var message in forecast.Messages) json.WriteStringValue(message);
        json.WriteEndArray();
        json.WriteNumber("forecast_memory_bytes", forecast.Memory);
        json.WriteNumber("processing_time_ms", (long)Math.Round(forecast.ProcessingMs));
        json.WriteNumber("forecast_create_timestamp", forecast.CreateMs);
        if (forecast.Start is { } start) json.WriteNumber("forecast_start_timestamp", start * 1000);
        if (forecast.End is { } end) json.WriteNumber("forecast_end_timestamp", end * 1000);
        if (forecast.ExpiresMs is { } expires) json.WriteNumber("forecast_expiry_timestamp", expires);
        json.WriteEndObject();
    }

    /// <summary>Writes the figures of a job's forecasts as a member.</summary>
    public static void WriteStats(Utf8JsonWriter json, string name, ForecastStats stats)
    {
        json.WriteStartObject(name);
        json.WriteNumber("total", stats.Total);
        json.WriteNumber("forecasted_jobs", stats.Total == 0 ? 0 : 1);
        WriteFigure(json, "memory_bytes", stats.Memory);
        WriteFigure(json, "records", stats.Records);
        WriteFigure(json, "processing_time_ms", stats.ProcessingMs);
        if (stats.ByState.Count > 0)
        {
            json.WriteStartObject("status");
            foreach (var (state, count) in stats.ByState) json.WriteNumber(Forecast.Name(state), count);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteFigure(Utf8JsonWriter json, string name, FigureSummary? figure)
    {
        if (figure is null) return;
        json.WriteStartObject(name);
        json.WriteNumber("total", figure.Total);
        json.WriteNumber("min", figure.Min);
        json.WriteNumber("avg", figure.Avg);
        json.WriteNumber("max", figure.Max);
        json.WriteEndObject();
    }
}
