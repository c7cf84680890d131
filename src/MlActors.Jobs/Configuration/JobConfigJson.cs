using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlActors.Jobs.Configuration;

/// <summary>The stored form of a configuration: JSON, read leniently so that an older release's configurations stay readable.</summary>
public static class JobConfigJson
{
    public static byte[] Serialize(JobConfig config) => JsonSerializer.SerializeToUtf8Bytes(config, JobConfigContext.Default.JobConfig);

    public static JobConfig Deserialize(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, JobConfigContext.Default.JobConfig) ?? throw new InvalidDataException("A stored configuration is null.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobConfig))]
internal sealed partial class JobConfigContext : JsonSerializerContext;
