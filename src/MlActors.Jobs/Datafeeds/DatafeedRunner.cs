using Akka.Actor;
using MlActors.Analysis;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Datafeeds;

/// <summary>
/// One run of a datafeed, from its beginning to its end or for ever: reads the source up to now, then waits for new data. What it reads it hands to the
/// owner of the job page by page, one page being taken while the next is read; the owner writes it with the position behind it, so that nothing has to be
/// remembered here. It ends by cancellation, or by telling the owner that it is over.
/// </summary>
/// <param name="job">The owner.</param>
/// <param name="feed">Whom the owner knows as its datafeed.</param>
internal sealed class DatafeedRunner(
    DatafeedStart start, IDatafeedSource source, IActorRef job, IActorRef feed, DelayedDataCheck delayed, TimeProvider time, DatafeedOptions options)
{
    /// <summary>The owner does not take pages of this run any more.</summary>
    private sealed class RunOverException : Exception;

    /// <summary>The source has failed for too long.</summary>
    private sealed class GaveUpException(string reason) : Exception(reason);

    private readonly RealTimeSchedule _schedule = RealTimeSchedule.Of(start.Config, start.Job);
    private readonly long? _chunkMs = start.Config.Chunking is { Mode: ChunkingMode.Manual, TimeSpan: { } span }
        ? BucketTime.Ceiling((long)TimeValue.Parse(span, "time_span").Duration.TotalMilliseconds, source.GrainMs)
        : null;

    // Ranges begin and end where the records' stretches do.
    private readonly long? _endMs = start.Run.EndMs is { } end ? BucketTime.Floor(end, source.GrainMs) : null;

    private DatafeedPosition _position = start.Beginning.Position with { NextMs = BucketTime.Ceiling(start.Beginning.Position.NextMs, source.GrainMs) };
    private DatafeedProgress _progress = start.Progress with { RealTime = false, Trouble = null, TroubleSinceMs = null, EmptySearches = 0 };
    private int _failures;

    private string JobId => start.Job.JobId;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Floor(long ms) => BucketTime.Floor(ms, source.GrainMs);

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            if (start.Beginning.SkipTo is { } skip) await TakeAsync([], _position, cancellation, skipTo: skip);
            var now = Now;
            await ReadToAsync(_endMs is { } end && end <= now ? end : Floor(now - _schedule.DelayMs), cancellation);
            await FlushAsync(cancellation);
            var reason = await FollowAsync(cancellation);
            if (start.Run is { EndsInRealTime: true, EndMs: { } atEnd } && reason is null) await TakeAsync([], _position, cancellation, advanceTo: atEnd / 1000);
            FaultPoints.Hit("datafeed.ended");
            Finish(reason, close: true);
        }
        catch (GaveUpException gaveUp)
        {
            Finish(gaveUp.Message, close: false);
        }
        catch (RunOverException)
        {
            // The owner has decided so already.
        }
    }

    private void Finish(string? reason, bool close) => job.Tell(new DatafeedFinished(JobId, start.Run.Number, reason, close) { Feed = feed });

    /// <summary>Looks for new data until the end of the run.</summary>
    /// <returns>Why it is over, unless everything was read.</returns>
    private async Task<string?> FollowAsync(CancellationToken cancellation)
    {
        while (_endMs is not { } end || _position.NextMs < end)
        {
            if (!_progress.RealTime)
            {
                _progress = _progress with { RealTime = true };
                await TakeAsync([], _position, cancellation);
                FaultPoints.Hit("datafeed.realtime");
            }
            var now = Now;
            await Task.Delay(TimeSpan.FromMilliseconds(_schedule.NextLook(now) - now), time, cancellation);
            var to = Math.Min(Floor(_schedule.CompleteTo(Now)), _endMs ?? long.MaxValue);
            if (to <= _position.NextMs) continue;
            var found = await ReadToAsync(to, cancellation);
            var late = await CheckDelayedAsync(cancellation);
            _progress = _progress with { EmptySearches = found == 0 ? _progress.EmptySearches + 1 : 0, Delayed = late.Count == 0 ? _progress.Delayed : Delayed(late) };
            await TakeAsync([], _position, cancellation, advanceTo: to / 1000);
            await FlushAsync(cancellation);
            FaultPoints.Hit("datafeed.looked");
            if (late.Count > 0 && start.Config.DelayedDataCheck.Heal) await HealAsync(late, cancellation);
            if (!_progress.FoundData && _progress.EmptySearches >= start.Config.MaxEmptySearches)
                return $"it found no data in {_progress.EmptySearches} searches, the most that [max_empty_searches] allows";
        }
        return null;
    }

    /// <summary>Reads everything before a time, however often the source fails meanwhile.</summary>
    /// <returns>How many records there were.</returns>
    private async Task<long> ReadToAsync(long to, CancellationToken cancellation)
    {
        var found = 0L;
        while (_position.NextMs < to)
        {
            try
            {
                if (_chunkMs is not null && _position.Cursor is null) await SkipEmptyTimeAsync(to, cancellation);
                if (_position.NextMs >= to) break;
                found += await ReadRangeAsync(_chunkMs is { } chunk ? Math.Min(to, _position.NextMs + chunk) : to, cancellation);
                await RecoverAsync(cancellation);
            }
            catch (Exception cause) when (!cancellation.IsCancellationRequested && cause is not (RunOverException or GaveUpException))
            {
                await FailAsync(cause as SourceException ?? new SourceException($"unexpected: {cause.Message}", inner: cause), cancellation);
            }
        }
        return found;
    }

    // Stretches of hours from 1970 on would be searched in vain for long.
    private async Task SkipEmptyTimeAsync(long to, CancellationToken cancellation)
    {
        if (await source.SummarizeAsync(_position.NextMs, to, cancellation) is not { } summary) return;
        _position = _position with { NextMs = summary.EarliestMs is { } earliest ? Math.Max(Floor(earliest), _position.NextMs) : to };
    }

    private async Task<long> ReadRangeAsync(long to, CancellationToken cancellation)
    {
        _progress = _progress with { RangeFromMs = _position.NextMs, RangeToMs = to };
        var (found, from, taking) = (0L, _position.NextMs, Task.CompletedTask);
        var began = time.GetTimestamp();
        try
        {
            await foreach (var page in source.ReadAsync(new SourceRange(_position.NextMs, to, _position.Cursor), cancellation))
            {
                found += page.Records;
                Searched(time.GetElapsedTime(began), page.NextMs - from);
                if (page.Records > 0) _progress = _progress with { FoundData = true };
                await taking;
                taking = TakeAsync(page.Batches, new DatafeedPosition(page.NextMs, page.Cursor), cancellation);
                (from, began) = (page.NextMs, time.GetTimestamp());
            }
        }
        finally
        {
            // What was read is taken, also when the source fails behind it.
            await taking;
        }
        Searched(time.GetElapsedTime(began), 0);
        // Nothing lies between the last page and the end; should the owner die now, it is searched once more.
        _position = new DatafeedPosition(to, null);
        return found;
    }

    private void Searched(TimeSpan elapsed, long rangeMs)
    {
        const double hour = 3_600_000;
        const double weight = 0.1;
        var ms = elapsed.TotalMilliseconds;
        var average = _progress.SearchMsPerHour;
        if (rangeMs > 0)
        {
            var perHour = ms * hour / rangeMs;
            average = average is { } before ? before + (weight * (perHour - before)) : perHour;
        }
        _progress = _progress with { Searches = _progress.Searches + 1, SearchMs = _progress.SearchMs + ms, SearchMsPerHour = average };
    }

    /// <summary>Has the owner write a page. While the store cannot write it is offered again.</summary>
    private async Task TakeAsync(
        IReadOnlyList<RecordBatch> batches, DatafeedPosition position, CancellationToken cancellation, long? skipTo = null, long? advanceTo = null)
    {
        for (var failures = 0; ; failures++)
        {
            FaultPoints.Hit("datafeed.read");
            var page = new TakePage(JobId, start.Run.Number, batches, position, _progress, skipTo, advanceTo) { Feed = feed };
            switch (await job.Ask<JobReply>(page, Timeout.InfiniteTimeSpan, cancellation))
            {
                case Done:
                    _position = position;
                    FaultPoints.Hit("datafeed.taken");
                    return;
                case Refused { Kind: RefusalKind.Unavailable }:
                    await Task.Delay(Pause(failures), time, cancellation);
                    break;
                default:
                    throw new RunOverException();
            }
        }
    }

    /// <summary>Shows what there is so far of the newest bucket. Only a convenience: if it cannot be done, the next look does it.</summary>
    private async Task FlushAsync(CancellationToken cancellation) =>
        await job.Ask<JobReply>(new FlushJob(JobId, CalculateInterim: true, null, null, null, null), Timeout.InfiniteTimeSpan, cancellation);

    private async Task<IReadOnlyList<LateBucket>> CheckDelayedAsync(CancellationToken cancellation)
    {
        try
        {
            return await delayed.LookAsync(source, _position.NextMs, Now, cancellation);
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            // That data is late can be found later; reading goes on.
            return [];
        }
    }

    private DelayedData Delayed(IReadOnlyList<LateBucket> late) => DelayedData.Of(late, start.Job.AnalysisConfig.BucketSpanSeconds * 1000, Now);

    /// <summary>Has the owner go back to before the data that came late; if it does, this run goes on from there in another child.</summary>
    private async Task HealAsync(IReadOnlyList<LateBucket> late, CancellationToken cancellation)
    {
        FaultPoints.Hit("heal.found");
        if (await job.Ask<JobReply>(new HealLateData(JobId, start.Run.Number, late) { Feed = feed }, Timeout.InfiniteTimeSpan, cancellation) is not Refused refused)
            throw new RunOverException();
        _progress = _progress with { Delayed = Delayed(late) with { NotHealed = refused.Reason } };
        await TakeAsync([], _position, cancellation);
    }

    private async Task FailAsync(SourceException failure, CancellationToken cancellation)
    {
        var now = Now;
        _progress = _progress with { Trouble = failure.Message, TroubleSinceMs = _progress.TroubleSinceMs ?? now };
        var failing = TimeSpan.FromMilliseconds(now - _progress.TroubleSinceMs!.Value);
        if (start.Run.EndMs is not null && (failure.IsPermanent || failing >= options.GiveUpAfter))
            throw new GaveUpException($"its source failed{(failure.IsPermanent ? "" : $" for {failing.TotalMinutes:0} minutes")}: {failure.Message}");
        await TakeAsync([], _position, cancellation);
        var pause = Pause(_failures++);
        if (_progress.RealTime && pause.TotalMilliseconds > _schedule.FrequencyMs) pause = TimeSpan.FromMilliseconds(_schedule.FrequencyMs);
        await Task.Delay(pause, time, cancellation);
    }

    private async Task RecoverAsync(CancellationToken cancellation)
    {
        if (_progress.Trouble is null) return;
        _failures = 0;
        _progress = _progress with { Trouble = null, TroubleSinceMs = null };
        await TakeAsync([], _position, cancellation);
    }

    private TimeSpan Pause(int failures) => options.FirstRetry * Math.Pow(2, Math.Min(failures, 20)) is var pause && pause < options.LongestRetry ? pause : options.LongestRetry;
}
