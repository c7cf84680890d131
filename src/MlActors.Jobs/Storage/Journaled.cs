using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Storage;

/// <summary>
/// What a job's actor persists: the event, which the journal keeps and replays, and the writes that the journal commits in the same transaction
/// and does not keep. So the catalog, a snapshot and the end of a close become visible together or not at all.
/// </summary>
public sealed record Journaled(JobEvent Event, IReadOnlyList<StoreWrite> Writes);
