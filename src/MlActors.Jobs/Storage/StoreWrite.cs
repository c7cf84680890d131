using MlActors.Analysis.Categorization;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Jobs.Auditing;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Results;

namespace MlActors.Jobs.Storage;

/// <summary>
/// One change to the store. A list of these commits atomically, alone (<see cref="IJobStore.WriteAsync"/>) or together with a life-cycle event
/// (<see cref="Journaled"/>). The set is closed: every storage implements each of them.
/// </summary>
public abstract record StoreWrite(string JobId)
{
    /// <summary>Whether only the owner of the job may do it: refused when another process has taken the job over. Others have guards of their own.</summary>
    public virtual bool ByOwner => true;
}

/// <summary>Creates or replaces the job's configuration and its group memberships.</summary>
public sealed record PutConfig(JobConfig Config) : StoreWrite(Config.JobId);

/// <summary>Creates or replaces the job's datafeed. Fails when another job's datafeed has the id.</summary>
public sealed record PutDatafeedConfig(DatafeedConfig Config) : StoreWrite(Config.JobId);

public sealed record DeleteDatafeedConfig(string JobId) : StoreWrite(JobId);

/// <summary>Creates or replaces the job's status row. Fails when the log has an input newer than the row's: an outdated owner is refused.</summary>
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

    /// <summary>With it, final buckets replace the annotations of changes that they made certain; without, none are written.</summary>
    public ChangeNotes? Notes { get; init; }
}

/// <summary>Creates or replaces annotations.</summary>
public sealed record PutAnnotations(string JobId, IReadOnlyList<Annotation> Annotations) : StoreWrite(JobId);

/// <summary>Tells what happened; messages stay when the job goes.</summary>
public sealed record AppendMessages(string JobId, IReadOnlyList<AuditMessage> Messages) : StoreWrite(JobId);

/// <summary>A new forecast. Fails when the job has one of that id.</summary>
public sealed record PutForecast(Forecast Forecast) : StoreWrite(Forecast.JobId);

/// <summary>
/// Replaces the row of a forecast and adds points to it. Fails when the forecast is gone, has ended, or was begun by somebody else meanwhile.
/// </summary>
/// <param name="RunBefore">The <see cref="Forecast.Run"/> that is stored: that of the new row, or, to begin, one less.</param>
/// <param name="Points">The newest of the <see cref="Forecast.Records"/> of the new row, in their order; points written before with the same number are replaced.</param>
public sealed record AdvanceForecast(Forecast Forecast, long RunBefore, IReadOnlyList<ForecastRow> Points) : StoreWrite(Forecast.JobId)
{
    public override bool ByOwner => false;
}

/// <param name="Timestamp">Epoch seconds.</param>
/// <param name="Document">UTF-8 JSON as the API shows it.</param>
public readonly record struct ForecastRow(long Timestamp, ReadOnlyMemory<byte> Document);

/// <summary>Turns all forecasts of the job that have not ended into failed ones.</summary>
public sealed record FailForecasts(string JobId, string Reason) : StoreWrite(JobId);

/// <summary>Lets those of the forecasts that have ended expire.</summary>
public sealed record ExpireForecasts(string JobId, IReadOnlyList<string> ForecastIds, long NowMs) : StoreWrite(JobId);

/// <summary>Removes at most <paramref name="Limit"/> points of a forecast, then, unless it is kept, its row if no point is left.</summary>
public sealed record DeleteForecast(string JobId, string ForecastId, int Limit, bool KeepRow) : StoreWrite(JobId)
{
    public override bool ByOwner => false;
}

/// <summary>Creates or replaces categories, and removes those whose id is above <paramref name="Count"/>: the analysis went back to before them.</summary>
/// <param name="Count">Categories that there are now; their ids are 1 … count.</param>
public sealed record PutCategories(string JobId, IReadOnlyList<CategoryDefinition> Categories, int Count) : StoreWrite(JobId);

/// <summary>What initial scores of the job are worth when they are read.</summary>
/// <param name="Scale">For initial scores of 0, 1 … 100, never falling.</param>
public sealed record PutScoreScale(string JobId, IReadOnlyList<double> Scale) : StoreWrite(JobId);

/// <summary>Stores a model snapshot with its state.</summary>
public sealed record PutSnapshot(ModelSnapshot Snapshot, byte[] State) : StoreWrite(Snapshot.JobId);

/// <summary>Changes what a user may change of a snapshot; <c>null</c> leaves it.</summary>
public sealed record UpdateSnapshot(string JobId, string SnapshotId, string? Description, bool? Retain) : StoreWrite(JobId);

public sealed record DeleteSnapshot(string JobId, string SnapshotId) : StoreWrite(JobId);

/// <summary>Removes results with a timestamp (epoch seconds), and annotations with an end, in a range, at most <paramref name="Limit"/> rows of each kind.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="Before">Exclusive; with it, what is removed has had its time, and it need not be the owner who says so.</param>
public sealed record DeleteResults(string JobId, long From, int Limit, long? Before = null) : StoreWrite(JobId)
{
    public override bool ByOwner => Before is null;
}

/// <summary>Removes inputs, uploads, quarantine, snapshots, categories, forecasts and the scale of scores, at most <paramref name="Limit"/> rows of each kind.</summary>
public sealed record DeleteWork(string JobId, int Limit) : StoreWrite(JobId);

/// <summary>Removes configuration, groups and status: the job is gone.</summary>
public sealed record DeleteJobRows(string JobId) : StoreWrite(JobId);
