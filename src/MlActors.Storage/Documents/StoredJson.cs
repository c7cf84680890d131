using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Security;

namespace MlActors.Storage.Documents;

/// <summary>The stored form of the rows that are read as a whole. Values equal to their type's default are left out: the rows are rewritten often.</summary>
internal static class StoredJson
{
    public static byte[] Serialize(JobStatus status) => JsonSerializer.SerializeToUtf8Bytes(status, RowJson.Default.JobStatus);

    public static byte[] Serialize(ModelSnapshot snapshot) => JsonSerializer.SerializeToUtf8Bytes(snapshot, RowJson.Default.ModelSnapshot);

    public static byte[] Serialize(Forecast forecast) => JsonSerializer.SerializeToUtf8Bytes(forecast, RowJson.Default.Forecast);

    public static byte[] Serialize(IReadOnlyList<string> names) => JsonSerializer.SerializeToUtf8Bytes(names, RowJson.Default.IReadOnlyListString);

    public static byte[] Serialize(IReadOnlyList<IndexGrant> grants) => JsonSerializer.SerializeToUtf8Bytes(grants, RowJson.Default.IReadOnlyListIndexGrant);

    public static IReadOnlyList<IndexGrant> Grants(ReadOnlySpan<byte> json) => Read<IReadOnlyList<IndexGrant>>(json);

    /// <summary>
    /// Options that read what a context has written, by reflection: generated code sets every init-only member, those that an older release did not
    /// write to null or zero instead of their default.
    /// </summary>
    internal static JsonSerializerOptions ReadingOf(JsonSerializerContext written) => new(written.Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly JsonSerializerOptions Reading = ReadingOf(RowJson.Default);

    public static JobStatus Status(ReadOnlySpan<byte> json) => Read<JobStatus>(json);

    public static ModelSnapshot Snapshot(ReadOnlySpan<byte> json) => Read<ModelSnapshot>(json);

    public static Forecast Forecast(ReadOnlySpan<byte> json) => Read<Forecast>(json);

    public static IReadOnlyList<string> Names(ReadOnlySpan<byte> json) => Read<IReadOnlyList<string>>(json);

    private static T Read<T>(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Reading) ?? throw new InvalidDataException("A stored row is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("A stored row is damaged: " + e.Message, e);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobStatus))]
[JsonSerializable(typeof(ModelSnapshot))]
[JsonSerializable(typeof(Forecast))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<IndexGrant>))]
internal sealed partial class RowJson : JsonSerializerContext;
