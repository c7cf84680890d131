using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Jobs.Configuration;

/// <summary>Reads a configuration from its stored form.</summary>
public delegate T ReadsConfig<out T>(ReadOnlySpan<byte> json);

/// <summary>Embeds configurations in the form that they have everywhere.</summary>
public abstract class StoredConfigConverter<T>(Func<T, byte[]> serialize, ReadsConfig<T> deserialize) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        deserialize(JsonMarshal.GetRawUtf8Value(JsonElement.ParseValue(ref reader)));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteRawValue(serialize(value));
}

public sealed class JobConfigConverter() : StoredConfigConverter<JobConfig>(JobConfigJson.Serialize, JobConfigJson.Deserialize);

public sealed class DatafeedConfigConverter() : StoredConfigConverter<DatafeedConfig>(DatafeedJson.Serialize, DatafeedJson.Deserialize);
