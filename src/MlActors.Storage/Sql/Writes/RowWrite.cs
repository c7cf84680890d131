using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sql.Writes;

/// <summary>
/// One write, made ready: all rendering is done by the caller's thread, the writer's thread only binds and steps. Executing it twice on the same rows
/// gives the same rows.
/// </summary>
internal abstract class RowWrite
{
    /// <summary>About how many bytes it adds to the transaction.</summary>
    public abstract int Bytes { get; }

    /// <exception cref="StoreException">The rows do not allow it; other exceptions are those of the database.</exception>
    public abstract void Execute(WriteSession session);

    /// <summary>Why it is refused when a statement that it requires to change a row changes none.</summary>
    public virtual StoreException Refusal() => throw new NotSupportedException($"{GetType().Name} requires nothing.");

    /// <summary>Called by the writer's thread after the commit, before its caller knows.</summary>
    public virtual void Committed()
    {
    }

    /// <summary>Makes the writes of a call ready.</summary>
    public static RowWrite[] Prepare(IReadOnlyList<StoreWrite> writes)
    {
        var prepared = new RowWrite[writes.Count];
        for (var i = 0; i < prepared.Length; i++) prepared[i] = Prepare(writes[i]);
        return prepared;
    }

    private static RowWrite Prepare(StoreWrite write) => write switch
    {
        PutConfig w => new ConfigWrite(w.Config),
        PutDatafeedConfig w => new DatafeedWrite(w.Config),
        DeleteDatafeedConfig w => new DatafeedDelete(w.JobId),
        PutStatus w => new StatusWrite(w.Status),
        AppendInput w => new InputAppend(w),
        TrimInputs w => new InputTrim(w),
        PutUploadPiece w => new UploadPieceWrite(w),
        QuarantineInput w => new QuarantineWrite(w),
        WriteResults w => new ResultsWrite(w),
        PutScoreScale w => new ScoreScaleWrite(w),
        PutForecast w => new ForecastWrite(w.Forecast),
        AdvanceForecast w => new ForecastAdvance(w),
        FailForecasts w => new ForecastsFail(w),
        ExpireForecasts w => new ForecastsExpire(w),
        DeleteForecast w => new ForecastDelete(w),
        PutCategories w => new CategoriesWrite(w),
        PutAnnotations w => new AnnotationsWrite(w),
        AppendMessages w => new MessagesWrite(w),
        PutSnapshot w => new SnapshotWrite(w),
        UpdateSnapshot w => new SnapshotUpdate(w),
        DeleteSnapshot w => new SnapshotDelete(w.JobId, w.SnapshotId),
        DeleteResults w => new ResultsDelete(w),
        DeleteWork w => new WorkDelete(w),
        DeleteJobRows w => new JobRowsDelete(w.JobId),
        _ => throw new NotSupportedException($"The store does not know the write {write.GetType().Name}."),
    };

    /// <summary>The rows are not what the caller believes.</summary>
    protected static StoreException Conflict(string message) => new(message, null, StoreFailure.Conflict);
}
