using System.Diagnostics;
using System.IO.Hashing;
using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using MlActors.Analysis.Input;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Observing;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Upgrading;

namespace MlActors.Jobs.Running;

public sealed partial class JobActor
{
    /// <summary>Something to append to the input log, and who waits for it.</summary>
    private sealed record Pending(JobMessage Request, IActorRef Sender);

    private sealed record UploadRead(string BatchId, StoredUpload? Upload, Exception? Cause);

    private sealed class AppendMore
    {
        internal static readonly AppendMore Instance = new();
    }

    private sealed record AppendDone(Append Append, Exception? Cause);

    /// <summary>One write to the input log: the rows, and what is true when they are durable.</summary>
    private sealed class Append
    {
        internal List<StoreWrite> Writes { get; } = [];
        internal List<ToAnalysis.Appended> Inputs { get; } = [];
        internal List<Action> Outcomes { get; } = [];
        internal List<IActorRef> Senders { get; } = [];
        internal List<(KnownUpload Upload, StoredUploadPiece Piece, bool Last)> Pieces { get; } = [];
        internal required JobStatus Status { get; set; }
        internal long Bytes { get; set; }

        /// <summary>Of the first request in it that is traced.</summary>
        internal Activity? Span { get; set; }

        /// <summary>Whether the row is written even if nothing else is.</summary>
        internal bool StatusChanged { get; set; }

        /// <summary>What else to do when it could not be written.</summary>
        internal Action<Exception>? Failed { get; init; }
    }

    /// <summary>What is durable of an upload that has a name.</summary>
    private sealed class KnownUpload(StoredUpload? stored)
    {
        internal List<StoredUploadPiece> Pieces { get; } = [.. stored?.Pieces ?? []];
        internal bool Whole { get; set; } = stored?.Whole ?? false;

        /// <summary>The counts before its first piece.</summary>
        internal DataCounts Before
        {
            get => field ??= CountsOf(Pieces[0]).Before;
            set;
        }

        internal static UploadCounts CountsOf(StoredUploadPiece piece) => JsonSerializer.Deserialize(piece.Answer, JobJson.Default.UploadCounts)!;
    }

    private const int MaxUploadsRemembered = 64;
    private const long MaxAppendBytes = 8 << 20;

    private readonly Queue<Pending> _pending = new();
    private readonly Dictionary<string, KnownUpload> _uploads = new(StringComparer.Ordinal);
    private readonly Dictionary<long, IActorRef> _flushWaiters = [];
    private readonly Queue<(IActorRef Sender, JobReply Reply)> _held = new();
    private bool _appending;
    private bool _commandWaits;
    private long _unanalysedBytes;
    private long _analysedSeq;
    private long _flushes;

