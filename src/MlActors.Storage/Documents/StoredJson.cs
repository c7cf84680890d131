using System.Text.Json;
using System.Text.Json.Serialization;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Documents;

/// <summary>The stored form of the rows that are read as a whole. Values equal to their type's default are left out: the rows are rewritten often.</summary>
internal static class StoredJson
{
    public static byte[] Serialize(JobStatus status) => JsonSerializer.SerializeToUtf8Bytes(status, RowJson.Default.JobStatus);

    public static byte[] Serialize(ModelSnapshot snapshot) => JsonSerializer.SerializeToUtf8Bytes(snapshot, RowJson.Default.ModelSnapshot);

    public static byte[] Serialize(IReadOnlyList<string> names) => JsonSerializer.SerializeToUtf8Bytes(names, RowJson.Default.IReadOnlyListString);

    public static JobStatus Status(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, RowJson.Default.JobStatus)!;

    public static ModelSnapshot Snapshot(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, RowJson.Default.ModelSnapshot)!;

    public static IReadOnlyList<string> Names(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, RowJson.Default.IReadOnlyListString)!;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobStatus))]
[JsonSerializable(typeof(ModelSnapshot))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class RowJson : JsonSerializerContext;
