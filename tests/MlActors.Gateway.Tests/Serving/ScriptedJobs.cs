using System.Collections.Concurrent;
using MlActors.Analysis.Input;
using MlActors.Jobs;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Tests.Serving;

/// <summary>
/// Stands in for the actor system, which belongs to another project: keeps the life cycle's outer behaviour in the real store, so that the
/// catalog says what it would say, and lets a test hold back, refuse or fail single jobs.
/// </summary>
internal sealed class ScriptedJobs(IJobStore store, ICatalog catalog) : IJobs
{
    private long _tasks;

    public bool JobsMove => false;

    public int NodeCount => 1;

    public NodeIdentity Node { get; } = new("node-1", "first", "ephemeral-1", "127.0.0.1:9300");

    /// <summary>Everything that was asked, in order.</summary>
    public ConcurrentQueue<object> Asked { get; } = new();

    /// <summary>Jobs that never come to the end of what is asked of them.</summary>
    public HashSet<string> Stuck { get; } = [];

    /// <summary>Answers instead of the usual behaviour, when it answers at all.</summary>
    public Func<JobMessage, JobReply?> Script { get; set; } = _ => null;

    /// <summary>How many pieces of uploads were under way at the same time at most.</summary>
    public int MostPiecesUnderWay { get; private set; }

    private int _piecesUnderWay;

    public Dictionary<string, TaskProgress> Tasks { get; } = [];

    public async Task<JobReply> AskAsync(JobMessage message, TimeSpan timeout, CancellationToken cancellation = default)
    {
        Asked.Enqueue(message);
        if (Stuck.Contains(message.JobId))
        {
            await Task.Delay(timeout, cancellation);
            throw new JobTimeoutException(message.JobId);
        }
        if (message is not PostRecords) return Script(message) ?? await DoAsync(message);
        MostPiecesUnderWay = Math.Max(MostPiecesUnderWay, Interlocked.Increment(ref _piecesUnderWay));
        var reply = Script(message) ?? await DoAsync(message);
        Interlocked.Decrement(ref _piecesUnderWay);
        return reply;
    }

    public async Task<BulkProgress> RunAsync(BulkRequest request)
    {
        Asked.Enqueue(request);
        var results = new List<BulkJobResult>();
        foreach (var id in request.JobIds)
        {
            if (Stuck.Contains(id))
            {
                results.Add(new BulkJobResult(id, BulkOutcome.Pending, null, null, "under way", 0));
                continue;
            }
            JobMessage command = request.Operation switch
            {
                BulkOperation.Open => new OpenJob(id),
                BulkOperation.Close => new CloseJob(id),
                BulkOperation.StopDatafeed => new StopDatafeed(id, null, request.ClosesJob),
                _ => new ForceCloseJob(id),
            };
            results.Add((Script(command) ?? await DoAsync(command)) switch
            {
                Refused { Kind: RefusalKind.NotFound } => new BulkJobResult(id, BulkOutcome.Gone, null, null, null, 1),
                Refused refused => new BulkJobResult(id, BulkOutcome.Refused, refused.Reason, refused.Kind, null, 1),
                _ => new BulkJobResult(id, BulkOutcome.Done, null, null, null, 1),
            });
        }
        var pending = results.Exists(result => result.Outcome == BulkOutcome.Pending);
        if (pending) await Task.Delay(request.Timeout);
        return new BulkProgress(request.Operation, results, TimedOut: pending, Completed: !pending, 1, 1);
    }

    public string Start(BulkRequest request)
    {
        Asked.Enqueue(request);
        return NewTaskId();
    }

    public string Start(string taskId, JobCommand command)
    {
        Asked.Enqueue(command);
        return taskId;
    }

    public string NewTaskId() => $"{Node.Id}:{Interlocked.Increment(ref _tasks)}";

    public Task<TaskProgress?> FindTaskAsync(string taskId) => Task.FromResult(Tasks.GetValueOrDefault(taskId));

