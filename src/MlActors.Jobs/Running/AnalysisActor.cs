using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using MlActors.Analysis;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Running;

/// <summary>
/// Runs the analysis of one job: takes up the model state, folds the input log in order, one input a message so that it stays responsive, and
/// writes the results. Inputs arrive in memory from the job; after a restart, or when some were left out, they are read from the log.
/// It never decides about the job's life: it reports to its parent.
/// </summary>
internal sealed partial class AnalysisActor : ReceiveActor
{
    private sealed record Restored(JobAnalysis Analysis, long AfterSeq, IReadOnlyList<ModelSnapshot> Snapshots, string? Note);

    private sealed record InputsRead(IReadOnlyList<StoredInput> Inputs);

    private sealed record ResultsWritten(long Seq, long Bytes, Activity? Span);

    private sealed record RestoreFailed(Exception Cause);

    private sealed class Step
    {
        internal static readonly Step Next = new();
    }

    private readonly AnalysisStart _start;
    private readonly IJobStore _store;
    private readonly TimeProvider _time;
    private readonly RunningOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly AnalysisSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IActorRef _self = Context.Self;
    private readonly IActorRef _job = Context.Parent;

    private JobAnalysis _analysis = null!;
    private ModelPlot? _plot;
    private ChangeNotes? _notes;
    private readonly BucketTimer _timer;

    // The log: everything up to _folded is in the model, everything up to _durable has its results stored, _head is the newest known input.
    private long _folded;
    private long _durable;
    private long _head;
    private readonly Queue<ToAnalysis.Appended> _inMemory = new();
    private readonly Queue<ToAnalysis> _markers = new();
    private bool _reading;
    private bool _stepping;
    private bool _saves;
    private int _writes;
    private TimeSpan _retryDelay = FirstRetry;

    private long _inputsSinceSnapshot;
    private long _bytesSinceSnapshot;
    private long _bytesUnreported;
    private readonly TimeSpan _snapshotEvery;
    private long _snapshotAt;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(15);

    // Results of so many inputs may be on their way to the store while the next is folded.
    private const int MaxWritesInFlight = 4;

    internal AnalysisActor(
        AnalysisStart start, IJobStore store, TimeProvider time, RunningOptions options, ForecastRunner forecasts, CancellationToken cancellation)
    {
        (_start, _store, _time, _options, _cancellation) = (start, store, time, options, cancellation);
        _forecasts = forecasts;
        _forecastsStop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _settings = start.Job.Config.ToSettings();
        _plot = ModelPlot.Of(start.Job.Config);
        _notes = ChangeNotes.Of(start.Job.Config);
        _timer = new BucketTimer(start.Timing, _settings.BucketSpan);
        _head = start.HeadSeq;
        (_snapshotEvery, _snapshotAt) = (CheckpointClock.Interval(start.Job.Config, options), time.GetTimestamp());
        Receive<Restored>(OnRestored);
        Receive<RestoreFailed>(OnRestoreFailed);
        ReceiveMarkers();
    }

    private string JobId => _start.Job.Config.JobId;

    protected override void PreStart() => BeginRestore();

    // However it ends: nobody would hear of the forecasts any more.
    protected override void PostStop()
    {
        _forecastsStop.Cancel();
        _forecastsStop.Dispose();
    }

    private void BeginRestore() => SnapshotRestore.RunAsync(_store, _start, _settings)
        .PipeTo(_self, success: r => new Restored(r.Analysis, r.AfterSeq, r.Snapshots, r.Note), failure: cause => new RestoreFailed(cause));

    private void OnRestored(Restored restored)
    {
        _analysis = restored.Analysis;
        _folded = _durable = restored.AfterSeq;
        Become(Running);
        _job.Tell(new FromAnalysis.Ready(_start.Generation, restored.AfterSeq, restored.Snapshots, restored.Note));
        ScheduleStep();
    }

