using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Running;

/// <summary>Where an analysis starts.</summary>
/// <param name="SnapshotId">The state to take up; <c>null</c> for none.</param>
/// <param name="AfterSeq">The input that the state is taken to contain up to.</param>
/// <param name="HeadSeq">The newest input in the log.</param>
/// <param name="Quarantined">Inputs to leave out.</param>
internal sealed record AnalysisStart(
    JobConfigAndLineage Job, long Generation, string? SnapshotId, long AfterSeq, long HeadSeq, IReadOnlySet<long> Quarantined, TimingStats Timing);

/// <param name="Lineage">See <see cref="ModelSnapshot.Lineage"/>.</param>
internal sealed record JobConfigAndLineage(Configuration.JobConfig Config, int Lineage);

/// <summary>From the job to its analysis.</summary>
internal abstract record ToAnalysis
{
    /// <summary>An input is durable in the log; handed over so that it need not be read back.</summary>
    internal sealed record Appended(long Seq, AnalysisInput Input, int Bytes) : ToAnalysis;

    /// <summary>Report when everything up to <paramref name="Seq"/> is analysed and its results are durable; interim results first, if asked for.</summary>
    internal sealed record Flush(long Token, long Seq, FlushJob Request) : ToAnalysis;

    /// <summary>Make this forecast from the state after the input at which it was accepted, or after the state restored if that is later.</summary>
    internal sealed record MakeForecast(Forecast Forecast) : ToAnalysis;

    /// <summary>Buckets finished by inputs after <paramref name="Seq"/> are stored with these of their values; <c>null</c> for none.</summary>
    internal sealed record PlotModel(long Seq, ModelPlot? Plot, ChangeNotes? Notes) : ToAnalysis;

    /// <summary>Finish everything up to <paramref name="Seq"/> and prepare the final snapshot.</summary>
    /// <param name="ShowsOpenBuckets">
    /// Whether interim results of the buckets that stay open are written: a datafeed does so as it reads, and what is left must not depend on who died meanwhile.
    /// </param>
    internal sealed record Finish(long Seq, bool ShowsOpenBuckets) : ToAnalysis;

    /// <summary>Save what is analysed by now, and analyse nothing more. Answered with <see cref="FromAnalysis.Checkpoint"/> or <see cref="FromAnalysis.NothingToSave"/>.</summary>
    internal sealed record Save : ToAnalysis;
}

/// <summary>From an analysis to its job. The generation tells a late report of an earlier run from the present one's.</summary>
internal abstract record FromAnalysis(long Generation)
{
    /// <param name="AfterSeq">The input that the restored state contains up to.</param>
    /// <param name="Note">Something the operator ought to know: a damaged snapshot was replaced by the one before.</param>
    internal sealed record Ready(long Generation, long AfterSeq, IReadOnlyList<ModelSnapshot> Snapshots, string? Note) : FromAnalysis(Generation);

    /// <param name="Seq">Results up to here are durable.</param>
    /// <param name="Bytes">Encoded size of the inputs analysed since the last report.</param>
    /// <param name="Trouble">Why the analysis waits, e.g. the store cannot write; <c>null</c> when it does not.</param>
    internal sealed record Progress(long Generation, long Seq, long Bytes, ModelSizeStats Size, TimingStats Timing, string? Trouble) : FromAnalysis(Generation);

    /// <summary>Enough work was done since the last snapshot to bound a replay by another.</summary>
    internal sealed record Checkpoint(long Generation, SnapshotDraft Draft) : FromAnalysis(Generation);

    internal sealed record NothingToSave(long Generation) : FromAnalysis(Generation);

    internal sealed record Flushed(long Generation, long Token, long? LastFinalizedBucketEnd) : FromAnalysis(Generation);

    /// <summary>A forecast was finished, or has failed.</summary>
    internal sealed record ForecastEnded(long Generation, string ForecastId) : FromAnalysis(Generation);

    internal sealed record Phase(long Generation, string Name, double Percent) : FromAnalysis(Generation);

    /// <param name="Draft">The final snapshot; <c>null</c> when nothing was analysed since the last.</param>
    internal sealed record Finished(long Generation, SnapshotDraft? Draft, ModelSizeStats Size, TimingStats Timing) : FromAnalysis(Generation);

    internal sealed record Failed(long Generation, string Reason, long? Seq) : FromAnalysis(Generation);
}

/// <summary>A model state that waits to become a snapshot.</summary>
/// <param name="Beside">Rows that must not be older than the state: they are written with it.</param>
internal sealed record SnapshotDraft(
    byte[] State, long Seq, long? LatestRecordTime, long? LatestResultTime, long? LastFinalizedBucketEnd, ModelSizeStats Size, TimingStats Timing,
    IReadOnlyList<StoreWrite> Beside);
