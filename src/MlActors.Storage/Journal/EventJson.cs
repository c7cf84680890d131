using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Storage.Journal;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    Converters = [typeof(JobConfigConverter), typeof(DatafeedConfigConverter)])]
[JsonSerializable(typeof(JobCreated))]
[JsonSerializable(typeof(JobUpdated))]
[JsonSerializable(typeof(JobOpening))]
[JsonSerializable(typeof(JobOpened))]
[JsonSerializable(typeof(JobClosing))]
[JsonSerializable(typeof(JobClosed))]
[JsonSerializable(typeof(JobFailed))]
[JsonSerializable(typeof(SnapshotTaken))]
[JsonSerializable(typeof(JobBlocked))]
[JsonSerializable(typeof(JobReset))]
[JsonSerializable(typeof(HealingStarted))]
[JsonSerializable(typeof(SnapshotReverted))]
[JsonSerializable(typeof(JobDeleted))]
[JsonSerializable(typeof(DatafeedPut))]
[JsonSerializable(typeof(DatafeedRemoved))]
[JsonSerializable(typeof(DatafeedStarted))]
[JsonSerializable(typeof(DatafeedStopped))]
[JsonSerializable(typeof(StateSaved))]
internal sealed partial class EventJson : JsonSerializerContext;

internal delegate T ReadsConfig<out T>(ReadOnlySpan<byte> json);

/// <summary>Embeds configurations in the form that they have everywhere.</summary>
internal abstract class StoredConfigConverter<T>(Func<T, byte[]> serialize, ReadsConfig<T> deserialize) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        deserialize(JsonMarshal.GetRawUtf8Value(JsonElement.ParseValue(ref reader)));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteRawValue(serialize(value));
}

internal sealed class JobConfigConverter() : StoredConfigConverter<JobConfig>(JobConfigJson.Serialize, JobConfigJson.Deserialize);

internal sealed class DatafeedConfigConverter() : StoredConfigConverter<DatafeedConfig>(DatafeedJson.Serialize, DatafeedJson.Deserialize);