    private void OnRestoreFailed(RestoreFailed failed)
    {
        // A store that cannot be read now may be readable soon; a state that is damaged stays so.
        if (failed.Cause is StoreException { Failure: StoreFailure.Unavailable })
        {
            _log.Warning("Analysis of job {0}: restoring the model failed, retrying: {1}", JobId, failed.Cause.Message);
            RetryLater(BeginRestore);
            return;
        }
        Fail($"restoring the model failed: {failed.Cause.Message}", null, failed.Cause);
    }

    private void Running()
    {
        Receive<Step>(_ =>
        {
            _stepping = false;
            DoStep();
        });
        Receive<InputsRead>(OnInputsRead);
        Receive<ResultsWritten>(OnResultsWritten);
        ReceiveMarkers();
    }

    private void ReceiveMarkers()
    {
        Receive<ToAnalysis.Appended>(appended =>
        {
            _head = appended.Seq;
            _inMemory.Enqueue(appended);
            ScheduleStep();
        });
        Receive<ToAnalysis.Save>(_ =>
        {
            _saves = true;
            ScheduleStep();
        });
        Receive<ToAnalysis>(marker =>
        {
            _markers.Enqueue(marker);
            ScheduleStep();
        });
        Receive<RunAgain>(run => run.Action());
    }

    private sealed record RunAgain(Action Action);

    private void RetryLater(Action action)
    {
        Context.System.Scheduler.ScheduleTellOnce(_retryDelay, _self, new RunAgain(action), ActorRefs.NoSender);
        _retryDelay = _retryDelay * 2 < LongestRetry ? _retryDelay * 2 : LongestRetry;
    }

    private void ScheduleStep()
    {
        if (_stepping || _analysis is null) return;
        _stepping = true;
        _self.Tell(Step.Next);
    }

    /// <summary>Does the next piece of work, if there is one and nothing has to be waited for.</summary>
    private void DoStep()
    {
        if (_saves)
        {
            if (_writes == 0) SaveAndRest();
            return;
        }
        if (_markers.TryPeek(out var marker) && _folded >= MarkerSeq(marker))
        {
            if (_writes > 0) return;
            _markers.Dequeue();
            RunMarker(marker);
            ScheduleStep();
        }
        else if (_writes == 0 && CheckpointDue)
        {
            TakeCheckpoint();
            ScheduleStep();
        }
        else if (_folded < _head && !_reading && _writes < MaxWritesInFlight && !CheckpointDue)
        {
            FoldNext();
        }
    }

    private static long MarkerSeq(ToAnalysis marker) => marker switch
    {
        ToAnalysis.Flush flush => flush.Seq,
        ToAnalysis.MakeForecast make => make.Forecast.InputSeq,
        ToAnalysis.PlotModel plot => plot.Seq,
        ToAnalysis.Finish finish => finish.Seq,
        _ => 0,
    };

    private void FoldNext()
    {
        while (_inMemory.TryPeek(out var stale) && stale.Seq <= _folded) _inMemory.Dequeue();
        if (_inMemory.TryPeek(out var next) && next.Seq == _folded + 1)
        {
            _inMemory.Dequeue();
            Fold(next.Seq, next.Input, next.Bytes, next.TraceParent);
            ScheduleStep();
            return;
        }
        _reading = true;
        _store.ReadInputsAsync(JobId, _folded, _options.ReplayReadBytes)
            .PipeTo(_self, success: inputs => new InputsRead(inputs), failure: cause => new InputsRead([]));
    }

    private void OnInputsRead(InputsRead read)
    {
        _reading = false;
        if (read.Inputs.Count == 0)
        {
            RetryLater(ScheduleStep);
            return;
        }
        // They are put before what came in memory meanwhile, which continues or repeats them.
        var later = _inMemory.ToArray();
        _inMemory.Clear();
        foreach (var input in read.Inputs)
        {
            if (input.Seq > _folded + 1 + _inMemory.Count)
            {
                Fail($"input {_folded + 1 + _inMemory.Count} is missing from the log", null, null);
                return;
            }
            _inMemory.Enqueue(new ToAnalysis.Appended(input.Seq, new EncodedInput(input), input.Payload.Length));
        }
        foreach (var appended in later)
            if (appended.Seq > read.Inputs[^1].Seq)
                _inMemory.Enqueue(appended);
        ScheduleStep();
    }

