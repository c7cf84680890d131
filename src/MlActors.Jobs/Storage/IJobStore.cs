using MlActors.Analysis.Input;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Storage;

/// <summary>An input as stored.</summary>
public sealed record StoredInput(long Seq, InputKind Kind, byte[] Payload);

/// <summary>A durable piece of an upload.</summary>
public sealed record StoredUploadPiece(ulong Checksum, byte[] Answer);

/// <summary>What is remembered of an upload.</summary>
/// <param name="Pieces">The durable pieces by position, without gaps.</param>
/// <param name="Whole">Whether the last piece is among them.</param>
public sealed record StoredUpload(IReadOnlyList<StoredUploadPiece> Pieces, bool Whole);

public sealed record StoredSnapshot(ModelSnapshot Snapshot, byte[] State);

public sealed record QuarantinedInput(long Seq, InputKind Kind, string Reason, long TimeMs, byte[] Payload);

/// <summary>
/// The store as the owner of a job sees it. Writes for one job are committed in the order of the calls, many callers' in one transaction;
/// the task completes when they are durable, and fails with <see cref="StoreException"/> when none of its writes happened. A list is about one job;
/// if it is not, it has its place in the order of the first job and is fenced as that job's.
/// </summary>
public interface IJobStore
{
    Task WriteAsync(IReadOnlyList<StoreWrite> writes);

    Task<JobStatus?> ReadStatusAsync(string jobId);

    /// <summary>
    /// Inputs after <paramref name="afterSeq"/> in order: at least one if there is one, then as many as fit into <paramref name="maxBytes"/>, but no more
    /// than some thousands.
    /// </summary>
    Task<IReadOnlyList<StoredInput>> ReadInputsAsync(string jobId, long afterSeq, int maxBytes);

    Task<StoredUpload?> ReadUploadAsync(string jobId, string batchId);

    /// <summary>The snapshot with its state; <c>null</c> when there is none of that id.</summary>
    Task<StoredSnapshot?> ReadSnapshotAsync(string jobId, string snapshotId);

    /// <summary>All snapshots of the job without their states, newest first.</summary>
    Task<IReadOnlyList<ModelSnapshot>> ListSnapshotsAsync(string jobId);

    Task<IReadOnlyList<QuarantinedInput>> ReadQuarantineAsync(string jobId);

    /// <summary>All forecasts of jobs, expired ones too; those of a job together, in the order of their creation.</summary>
    Task<IReadOnlyList<Forecast>> ListForecastsAsync(IReadOnlyCollection<string> jobIds);

    /// <summary>Forecasts of any job that have ended and are expired, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<Forecast>> ListExpiredForecastsAsync(long nowMs, int limit);

    Task<bool> HasForecastPointsAsync(string jobId, string forecastId);

    /// <summary>Whether any row of results, inputs, uploads, quarantine, snapshots, categories or forecasts is left of the job.</summary>
    Task<bool> HasWorkAsync(string jobId);

    /// <summary>Whether a result with a timestamp (epoch seconds) in [from, before) is left.</summary>
    Task<bool> HasResultsAsync(string jobId, long from, long before = long.MaxValue);

    /// <summary>The timestamp of the latest bucket, epoch seconds.</summary>
    Task<long?> ReadLatestBucketAsync(string jobId);
}

/// <summary>What kept the store from doing it.</summary>
public enum StoreFailure
{
    /// <summary>It cannot write or read now (locked, full, closing): certainly nothing happened, the same call may succeed later.</summary>
    Unavailable,

    /// <summary>The rows are not what the caller believes, as when another owner wrote them: the caller has to start again from what is stored.</summary>
    Conflict,

    /// <summary>The medium or the file failed, the store itself is at fault, or it went away in the middle of a commit: what is stored has to be read.</summary>
    Fault,
}

/// <summary>The store could not do it; nothing of the call happened, unless it is a <see cref="StoreFailure.Fault"/>. The message is fit for a client (no secrets, no SQL).</summary>
public sealed class StoreException(string message, Exception? inner = null, StoreFailure failure = StoreFailure.Unavailable) : Exception(message, inner)
{
    public StoreFailure Failure { get; } = failure;
}