    private async Task<JobReply> DoAsync(JobMessage message)
    {
        if (message is CreateJob create)
        {
            await store.WriteAsync([new PutConfig(create.Config), new PutStatus(new JobStatus { JobId = create.JobId })]);
            if (create.Datafeed is { } own) await PutAsync(own);
            return new Done(create.JobId);
        }
        if (await catalog.FindAsync(message.JobId) is not { } row) return new Refused(message.JobId, RefusalKind.NotFound, $"no job [{message.JobId}]");
        switch (message)
        {
            case OpenJob when row.Status.State != JobState.Closed:
                return new Refused(message.JobId, RefusalKind.Conflict, $"job [{message.JobId}] is {row.Status.State}");
            case OpenJob:
                await PutAsync(row, status => status with { State = JobState.Opened, NodeId = Node.Id, OpenTime = 1_000 });
                return new JobOpenedReply(message.JobId, Node.Id);
            case CloseJob when row.Status.State == JobState.Failed:
                return new Refused(message.JobId, RefusalKind.Conflict, $"job [{message.JobId}] has failed");
            case CloseJob or ForceCloseJob:
                await PutAsync(row, status => status with { State = JobState.Closed, NodeId = null });
                return new JobClosedReply(message.JobId, false, 1);
            case PostRecords post:
                var after = Add(row.Status.Counts, post.Batch);
                await PutAsync(row, status => status with { Counts = after });
                return new PieceAccepted(message.JobId, row.Status.Counts, after, default);
            case UpdateJob update:
                var config = update.Update.ApplyTo(row.Config, opened: false, modelBytes: 0);
                await store.WriteAsync([new PutConfig(config)]);
                return new JobUpdatedReply(message.JobId, row with { Config = config });
            case PutDatafeed put:
                if (row.Datafeed is not null) return new Refused(message.JobId, RefusalKind.Conflict, $"job [{message.JobId}] has a datafeed already");
                await PutAsync(put.Config);
                return new Done(message.JobId);
            case UpdateDatafeed change:
                var changed = DatafeedReader.ReadUpdate(row.Datafeed!, change.Body, row.Config, new ScriptedSources());
                await PutAsync(changed);
                return new DatafeedReply(message.JobId, changed);
            case DeleteDatafeed:
                await store.WriteAsync([new DeleteDatafeedConfig(message.JobId)]);
                return new Done(message.JobId);
            case StartDatafeed when row.Status.State != JobState.Opened:
                return new Refused(message.JobId, RefusalKind.Conflict, $"its job [{message.JobId}] is {row.Status.State}");
            case StartDatafeed start:
                await PutAsync(row, status => status with { Datafeed = new DatafeedStatus { DatafeedId = start.DatafeedId!, State = DatafeedState.Started, EndMs = start.EndMs } });
                return new DatafeedStartedReply(message.JobId, Node.Id);
            case StopDatafeed:
                await PutAsync(row, status => status with { Datafeed = status.Datafeed! with { State = DatafeedState.Stopped } });
                return new Done(message.JobId);
            case FlushJob:
                return new JobFlushedReply(message.JobId, 1_600_000_000);
            case GetJobStats:
                return new JobStatsReply(message.JobId, row.Status with { QuarantinedInputs = 3 }, null, 17);
            case DeleteJob:
                await store.WriteAsync([new DeleteJobRows(message.JobId)]);
                return new Done(message.JobId);
            default:
                return new Done(message.JobId);
        }
    }

    private Task PutAsync(DatafeedConfig datafeed) => store.WriteAsync([new PutDatafeedConfig(datafeed)]);

    public Task PutAsync(JobRow row, Func<JobStatus, JobStatus> change) => store.WriteAsync([new PutStatus(change(row.Status))]);

    private static DataCounts Add(DataCounts counts, RecordBatch batch) => counts with
    {
        ProcessedRecords = counts.ProcessedRecords + batch.Count,
        InputBytes = counts.InputBytes + batch.Input.InputBytes,
        InvalidDates = counts.InvalidDates + batch.Input.InvalidDates,
    };
}
