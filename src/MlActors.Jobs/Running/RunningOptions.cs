namespace MlActors.Jobs.Running;

/// <summary>Bounds of a running job. Sizes in bytes.</summary>
public sealed record RunningOptions
{
    /// <summary>Accepted but unanalysed input at which acknowledgements are held back.</summary>
    public long MaxUnanalysedBytes { get; init; } = 16 << 20;

    /// <summary>Input analysed since the last snapshot at which another is taken, so that a replay is bounded.</summary>
    public long CheckpointBytes { get; init; } = 64 << 20;

    /// <summary>The same as a number of inputs.</summary>
    public long CheckpointInputs { get; init; } = 4000;

    /// <summary>Snapshots by the clock: three hours, plus up to one more by job id, unless the job says otherwise.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromHours(3);

    /// <summary>How much is read from the input log at once during a replay.</summary>
    public int ReplayReadBytes { get; init; } = 4 << 20;

    /// <summary>A transient state without progress for this long is retried.</summary>
    public TimeSpan TransitionDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Retries before an overdue transition becomes a visible failure.</summary>
    public int TransitionRetries { get; init; } = 3;

    /// <summary>How long an opening that waits for room leaves those before it that come to a node together with it, after a start or a death.</summary>
    public TimeSpan SeekPlaceAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A resting job's actor leaves memory after this long without a message.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Forecasts of a job that may wait or be made at the same time; each holds copies of the models.</summary>
    public int MaxForecasts { get; init; } = 3;

    /// <summary>Points of all series that a forecast may have: it bounds what one request can fill the store with.</summary>
    public long MaxForecastPoints { get; init; } = 10_000_000;

    /// <summary>Points of a forecast that are made and written at once.</summary>
    public int ForecastPiece { get; init; } = 2000;

    /// <summary>The journal of a job's life is compacted after this many events.</summary>
    public int CompactAfterEvents { get; init; } = 64;
}