    // An input from the log is decoded only when it is folded, so that one which cannot be is set aside by its number, like any other poison.
    private sealed record EncodedInput(StoredInput Stored) : AnalysisInput(Stored.Kind);

    private void Fold(long seq, AnalysisInput input, int bytes, string? traceParent)
    {
        using var span = JobTraces.Begin("analysis.fold", JobId, traceParent);
        var results = new List<BucketResult>();
        var began = _time.GetTimestamp();
        if (!_start.Quarantined.Contains(seq))
        {
            try
            {
                FaultPoints.Hit("analyse.fold", JobId, seq);
                _analysis.Fold(input is EncodedInput encoded ? InputCodec.Decode(encoded.Stored.Payload, _settings.Schema) : input, results, _cancellation);
            }
            catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
            {
                Context.Stop(_self);
                return;
            }
            catch (Exception cause)
            {
                Fail($"the analysis failed on input {seq}: {cause.Message}", seq, cause);
                return;
            }
        }
        _folded = seq;
        _inputsSinceSnapshot++;
        _bytesSinceSnapshot += bytes;
        var processing = _timer.Add(_time.GetElapsedTime(began), results.Count);
        FaultPoints.Hit("analyse.folded");
        List<StoreWrite> writes = [.. Categories(counts: false)];
        if (_analysis.TakeScoreScale() is { } scale) writes.Add(new PutScoreScale(JobId, scale));
        if (results.Count > 0) writes.Add(new WriteResults(JobId, results, processing) { Plot = _plot, Notes = _notes });
        if (writes.Count > 0) Write(writes, seq, bytes, span?.Id);
        else if (_writes == 0) Durable(seq, bytes);
        else _bytesUnreported += bytes;
    }

    private void Write(IReadOnlyList<StoreWrite> writes, long seq, long bytes, string? traceParent)
    {
        var span = JobTraces.Begin("results.write", JobId, traceParent);
        _writes++;
        _store.WriteAsync(writes).PipeTo(_self,
            success: () => new ResultsWritten(seq, bytes, span),
            failure: cause => new RunAgain(() =>
            {
                JobTraces.End(span, cause);
                // The rows have deterministic keys: writing them again later is all that is needed.
                _log.Warning("Results of job {0} could not be written, retrying: {1}", JobId, cause.Message);
                _job.Tell(new FromAnalysis.Progress(_start.Generation, _durable, 0, _analysis.SizeStats, _timer.Stats, $"results cannot be written: {cause.Message}"));
                RetryLater(() =>
                {
                    _writes--;
                    Write(writes, seq, bytes, traceParent);
                });
            }));
    }

    private void OnResultsWritten(ResultsWritten written)
    {
        JobTraces.End(written.Span);
        _writes--;
        FaultPoints.Hit("analyse.written");
        _retryDelay = FirstRetry;
        Durable(_writes == 0 ? _folded : written.Seq, written.Bytes);
        ScheduleStep();
    }

    private void Durable(long seq, long bytes)
    {
        _durable = Math.Max(_durable, seq);
        _job.Tell(new FromAnalysis.Progress(_start.Generation, _durable, bytes + _bytesUnreported, _analysis.SizeStats, _timer.Stats, null));
        _bytesUnreported = 0;
    }

    private void Fail(string reason, long? seq, Exception? cause)
    {
        _log.Error(cause, "Analysis of job {0} failed: {1}", JobId, reason);
        _job.Tell(new FromAnalysis.Failed(_start.Generation, reason, seq));
        _forecastsStop.Cancel();
        Become(() => ReceiveAny(_ => { }));
    }
}
