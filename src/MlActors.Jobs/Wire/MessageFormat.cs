using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MlActors.Jobs.Configuration;

namespace MlActors.Jobs.Wire;

/// <summary>How one kind of message travels.</summary>
/// <param name="Manifest">Names kind and version.</param>
internal abstract record MessageFormat(string Manifest, Type Type)
{
    public abstract byte[] Write(object message);

    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public abstract object Read(ReadOnlySpan<byte> bytes);
}

/// <summary>As JSON: what is not known is skipped, what is not there has its default.</summary>
internal sealed record JsonFormat<T>(string Manifest) : MessageFormat(Manifest, typeof(T)) where T : notnull
{
    // By reflection: generated code sets every init-only member, also those that the JSON lacks.
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        IncludeFields = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter(), new JobConfigConverter(), new DatafeedConfigConverter() },
    };

    public override byte[] Write(object message) => JsonSerializer.SerializeToUtf8Bytes((T)message, Options);

    public override object Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, Options) ?? throw new InvalidDataException($"a message [{Manifest}] is null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a message [{Manifest}] is damaged: {e.Message}", e);
        }
    }
}
