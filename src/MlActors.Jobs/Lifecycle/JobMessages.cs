using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Lifecycle;

/// <summary>A message to the actor that owns a job. Every one is answered with a <see cref="JobReply"/>, after what it did is durable.</summary>
public abstract record JobMessage(string JobId)
{
    /// <summary>The span that it belongs to, as W3C Trace Context writes it; <c>null</c> when its request is not traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>How many times it was sent, with this one, by a sender that can be asked whether it is still wanted (<see cref="Requests.Claim"/>); <c>null</c>: by another.</summary>
    public int? Attempt { get; init; }
}

/// <summary>Messages that change the life of a job. All may be repeated: a repeat of what is done or under way waits for it or confirms it.</summary>
public abstract record JobCommand(string JobId) : JobMessage(JobId)
{
    /// <summary>Whether the sender wants <see cref="Accepted"/> as soon as the intention is durable, before the final reply.</summary>
    public bool NotifyAccepted { get; init; }

    /// <summary>Who asks; <c>null</c> when that is nobody's business.</summary>
    public Auditing.Caller? By { get; init; }
}

/// <param name="Datafeed">Its datafeed, if it is to have one from the beginning.</param>
public sealed record CreateJob(JobConfig Config, DatafeedConfig? Datafeed = null) : JobCommand(Config.JobId);

/// <summary>Changes the configuration. Answered with <see cref="JobUpdatedReply"/>.</summary>
public sealed record UpdateJob(string JobId, JobUpdate Update) : JobCommand(JobId);

/// <summary>
/// Answered with <see cref="JobOpenedReply"/> when the analysis takes data; or at once, when the job may wait for room and has to.
/// </summary>
/// <param name="Join">Whether an opening or opened job is waited for or confirmed rather than refused: what a bulk open and its repeats need.</param>
public sealed record OpenJob(string JobId, bool Join = false) : JobCommand(JobId);

/// <summary>Answered with <see cref="JobClosedReply"/> when everything journaled is analysed, and counts, snapshot and results are durable.</summary>
/// <param name="Why">When nobody asked for it.</param>
public sealed record CloseJob(string JobId, string? Why = null) : JobCommand(JobId);

/// <summary>Answered with <see cref="JobClosedReply"/> when the analysis has really stopped; nothing is flushed.</summary>
public sealed record ForceCloseJob(string JobId) : JobCommand(JobId);

/// <summary>Answered with <see cref="Done"/> when all rows of the job are gone.</summary>
public sealed record DeleteJob(string JobId, bool Force, string TaskId) : JobCommand(JobId);

public sealed record ResetJob(string JobId, string TaskId) : JobCommand(JobId);

/// <summary>Answered with <see cref="SnapshotReply"/>. The id <c>empty</c> stands for a model without memory.</summary>
public sealed record RevertSnapshot(string JobId, string SnapshotId, bool DeleteInterveningResults, string TaskId) : JobCommand(JobId)
{
    /// <summary>Filled in by the owner, which knows the snapshot: results from here on (epoch seconds) are removed; <c>null</c> keeps all.</summary>
    public long? ResultsFrom { get; init; }
}

/// <summary>Answered with <see cref="SnapshotReply"/>.</summary>
public sealed record ChangeSnapshot(string JobId, string SnapshotId, string? Description, bool? Retain) : JobCommand(JobId);

public sealed record RemoveSnapshot(string JobId, string SnapshotId) : JobCommand(JobId);

/// <summary>One piece of an upload: at most one batch. Answered with <see cref="PieceAccepted"/> when it is durable and the job has room for more.</summary>
/// <param name="Batch">The records; may be empty on the last piece.</param>
/// <param name="BatchId">The client's name for the upload, if it gave one.</param>
/// <param name="Piece">Position of the piece in the upload, from 0.</param>
/// <param name="Last">Whether the upload ends with it.</param>
public sealed record PostRecords(string JobId, RecordBatch Batch, string? BatchId, int Piece, bool Last) : JobMessage(JobId)
{
    /// <summary>On the first piece: throw away what the open buckets of this range (epoch seconds) hold.</summary>
    public ResetBucketsInput? Reset { get; init; }

    /// <summary>The batch as in the log. Who needs it first makes it, and from another node it comes along.</summary>
    public byte[] Payload
    {
        get => field ??= InputCodec.Encode(new RecordsInput(Batch));
        internal init;
    }
}

