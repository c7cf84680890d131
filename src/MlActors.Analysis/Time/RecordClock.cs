namespace MlActors.Analysis.Time;

/// <summary>
/// The one owner of the rule which bucket is the newest and which records come too late; counting and analysis both use it, so they agree.
/// <para>A record is late when it is older than the start of the newest record's bucket less the latency, or older than the time to which
/// the clock was moved by advancing or skipping. Times beyond ±2^53 seconds are taken for late as well: no arithmetic overflows on them.</para>
/// All times are epoch seconds.
/// </summary>
internal struct RecordClock
{
    public const long MinTime = -(1L << 53);
    public const long MaxTime = 1L << 53;

    private readonly long _span;
    private readonly long _latency;
    private long _movedTo = long.MinValue;

    /// <param name="latestRecord">Time of the newest record seen, <c>null</c> when there was none.</param>
    /// <param name="movedTo">What <see cref="MovedTo"/> was.</param>
    public RecordClock(AnalysisSettings settings, long? latestRecord = null, long? movedTo = null)
    {
        _span = settings.BucketSpan;
        _latency = settings.Latency;
        if (latestRecord is { } time) Observe(time);
        if (movedTo is { } border) MoveTo(border);
    }

    /// <summary>Records before this are late.</summary>
    public long Border { get; private set; } = MinTime;

    /// <summary>Start of the newest bucket, never before <see cref="Border"/>; without meaning until <see cref="Started"/>.</summary>
    public long Current { get; private set; }

    public long CurrentEnd { get; private set; } = long.MinValue;

    /// <summary>Whether there was a record or a move.</summary>
    public readonly bool Started => CurrentEnd != long.MinValue;

    /// <summary>Start of the bucket to which time was advanced or skipped, <c>null</c> when it never was.</summary>
    public readonly long? MovedTo => _movedTo == long.MinValue ? null : _movedTo;

    public readonly bool IsLate(long time) => time < Border || time > MaxTime;

    /// <summary>Takes notice of a record that is not late.</summary>
    public void Observe(long time)
    {
        if (time < CurrentEnd) return;
        Current = BucketTime.Floor(time, _span);
        CurrentEnd = Current + _span;
        Border = Math.Max(Border, Current - _latency);
    }

    /// <summary>Time is now <paramref name="to"/>: the buckets wholly before it are over.</summary>
    public void AdvanceTo(long to) => MoveTo(BucketTime.Floor(Math.Clamp(to, MinTime, MaxTime), _span));

    /// <summary>Time is now <paramref name="to"/>, rounded up to a bucket border.</summary>
    public void SkipTo(long to) => MoveTo(BucketTime.Ceiling(Math.Clamp(to, MinTime, MaxTime), _span));

    private void MoveTo(long border)
    {
        _movedTo = Math.Max(_movedTo, border);
        Border = Math.Max(Border, border);
        if (Started && border <= Current) return;
        Current = border;
        CurrentEnd = border + _span;
    }
}
