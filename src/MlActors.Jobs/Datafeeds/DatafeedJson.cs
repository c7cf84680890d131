using System.Text.Json;
using MlActors.Jobs.Configuration;

namespace MlActors.Jobs.Datafeeds;

/// <summary>The stored form of a datafeed's configuration, and the one that the API shows.</summary>
public static class DatafeedJson
{
    public static byte[] Serialize(DatafeedConfig config) => StoredConfig.Serialize(config);

    /// <exception cref="InvalidDataException">The bytes are no stored configuration.</exception>
    public static DatafeedConfig Deserialize(ReadOnlySpan<byte> json) => StoredConfig.Deserialize<DatafeedConfig>(json, "datafeed");

    /// <summary>Writes the datafeed as the API shows it: one JSON object.</summary>
    /// <param name="excludeGenerated">Leaves out the ids and what is at its default, so that the result can create the same datafeed elsewhere.</param>
    public static void WriteApi(Utf8JsonWriter writer, DatafeedConfig config, bool excludeGenerated)
    {
        writer.WriteStartObject();
        if (!excludeGenerated)
        {
            writer.WriteString("datafeed_id", config.DatafeedId);
            writer.WriteString("job_id", config.JobId);
        }
        writer.WriteString("query_delay", config.QueryDelay);
        if (config.Frequency is { } frequency) writer.WriteString("frequency", frequency);
        writer.WriteStartArray("indices");
        foreach (var index in config.Indices) writer.WriteStringValue(index);
        writer.WriteEndArray();
        writer.WritePropertyName("query");
        if (config.Query is { } query) query.WriteTo(writer);
        else writer.WriteRawValue("""{"match_all":{"boost":1.0}}""");
        WriteElement(writer, "source", config.Source);
        WriteElement(writer, "aggregations", config.Aggregations);
        WriteElement(writer, "runtime_mappings", config.RuntimeMappings);
        WriteElement(writer, "script_fields", config.ScriptFields);
        if (!excludeGenerated || config.ScrollSize != DatafeedConfig.DefaultScrollSize) writer.WriteNumber("scroll_size", config.ScrollSize);
        if (!excludeGenerated || config.Chunking.Mode != ChunkingMode.Auto) WriteChunking(writer, config.Chunking);
        if (config.MaxEmptySearches is { } searches) writer.WriteNumber("max_empty_searches", searches);
        if (!excludeGenerated || config.DelayedDataCheck != new DelayedDataCheckConfig()) WriteDelayed(writer, config.DelayedDataCheck);
        WriteElement(writer, "indices_options", config.IndicesOptions);
        writer.WriteEndObject();
    }

    private static void WriteChunking(Utf8JsonWriter writer, ChunkingConfig chunking)
    {
        writer.WriteStartObject("chunking_config");
        writer.WriteString("mode", chunking.Mode switch { ChunkingMode.Manual => "manual", ChunkingMode.Off => "off", _ => "auto" });
        if (chunking.TimeSpan is { } span) writer.WriteString("time_span", span);
        writer.WriteEndObject();
    }

    private static void WriteDelayed(Utf8JsonWriter writer, DelayedDataCheckConfig check)
    {
        writer.WriteStartObject("delayed_data_check_config");
        writer.WriteBoolean("enabled", check.Enabled);
        if (check.CheckWindow is { } window) writer.WriteString("check_window", window);
        if (check.Heal) writer.WriteBoolean("heal", true);
        writer.WriteEndObject();
    }

    private static void WriteElement(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        if (value is not { } element) return;
        writer.WritePropertyName(name);
        element.WriteTo(writer);
    }
}