/// <summary>Answered with <see cref="JobFlushedReply"/> when everything accepted before it is analysed and its results are durable.</summary>
/// <param name="InterimFrom">Epoch seconds; with <see cref="CalculateInterim"/> only.</param>
public sealed record FlushJob(string JobId, bool CalculateInterim, long? InterimFrom, long? InterimTo, long? AdvanceTime, long? SkipTime) : JobMessage(JobId);

/// <summary>Answered with <see cref="JobStatsReply"/>: the live counterpart of the catalog's row.</summary>
public sealed record GetJobStats(string JobId) : JobMessage(JobId);

/// <summary>Only makes the owner exist, so that it finishes what it owes. Answered with <see cref="Done"/>.</summary>
/// <param name="ContextVersion">The version of filters and calendars there is, so that an owner who was not told of a change learns of it.</param>
public sealed record WakeJob(string JobId, long ContextVersion = 0) : JobMessage(JobId)
{
    /// <summary>The name of the node that handed the job over, and why it did; <c>null</c> when it is woken for another reason.</summary>
    public string? HandedOverBy { get; init; }
    public string? Why { get; init; }
}

/// <summary>
/// A filter or calendar of the job changed. Answered with <see cref="Done"/> when what is stored now is in the job's log, so that it holds for all data
/// posted from then on; or when the job is not open and will look when it is.
/// </summary>
public sealed record RefreshContext(string JobId) : JobMessage(JobId);

public abstract record JobReply(string JobId);

/// <summary>The intention is durable: it will be carried out whatever dies. The final reply follows.</summary>
public sealed record Accepted(string JobId) : JobReply(JobId);

/// <summary>Done, durable.</summary>
public sealed record Done(string JobId) : JobReply(JobId);

public sealed record JobUpdatedReply(string JobId, JobRow Row) : JobReply(JobId);

/// <param name="NodeId">The node it runs on; empty as long as it waits for room.</param>
public sealed record JobOpenedReply(string JobId, string NodeId) : JobReply(JobId);

/// <param name="AlreadyClosed">Whether there was nothing to do.</param>
/// <param name="DurationMs">From the moment the close was decided to its end.</param>
public sealed record JobClosedReply(string JobId, bool AlreadyClosed, double DurationMs) : JobReply(JobId);

/// <param name="Counts">The job's counts after the piece.</param>
/// <param name="Before">The job's counts before the upload's first piece (with a batch id) or before this piece (without).</param>
/// <param name="Repeated">Whether the piece was durable already: both counts are those of the first time.</param>
public sealed record PieceAccepted(string JobId, DataCounts Before, DataCounts Counts, bool Repeated) : JobReply(JobId);

/// <param name="LastFinalizedBucketEnd">Epoch seconds, <c>null</c> when nothing was ever finished.</param>
public sealed record JobFlushedReply(string JobId, long? LastFinalizedBucketEnd) : JobReply(JobId);

public sealed record SnapshotReply(string JobId, ModelSnapshot Snapshot) : JobReply(JobId);

/// <param name="UnanalysedBytes">Accepted but not yet analysed input.</param>
public sealed record JobStatsReply(string JobId, JobStatus Status, TransitionProgress? Progress, long UnanalysedBytes) : JobReply(JobId);

/// <summary>What kind of no: decides the HTTP status.</summary>
public enum RefusalKind
{
    /// <summary>400.</summary>
    Invalid,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>409: the state of the job does not allow it.</summary>
    Conflict,

    /// <summary>400 with the type <c>resource_already_exists_exception</c>.</summary>
    AlreadyExists,

    /// <summary>500: the job could not do it; the reason says why.</summary>
    Failed,

    /// <summary>429: the job has as much of it under way as it may have, or there is no room for the job.</summary>
    TooMany,

    /// <summary>503: the store cannot write now; nothing happened, try again.</summary>
    Unavailable,

    /// <summary>503: the job is going to another node, and it will be answered there.</summary>
    Moving,
}

/// <summary>It was not done, and nothing changed.</summary>
/// <param name="Begun">Of a job that moves: what was asked for is durable and goes on at the next node, where only its end is to be waited for.</param>
public sealed record Refused(string JobId, RefusalKind Kind, string Reason, bool Begun = false) : JobReply(JobId);
