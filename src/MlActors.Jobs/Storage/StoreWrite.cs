using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Results;

namespace MlActors.Jobs.Storage;

/// <summary>
/// One change to the store. A list of these commits atomically, alone (<see cref="IJobStore.WriteAsync"/>) or together with a life-cycle event
/// (<see cref="Journaled"/>). The set is closed: every storage implements each of them.
/// </summary>
public abstract record StoreWrite(string JobId);

/// <summary>Creates or replaces the job's configuration and its group memberships.</summary>
public sealed record PutConfig(JobConfig Config) : StoreWrite(Config.JobId);

/// <summary>Creates or replaces the job's status row.</summary>
public sealed record PutStatus(JobStatus Status) : StoreWrite(Status.JobId);

/// <summary>Appends an input to the job's log. Fails when the number is taken: the second writer is refused.</summary>
/// <param name="Seq">The next number, without gaps, from 1.</param>
public sealed record AppendInput(string JobId, long Seq, InputKind Kind, byte[] Payload) : StoreWrite(JobId);

/// <summary>Drops the inputs up to and including <paramref name="UpToSeq"/>, and the memory of all uploads but the newest.</summary>
public sealed record TrimInputs(string JobId, long UpToSeq) : StoreWrite(JobId)
{
    /// <summary>How many uploads of a job stay remembered, so that a client can send them again.</summary>
    public const int UploadsKept = 1000;
}

/// <summary>Remembers a piece of an upload by the batch id that its client gave it.</summary>
/// <param name="Piece">Position of the piece in the upload, from 0.</param>
/// <param name="Checksum">XxHash64 of the piece's payload: a retry that differs is refused.</param>
/// <param name="Answer">What the piece was answered with, opaque to the store.</param>
/// <param name="Last">Whether the upload is whole with it.</param>
public sealed record PutUploadPiece(string JobId, string BatchId, int Piece, ulong Checksum, byte[] Answer, bool Last, long NowMs) : StoreWrite(JobId);

/// <summary>Copies an input to the quarantine, where it is kept until the job is reset or deleted.</summary>
public sealed record QuarantineInput(string JobId, long Seq, string Reason, long NowMs) : StoreWrite(JobId);

/// <summary>Writes results under deterministic keys, replacing what is there: replaying is harmless. Final buckets first remove all interim results.</summary>
/// <param name="ProcessingMs">Per bucket, wall-clock milliseconds; kept apart from the results, which are the same in every run.</param>
public sealed record WriteResults(string JobId, IReadOnlyList<BucketResult> Buckets, IReadOnlyList<double> ProcessingMs) : StoreWrite(JobId)
{
    /// <summary>With it, final buckets replace what is stored of their values too; without, that stays as it is.</summary>
    public ModelPlot? Plot { get; init; }
}

/// <summary>Stores a model snapshot with its state.</summary>
public sealed record PutSnapshot(ModelSnapshot Snapshot, byte[] State) : StoreWrite(Snapshot.JobId);

/// <summary>Changes what a user may change of a snapshot; <c>null</c> leaves it.</summary>
public sealed record UpdateSnapshot(string JobId, string SnapshotId, string? Description, bool? Retain) : StoreWrite(JobId);

public sealed record DeleteSnapshot(string JobId, string SnapshotId) : StoreWrite(JobId);

/// <summary>Removes results with a timestamp (epoch seconds) at or after <paramref name="From"/>, at most <paramref name="Limit"/> rows of each kind.</summary>
public sealed record DeleteResults(string JobId, long From, int Limit) : StoreWrite(JobId);

/// <summary>Removes inputs, uploads, quarantine and snapshots, at most <paramref name="Limit"/> rows of each kind.</summary>
public sealed record DeleteWork(string JobId, int Limit) : StoreWrite(JobId);

/// <summary>Removes configuration, groups and status: the job is gone.</summary>
public sealed record DeleteJobRows(string JobId) : StoreWrite(JobId);
