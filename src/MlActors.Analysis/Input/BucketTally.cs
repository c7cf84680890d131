using MlActors.Analysis.Time;

namespace MlActors.Analysis.Input;

/// <summary>Counts buckets and late records by times alone, in constant time for a gap of any length.</summary>
internal struct BucketTally
{
    private const int UsualAfter = 8;
    private const int SparseFactor = 8;
    private const double MeanMemory = 50;

    private readonly long _span;
    private RecordClock _clock;
    private long _buckets;
    private long _empty;
    private long _sparse;
    private long _open;
    private double _mean;
    private long _earliest;
    private long _latest;
    private long? _latestBucket;
    private long? _latestEmpty;
    private long? _latestSparse;

    public BucketTally(DataCounts counts, AnalysisSettings settings)
    {
        _span = settings.BucketSpan;
        _clock = new RecordClock(settings, counts.LatestRecord, counts.MovedTo);
        (_buckets, _empty, _sparse) = (counts.Buckets, counts.EmptyBuckets, counts.SparseBuckets);
        (_open, _mean) = (counts.OpenBucketRecords, counts.MeanBucketRecords);
        (_earliest, _latest) = (counts.EarliestRecord ?? long.MaxValue, counts.LatestRecord ?? long.MinValue);
        (_latestBucket, _latestEmpty, _latestSparse) = (counts.LatestBucket, counts.LatestEmptyBucket, counts.LatestSparseBucket);
    }

    /// <summary>How many of the records were late.</summary>
    public long Late { get; private set; }

    public void Add(ReadOnlySpan<long> times)
    {
        var started = _clock.Started;
        var start = _clock.Current;
        var width = (ulong)_span;
        var (earliest, latest, inOpen, late) = (_earliest, _latest, 0L, 0L);
        foreach (var time in times)
        {
            if ((ulong)(time - start) >= width || !started)
            {
                if (_clock.IsLate(time))
                {
                    late++;
                    continue;
                }
                if (started && time < start)
                {
                    earliest = Math.Min(earliest, time);
                    continue;
                }
                _open += inOpen;
                inOpen = 0;
                var before = _clock.Current;
                _clock.Observe(time);
                if (started) Leave(before, _clock.Current);
                started = true;
                start = _clock.Current;
            }
            inOpen++;
            if (time > latest) latest = time;
            if (time < earliest) earliest = time;
        }
        _open += inOpen;
        (_earliest, _latest, Late) = (earliest, latest, Late + late);
    }

    public void Advance(long to)
    {
        var (started, before) = (_clock.Started, _clock.Current);
        _clock.AdvanceTo(to);
        if (started && _clock.Current > before) Leave(before, _clock.Current);
    }

    public void Skip(long to)
    {
        var (started, before) = (_clock.Started, _clock.Current);
        _clock.SkipTo(to);
        if (!started || _clock.Current > before) _open = 0;
    }

    public void Reset(long from, long to)
    {
        if (_clock.Started && from < _clock.CurrentEnd && to > _clock.Current && to > from) _open = 0;
    }

    public readonly DataCounts Apply(DataCounts counts) => counts with
    {
        Buckets = _buckets,
        EmptyBuckets = _empty,
        SparseBuckets = _sparse,
        EarliestRecord = _earliest == long.MaxValue ? null : _earliest,
        LatestRecord = _latest == long.MinValue ? null : _latest,
        LatestBucket = _latestBucket,
        LatestEmptyBucket = _latestEmpty,
        LatestSparseBucket = _latestSparse,
        OpenBucketRecords = _open,
        MeanBucketRecords = _mean,
        MovedTo = _clock.MovedTo,
    };

    // The buckets from one newest bucket to the next are over: the first has what was counted, those between are empty.
    private void Leave(long before, long now)
    {
        var passed = (now - before) / _span;
        var empty = _open == 0 ? passed : passed - 1;
        if (_open > 0) Judge(before);
        _buckets += passed;
        _empty += empty;
        _latestBucket = now - _span;
        if (empty > 0) _latestEmpty = now - _span;
        _open = 0;
    }

    private void Judge(long bucket)
    {
        var seen = _buckets - _empty;
        if (seen >= UsualAfter && _open * SparseFactor < _mean)
        {
            _sparse++;
            _latestSparse = bucket;
        }
        _mean += (_open - _mean) / Math.Min(seen + 1, MeanMemory);
    }
}