    private void OnJobMessage(JobMessage message)
    {
        switch (message)
        {
            case WakeJob wake:
                HearOfVersion(wake.ContextVersion);
                NoteArrival(wake);
                Sender.Tell(new Done(_jobId));
                break;
            case FollowUpgradeMode:
                OnFollow(Sender);
                break;
            case RefreshContext:
                var asker = Sender;
                LookAtContext(() => asker.Tell(new Done(_jobId)));
                break;
            case GetJobStats:
                Sender.Tell(_state.Exists
                    ? new JobStatsReply(_jobId, _status with { Reason = _status.Reason ?? _trouble ?? _note }, _progress, _unanalysedBytes)
                    : new Refused(_jobId, RefusalKind.NotFound, $"no job with id [{_jobId}] exists"));
                break;
            case RemoveForecasts remove:
                OnRemoveForecasts(remove);
                break;
            case DatafeedFinished finished:
                if (RefusalOf(finished) is null) OnDatafeedFinished(finished);
                break;
            case HealLateData heal:
                if (RefusalOf(heal) is { } stale) Sender.Tell(stale);
                else OnLateData(heal);
                break;
            case PostRecords or FlushJob or StartForecast or TakePage:
                if (RefusalOfInput(message) is { } refused)
                {
                    Sender.Tell(refused);
                    break;
                }
                FaultPoints.Hit("post.received");
                _pending.Enqueue(new Pending(message, Sender));
                AppendNext();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private Refused? RefusalOfInput(JobMessage message)
    {
        var what = message switch { FlushJob => "flush", StartForecast => "forecast", _ => "post data to" };
        if (!_state.Exists) return new Refused(_jobId, RefusalKind.Conflict, $"cannot {what} job [{_jobId}] because it does not exist");
        if (_state.Blocked != BlockedReason.None)
            return new Refused(_jobId, RefusalKind.Conflict, $"cannot {what} job [{_jobId}] while a {JobLifecycle.Name(_state.Blocked)} of it is under way");
        if (_rests && _state.State is (JobState.Opened or JobState.Opening)) return UpgradeRules.RefusalOfInput(message);
        if (_state.State == JobState.Opened) return message is FromDatafeed page ? RefusalOf(page) : null;
        return new Refused(_jobId, RefusalKind.Conflict, $"cannot {what} job [{_jobId}] because it is {JobLifecycle.Name(_state.State)}; it must be opened");
    }

    private void RefusePosts(string why, RefusalKind kind = RefusalKind.Conflict)
    {
        while (_pending.TryDequeue(out var pending)) pending.Sender.Tell(new Refused(_jobId, kind, $"job [{_jobId}] takes no data: {why}"));
        foreach (var (_, sender) in _flushWaiters) sender.Tell(new Refused(_jobId, kind, $"job [{_jobId}] was not flushed: {why}"));
        _flushWaiters.Clear();
        // What is held back here is durable: it will be analysed when the job is opened again.
        while (_held.TryDequeue(out var held)) held.Sender.Tell(held.Reply);
        _uploads.Clear();
        EndLooking();
    }

    /// <summary>
    /// Takes what is waiting, the context first and then data as much as makes a sensible write, and appends it to the log: one write in flight, many
    /// callers in it.
    /// </summary>
    private void AppendNext()
    {
        if (_appending) return;
        if (_contextFound is var (look, context, version))
        {
            _contextFound = null;
            AppendContext(look, context, version);
            return;
        }
        if (_pending.Count == 0 || !_contextSettled) return;
        var append = new Append { Status = _status };
        while (append.Bytes < MaxAppendBytes && _pending.TryPeek(out var next))
        {
            if (next.Request is PostRecords { BatchId: { } batchId } && !_uploads.ContainsKey(batchId))
            {
                if (append.Outcomes.Count > 0) break;
                _appending = true;
                Store.ReadUploadAsync(_jobId, batchId)
                    .PipeTo(_self, success: upload => new UploadRead(batchId, upload, null), failure: cause => new UploadRead(batchId, null, cause));
                return;
            }
            // What repeats a piece of this very write is answered when that is durable.
            if (next.Request is PostRecords { BatchId: not null } again && IsIn(append, again)) break;
            _pending.Dequeue();
            append.Span ??= JobTraces.Begin("job.append", _jobId, next.Request.TraceParent);
            // A command that had its turn between two writes may have ended the job's taking of data.
            if (RefusalOfInput(next.Request) is { } refused)
            {
                append.Outcomes.Add(() => next.Sender.Tell(refused));
                continue;
            }
            switch (next.Request)
            {
                case PostRecords post:
                    Add(append, post, next.Sender);
                    break;
                case StartForecast forecast:
                    Add(append, forecast, next.Sender);
                    break;
                case TakePage page:
                    Add(append, page, next.Sender);
                    break;
                default:
                    Add(append, (FlushJob)next.Request, next.Sender);
                    break;
            }
        }
        WriteAppend(append);
    }

    private void WriteAppend(Append append)
    {
        if (append.Writes.Count == 0 && !append.StatusChanged)
        {
            JobTraces.End(append.Span);
            Succeed(append);
            AppendNext();
            return;
        }
        append.Writes.Add(new PutStatus(append.Status));
        append.Span?.SetTag("mlactors.bytes", append.Bytes);
        _appending = true;
        Store.WriteAsync(append.Writes).PipeTo(_self, success: () => new AppendDone(append, null), failure: cause => new AppendDone(append, cause));
    }

    private void Add(Append append, PostRecords post, IActorRef sender)
    {
        var before = append.Status.Counts;
        var payload = post.Payload;
        var checksum = XxHash64.HashToUInt64(payload);
        var upload = post.BatchId is null ? null : _uploads[post.BatchId];
        if (upload is not null)
        {
            var known = upload.Pieces.Count + append.Pieces.Count(piece => piece.Upload == upload);
            if (post.Piece < upload.Pieces.Count || upload.Whole)
            {
                // Held back like the first answer, which may still be: who asks twice is slowed down as well.
                append.Outcomes.Add(() => _held.Enqueue((sender, Repeat(post, upload, checksum))));
                return;
            }
            if (post.Piece != known)
            {
                append.Outcomes.Add(() => sender.Tell(new Refused(_jobId, RefusalKind.Conflict,
                    $"piece {post.Piece} of upload [{post.BatchId}] does not follow its {known} durable pieces: send the whole upload again")));
                return;
            }
            if (known > 0) before = upload.Before;
            else upload.Before = before;
        }

        if (post.Reset is { } reset) AddInput(append, reset, InputCodec.Encode(reset));
        if (post.Batch.Count > 0 || post.Batch.Input.InputBytes > 0) AddInput(append, new RecordsInput(post.Batch), payload);
        var after = append.Status.Counts;
        if (upload is not null)
        {
            var piece = new StoredUploadPiece(checksum, JsonSerializer.SerializeToUtf8Bytes(new UploadCounts(before, after), JobJson.Default.UploadCounts));
            append.Writes.Add(new PutUploadPiece(_jobId, post.BatchId!, post.Piece, checksum, piece.Answer, post.Last, Now));
            append.Pieces.Add((upload, piece, post.Last));
        }
        append.Senders.Add(sender);
        append.Outcomes.Add(() => _held.Enqueue((sender, new PieceAccepted(_jobId, before, after, Repeated: false))));
    }

    private bool IsIn(Append append, PostRecords post)
    {
        var upload = _uploads[post.BatchId!];
        return post.Piece >= upload.Pieces.Count && post.Piece < upload.Pieces.Count + append.Pieces.Count(piece => piece.Upload == upload);
    }

    private JobReply Repeat(PostRecords post, KnownUpload upload, ulong checksum)
    {
        if (post.Piece >= upload.Pieces.Count || upload.Pieces[post.Piece].Checksum != checksum || (upload.Whole && post.Last != (post.Piece == upload.Pieces.Count - 1)))
            return new Refused(_jobId, RefusalKind.Conflict,
                $"upload [{post.BatchId}] was accepted before with other content: piece {post.Piece} differs; give new data a new batch_id");
        var counts = KnownUpload.CountsOf(upload.Pieces[post.Piece]);
        return new PieceAccepted(_jobId, counts.Before, counts.After, Repeated: true);
    }

    private void Add(Append append, FlushJob flush, IActorRef sender)
    {
        if (flush.SkipTime is { } skip) AddInput(append, new SkipTimeInput(skip), null);
        if (flush.AdvanceTime is { } advance) AddInput(append, new AdvanceTimeInput(advance), null);
        var seq = append.Status.InputSeq;
        append.Senders.Add(sender);
        append.Outcomes.Add(() =>
        {
            var token = _flushes++;
            _flushWaiters[token] = sender;
            _analysis?.Tell(new ToAnalysis.Flush(token, seq, flush));
        });
    }

    private void AddInput(Append append, AnalysisInput input, byte[]? payload, bool fed = false)
    {
        payload ??= InputCodec.Encode(input);
        var seq = append.Status.InputSeq + 1;
        append.Writes.Add(new AppendInput(_jobId, seq, input.Kind, payload));
        append.Inputs.Add(new ToAnalysis.Appended(seq, input, payload.Length, append.Span?.Id));
        append.Bytes += payload.Length;
        append.Status = append.Status with
        {
            InputSeq = seq,
            OtherInputSeq = fed ? append.Status.OtherInputSeq : seq,
            Counts = append.Status.Counts.Accept(input, Settings, Now),
        };
    }

    private Analysis.AnalysisSettings Settings => ReferenceEquals(_settingsOf, _state.Config) ? _settings! : ReadSettings();

    private Configuration.JobConfig? _settingsOf;
    private Analysis.AnalysisSettings? _settings;

    private Analysis.AnalysisSettings ReadSettings()
    {
        _settingsOf = _state.Config!;
        return _settings = _settingsOf.ToSettings();
    }

    /// <returns>Whether the message was an outcome of this part.</returns>
    private bool OnInputOutcome(object message)
    {
        switch (message)
        {
            case UploadRead read:
                if (read.Cause is not null)
                {
                    RefuseUnstored([_pending.Dequeue().Sender], read.Cause);
                }
                else
                {
                    if (_uploads.Count >= MaxUploadsRemembered) _uploads.Clear();
                    _uploads[read.BatchId] = new KnownUpload(read.Upload);
                }
                AppendEnded();
                return true;
            case AppendMore:
                AppendNext();
                return true;
            case AppendDone { Cause: null } done:
                JobTraces.End(done.Append.Span);
                FaultPoints.Hit("post.journaled");
                Succeed(done.Append);
                AppendEnded();
                return true;
            case AppendDone failed:
                JobTraces.End(failed.Append.Span, failed.Cause);
                RefuseUnstored(failed.Append.Senders, failed.Cause!);
                // What is stored is not what this owner believes, or cannot be known: its next incarnation recovers what is true.
                if (failed.Cause is not Storage.StoreException { Failure: Storage.StoreFailure.Unavailable })
                    throw new OutdatedOwnerException(_jobId, failed.Cause!);
                failed.Append.Failed?.Invoke(failed.Cause!);
                AppendEnded();
                return true;
            default:
                return false;
        }
    }

    private void RefuseUnstored(List<IActorRef> senders, Exception cause)
    {
        _log.Error(cause, "Input of job {0} could not be written", _jobId);
        var refused = new Refused(_jobId, RefusalKind.Unavailable, $"the data of job [{_jobId}] could not be stored, none of it was taken: {cause.Message}");
        foreach (var sender in senders) sender.Tell(refused);
        _uploads.Clear();
    }

    /// <summary>Commands that waited have their turn before the next write: uploads that never pause hold up no close.</summary>
    private void AppendEnded()
    {
        _appending = false;
        if (_handsOver)
        {
            SaveAndLeave();
            return;
        }
        if (!_commandWaits)
        {
            AppendNext();
            return;
        }
        _commandWaits = false;
        Stash.UnstashAll();
        _self.Tell(AppendMore.Instance);
    }

    private void Succeed(Append append)
    {
        _services.Observer.Accepted(_status.Counts, append.Status.Counts);
        _status = append.Status with { Size = _status.Size, Timing = _status.Timing, SizeLogTime = _status.SizeLogTime };
        _unanalysedBytes += append.Bytes;
        foreach (var input in append.Inputs) _analysis?.Tell(input);
        foreach (var (upload, piece, last) in append.Pieces)
        {
            upload.Pieces.Add(piece);
            upload.Whole = last;
        }
        foreach (var outcome in append.Outcomes) outcome();
        ReleaseHeldReplies();
        Show();
    }

    /// <summary>Acknowledgements wait while too much is unanalysed: the sender is slowed down to the pace of the analysis.</summary>
    private void ReleaseHeldReplies()
    {
        while (_unanalysedBytes <= _services.Options.MaxUnanalysedBytes && _held.TryDequeue(out var held))
        {
            held.Sender.Tell(held.Reply);
            FaultPoints.Hit("post.acked");
        }
    }

    private void OnFlushOutcome(FromAnalysis report)
    {
        var (token, reply) = report switch
        {
            FromAnalysis.Flushed flushed => (flushed.Token, (JobReply)new JobFlushedReply(_jobId, flushed.LastFinalizedBucketEnd)),
            AnalysisActor.FlushFailed failed => (failed.Token, new Refused(_jobId, RefusalKind.Unavailable, $"job [{_jobId}] could not be flushed: {failed.Reason}")),
            _ => throw new ArgumentException("not the outcome of a flush", nameof(report)),
        };
        if (_flushWaiters.Remove(token, out var sender)) sender.Tell(reply);
    }
}

/// <summary>The owner of a job has to start again from what is stored.</summary>
public sealed class OutdatedOwnerException(string jobId, Exception cause) : Exception($"job [{jobId}] starts again from what is stored: {cause.Message}", cause);

/// <summary>The job's counts before an upload's first piece and after one of its pieces.</summary>
internal sealed record UploadCounts(DataCounts Before, DataCounts After);

[System.Text.Json.Serialization.JsonSerializable(typeof(UploadCounts))]
[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
internal sealed partial class JobJson : System.Text.Json.Serialization.JsonSerializerContext;
