using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MlActors.Jobs.Lifecycle;
using MlActors.Storage.Documents;

namespace MlActors.Storage.Journal;

/// <summary>
/// The stored form of events: JSON under a manifest that names kind and version. A change that an older release cannot read gets a new version beside
/// the old one, which stays readable. Unknown manifests and unknown members are errors: an event that is not understood is not skipped.
/// </summary>
public static class EventFormat
{
    private static readonly Entry[] Entries =
    [
        Entry.Of("job-created/1", EventJson.Default.JobCreated),
        Entry.Of("job-updated/1", EventJson.Default.JobUpdated),
        Entry.Of("job-opening/1", EventJson.Default.JobOpening),
        Entry.Of("job-placed/1", EventJson.Default.JobPlaced),
        Entry.Of("job-opened/1", EventJson.Default.JobOpened),
        Entry.Of("job-closing/1", EventJson.Default.JobClosing),
        Entry.Of("job-closed/1", EventJson.Default.JobClosed),
        Entry.Of("job-failed/1", EventJson.Default.JobFailed),
        Entry.Of("snapshot-taken/1", EventJson.Default.SnapshotTaken),
        Entry.Of("job-blocked/1", EventJson.Default.JobBlocked),
        Entry.Of("job-reset/1", EventJson.Default.JobReset),
        Entry.Of("healing-started/1", EventJson.Default.HealingStarted),
        Entry.Of("snapshot-reverted/1", EventJson.Default.SnapshotReverted),
        Entry.Of("job-deleted/1", EventJson.Default.JobDeleted),
        Entry.Of("datafeed-put/1", EventJson.Default.DatafeedPut),
        Entry.Of("datafeed-removed/1", EventJson.Default.DatafeedRemoved),
        Entry.Of("datafeed-started/1", EventJson.Default.DatafeedStarted),
        Entry.Of("datafeed-stopped/1", EventJson.Default.DatafeedStopped),
        Entry.Of("state-saved/1", EventJson.Default.StateSaved),
    ];

    private static readonly FrozenDictionary<Type, Entry> ByType = Entries.ToFrozenDictionary(entry => entry.Type);
    private static readonly FrozenDictionary<string, Entry> ByManifest = Entries.ToFrozenDictionary(entry => entry.Manifest, StringComparer.Ordinal);

    /// <summary>All manifests that can be read.</summary>
    public static IReadOnlyCollection<string> Manifests => ByManifest.Keys;

    /// <exception cref="NotSupportedException">The event has no stored form.</exception>
    public static (string Manifest, byte[] Payload) Serialize(JobEvent jobEvent) => ByType.TryGetValue(jobEvent.GetType(), out var entry)
        ? (entry.Manifest, entry.Serialize(jobEvent))
        : throw new NotSupportedException($"Events of the type {jobEvent.GetType().Name} have no stored form.");

    /// <exception cref="InvalidDataException">The manifest is unknown or the payload is not of its form.</exception>
    public static JobEvent Deserialize(string manifest, ReadOnlySpan<byte> payload)
    {
        if (!ByManifest.TryGetValue(manifest, out var entry))
            throw new InvalidDataException($"This version does not know events of the kind [{manifest}]; a newer version wrote them.");
        try
        {
            return entry.Deserialize(payload);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"An event of the kind [{manifest}] is damaged: {e.Message}", e);
        }
    }

    private static readonly JsonSerializerOptions Reading = StoredJson.ReadingOf(EventJson.Default);

    private abstract class Entry(string manifest, Type type)
    {
        public string Manifest { get; } = manifest;
        public Type Type { get; } = type;
        public abstract byte[] Serialize(JobEvent jobEvent);
        public abstract JobEvent Deserialize(ReadOnlySpan<byte> payload);

        public static Entry Of<T>(string manifest, JsonTypeInfo<T> json) where T : JobEvent => new Typed<T>(manifest, json);
    }

    private sealed class Typed<T>(string manifest, JsonTypeInfo<T> json) : Entry(manifest, typeof(T)) where T : JobEvent
    {
        public override byte[] Serialize(JobEvent jobEvent) => JsonSerializer.SerializeToUtf8Bytes((T)jobEvent, json);

        public override JobEvent Deserialize(ReadOnlySpan<byte> payload) =>
            JsonSerializer.Deserialize<T>(payload, Reading) ?? throw new JsonException("the payload is null");
    }
}
