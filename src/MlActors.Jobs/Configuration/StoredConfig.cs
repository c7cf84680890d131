using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MlActors.Jobs.Configuration;

/// <summary>The stored form of what users configure: JSON, read leniently so that an older release's configurations stay readable.</summary>
internal static class StoredConfig
{
    // By reflection: generated code sets every init-only property, also those that the JSON lacks, and so wipes out their defaults.
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter() },
    };

    public static byte[] Serialize<T>(T config) => JsonSerializer.SerializeToUtf8Bytes(config, Options);

    /// <param name="what">What a message calls it.</param>
    /// <exception cref="InvalidDataException">The bytes are no stored configuration.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> json, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options) ?? throw new InvalidDataException($"the stored {what} is null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the stored {what} is damaged: {e.Message}", e);
        }
    }
}
