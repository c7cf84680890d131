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
[JsonSerializable(typeof(SnapshotReverted))]
[JsonSerializable(typeof(JobDeleted))]
[JsonSerializable(typeof(DatafeedPut))]
[JsonSerializable(typeof(DatafeedRemoved))]
[JsonSerializable(typeof(DatafeedStarted))]
[JsonSerializable(typeof(DatafeedStopped))]
[JsonSerializable(typeof(StateSaved))]
internal sealed partial class EventJson : JsonSerializerContext;

/// <summary>Embeds configurations in the form that <see cref="JobConfigJson"/> gives them everywhere.</summary>
internal sealed class JobConfigConverter : JsonConverter<JobConfig>
{
    public override JobConfig Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JobConfigJson.Deserialize(JsonMarshal.GetRawUtf8Value(JsonElement.ParseValue(ref reader)));

    public override void Write(Utf8JsonWriter writer, JobConfig value, JsonSerializerOptions options) => writer.WriteRawValue(JobConfigJson.Serialize(value));
}

/// <summary>The same for datafeeds.</summary>
internal sealed class DatafeedConfigConverter : JsonConverter<DatafeedConfig>
{
    public override DatafeedConfig Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DatafeedJson.Deserialize(JsonMarshal.GetRawUtf8Value(JsonElement.ParseValue(ref reader)));

    public override void Write(Utf8JsonWriter writer, DatafeedConfig value, JsonSerializerOptions options) => writer.WriteRawValue(DatafeedJson.Serialize(value));
}
