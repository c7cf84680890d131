using System.Text.Json.Serialization;
using MlActors.Jobs.Configuration;
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
[JsonSerializable(typeof(JobPlaced))]
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
