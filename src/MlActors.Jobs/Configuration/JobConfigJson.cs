using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MlActors.Jobs.Configuration;

/// <summary>The stored form of a configuration: JSON, read leniently so that an older release's configurations stay readable.</summary>
public static partial class JobConfigJson
{
    // By reflection: generated code sets every init-only property, also those that the JSON lacks, and so wipes out their defaults.
    private static readonly JsonSerializerOptions Stored = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    public static byte[] Serialize(JobConfig config) => JsonSerializer.SerializeToUtf8Bytes(config, Stored);

    /// <exception cref="InvalidDataException">The bytes are no stored configuration.</exception>
    public static JobConfig Deserialize(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<JobConfig>(json, Stored) ?? throw new InvalidDataException("the stored configuration is null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the stored configuration is damaged: {e.Message}", e);
        }
    }
}
