using MlActors.Analysis.Buckets;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Time;

namespace MlActors.Analysis;

public sealed partial class JobAnalysis
{
    private const int RecordsBetweenChecks = 2048;

    /// <summary>
    /// Folds one input; results of the buckets that it finished are added in order of time. An analysis whose fold threw, by cancellation or
    /// otherwise, is half way through its input and must not be used again: restore the state saved before.
    /// </summary>
    /// <exception cref="ArgumentException">The batch has other columns than the settings ask for.</exception>
    /// <exception cref="OperationCanceledException">Looked for every few thousand records and at every bucket.</exception>
    public void Fold(AnalysisInput input, ICollection<BucketResult> results, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        switch (input)
        {
            case RecordsInput records:
                FoldRecords(records.Batch, results, cancellation);
                break;
            case AdvanceTimeInput advance:
                Advance(advance.To, results, cancellation);
                break;
            case SkipTimeInput skip:
                Skip(skip.To);
                break;
            case ResetBucketsInput reset:
                Reset(reset.From, reset.To);
                break;
            case ContextInput { Context: var context }:
                Use(context);
                Changed = true;
                break;
            default:
                throw new ArgumentException($"inputs of kind {input.Kind} are not known", nameof(input));
        }
    }

    private void FoldRecords(RecordBatch batch, ICollection<BucketResult> results, CancellationToken cancellation)
    {
        if (!batch.Schema.SameAs(_settings.Schema)) throw new ArgumentException("the batch has other columns than the job's settings", nameof(batch));
        if (_categorization is not null) batch = WithCategory(batch, _categorization);
        foreach (var influencer in _influencers) influencer.Bind(batch);
        foreach (var feed in _feeds) feed.Bind(batch);
        var counts = _summaryColumn < 0 ? null : batch.Columns[_summaryColumn].Numbers;
        var times = batch.Times.AsSpan(0, batch.Count);
        var span = (ulong)_settings.BucketSpan;
        OpenBucket? bucket = null;
        var start = 0L;
        for (var i = 0; i < times.Length; i++)
        {
            if (i % RecordsBetweenChecks == 0) cancellation.ThrowIfCancellationRequested();
            var time = times[i];
            if (_clock.IsLate(time)) continue;
            if (bucket is null || (ulong)(time - start) >= span)
            {
                MoveTo(time, results, cancellation);
                start = BucketTime.Floor(time, _settings.BucketSpan);
                bucket = null;
            }
            if (LatestRecordTime is not { } latest || time > latest) LatestRecordTime = time;
            var count = counts is null ? 1 : counts[i];
            if (counts is not null && !MetricValues.IsCount(count)) continue;
            bucket ??= _open.FindOrAdd(start);
            bucket.Events += count;
            if (_categorization is not null && !_categorization.Categorize(i)) bucket.Refused = true;
            foreach (var feed in _feeds) feed.Add(i, count, bucket);
        }
        foreach (var influencer in _influencers) influencer.Release();
        foreach (var feed in _feeds) feed.Release();
        ReleaseCategory();
    }

    // A record that is not late arrives in another bucket than the one before it.
    private void MoveTo(long time, ICollection<BucketResult> results, CancellationToken cancellation)
    {
        Changed = true;
        var isNewer = time >= _clock.CurrentEnd;
        _clock.Observe(time);
        _next = Math.Min(_next ?? long.MaxValue, BucketTime.Floor(time, _settings.BucketSpan));
        if (isNewer) FinishBuckets(_clock.Border, results, cancellation);
    }

    private void Advance(long to, ICollection<BucketResult> results, CancellationToken cancellation)
    {
        var before = _clock.MovedTo;
        _clock.AdvanceTo(to);
        if (_clock.MovedTo != before) Changed = true;
        if (_next is null) _next = _clock.MovedTo;
        else FinishBuckets(_clock.MovedTo!.Value, results, cancellation, EmptyBucketBudget.Earned);
    }

    private void Skip(long to)
    {
        var before = _clock.MovedTo;
        _clock.SkipTo(to);
        if (_clock.MovedTo == before) return;
        Changed = true;
        _open.Remove(long.MinValue, _clock.MovedTo!.Value);
        _next = Math.Max(_next ?? long.MinValue, _clock.MovedTo.Value);
    }

    private void Reset(long from, long to)
    {
        if (to <= from) return;
        var first = BucketTime.Floor(Math.Clamp(from, RecordClock.MinTime, RecordClock.MaxTime), _settings.BucketSpan);
        var end = BucketTime.Ceiling(Math.Clamp(to, RecordClock.MinTime, RecordClock.MaxTime), _settings.BucketSpan);
        if (_open.Remove(first, end)) Changed = true;
    }

    private void Use(AnalysisContext context)
    {
        _memory.ModelBytes += context.Bytes - _context.Bytes;
        _context = context;
        _evaluator.Use(context);
        _categorization?.Use(context.Texts);
    }

    // Finishes the buckets that end at or before the border; so many empty ones are granted beyond those that records earned.
    private void FinishBuckets(long border, ICollection<BucketResult> results, CancellationToken cancellation, int granted = 0)
    {
        var span = _settings.BucketSpan;
        var end = BucketTime.Floor(border, span);
        while (_next < end)
        {
            var next = _next.Value;
            if (_open.Count > 0 && _open[0].Start == next)
            {
                cancellation.ThrowIfCancellationRequested();
                _emptyBuckets.Earn();
                Finish(next, _open[0], results);
                continue;
            }
            var emptyEnd = _open.Count > 0 ? Math.Min(_open[0].Start, end) : end;
            var analysed = _emptyBuckets.Spend((emptyEnd - next) / span, ref granted);
            for (var i = 0L; i < analysed; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                Finish(next + (i * span), bucket: null, results);
            }
            _next = emptyEnd;
        }
        foreach (var feed in _feeds) feed.ForgetBucket();
    }

    private void Finish(long start, OpenBucket? bucket, ICollection<BucketResult> results)
    {
        var result = _evaluator.Finish(start, bucket);
        results.Add(result);
        _scores.Take(result.AnomalyScore);
        LatestResultTime = start;
        _next = start + _settings.BucketSpan;
        LookAfterMemory(bucket?.Refused ?? false);
        if (bucket is not null) _open.Remove(start, _next.Value);
        PruneIfDue(start);
    }
}
