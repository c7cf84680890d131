using Microsoft.Extensions.Logging;
using MlActors.Jobs;
using MlActors.Jobs.Storage;
using MlActors.Storage.Sqlite.Writes;

namespace MlActors.Storage.Sqlite;

/// <summary>
/// The one writer: a thread that takes all write groups waiting and commits them in one transaction, in the order they were handed in.
/// While it commits, the next ones gather; so the more is asked of it, the less a commit costs each. Nothing is refused for a full queue:
/// those who write wait for their commit, which bounds the queue by their number.
/// </summary>
internal sealed class GroupWriter : IDisposable
{
    private readonly WriteSession _session;
    private readonly StorageOptions _options;
    private readonly ILogger _logger;
    private readonly string _committing;
    private readonly string _committed;
    private readonly Thread _thread;
    private readonly Queue<WriteGroup> _queue = new();
    private readonly List<WriteGroup> _batch = [];
    private int _refused;
    private Exception? _refusal;
    private bool _closing;
    private int _pending;

    /// <param name="name">Of the thread and the fault points.</param>
    public GroupWriter(WriteSession session, StorageOptions options, ILogger logger, string name = "store")
    {
        (_session, _options, _logger) = (session, options, logger);
        (_committing, _committed) = (name + ".committing", name + ".committed");
        _thread = new Thread(Work) { Name = $"mlactors-{name}-writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Groups that were handed in and are not committed.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Hands writes in; their place in the order is taken when the call returns.</summary>
    /// <returns>Completes when they are durable; fails with <see cref="StoreException"/> when none of them happened.</returns>
    public Task WriteAsync(IReadOnlyList<RowWrite> writes)
    {
        if (writes.Count == 0) return Task.CompletedTask;
        var group = new WriteGroup(writes);
        lock (_queue)
        {
            if (_closing) return Task.FromException(new StoreException("The store is closed."));
            _queue.Enqueue(group);
            _pending++;
            if (_queue.Count == 1) Monitor.Pulse(_queue);
        }
        return group.Done;
    }

    /// <summary>Commits what was handed in, then stops.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            if (_closing) return;
            _closing = true;
            Monitor.Pulse(_queue);
        }
        _thread.Join();
    }

    private void Work()
    {
        while (TakeBatch())
        {
            try
            {
                Process(_batch, 0, _batch.Count);
            }
            catch (Exception e)
            {
                // Process handles what SQLite and writes can throw. Whatever else comes, nobody may wait for ever and the writer must go on.
                Log.WriterFailed(_logger, e);
                var failure = SqliteFailure.Translate(e);
                foreach (var group in _batch)
                    if (!group.Done.IsCompleted)
                        group.Fail(failure);
            }
            // One line a batch: a full disk under load would fill the log as well.
            if (_refusal is not null) Log.WriteRefused(_logger, _refused, _batch.Count, _refusal);
            (_refused, _refusal) = (0, null);
            lock (_queue) _pending -= _batch.Count;
            _batch.Clear();
        }
    }

    private bool TakeBatch()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_closing) return false;
                Monitor.Wait(_queue);
            }
            long bytes = 0;
            while (_batch.Count < _options.MaxTransactionGroups && _queue.TryPeek(out var next))
            {
                bytes += next.Bytes;
                if (_batch.Count > 0 && bytes > _options.MaxTransactionBytes) break;
                _batch.Add(_queue.Dequeue());
            }
            return true;
        }
    }

    /// <summary>Commits groups [start, end) in as few transactions as their faults allow, each group whole or not at all.</summary>
    private void Process(List<WriteGroup> groups, int start, int end)
    {
        while (start < end)
        {
            var (stage, failedAt, failure) = Attempt(groups, start, end);
            switch (stage)
            {
                case Stage.Committed:
                    FaultPoints.Hit(_committed);
                    for (var i = start; i < end; i++) groups[i].Complete();
                    return;

                // Another process holds the lock, and held it for the whole busy time-out: no use in asking again for each group.
                case Stage.Begin:
                case var _ when end - start == 1:
                    _refused += end - start;
                    _refusal ??= failure;
                    var refusal = SqliteFailure.Translate(failure!);
                    for (var i = start; i < end; i++) groups[i].Fail(refusal);
                    return;

                // One group is wrong. Those before it belong together, then it is tried alone (what it failed on may be gone), then the rest.
                case Stage.Group when failure is not SqliteFailure { OfTheGroup: false }:
                    Process(groups, start, failedAt);
                    Process(groups, failedAt, failedAt + 1);
                    start = failedAt + 1;
                    break;

                // The medium refused, perhaps because of the amount: each group gets its own chance.
                default:
                    for (var i = start; i < end; i++) Process(groups, i, i + 1);
                    return;
            }
        }
    }

    private enum Stage { Committed, Begin, Group, Commit }

    private (Stage Stage, int FailedAt, Exception? Failure) Attempt(List<WriteGroup> groups, int start, int end)
    {
        var stage = Stage.Begin;
        var at = start;
        try
        {
            _session.Begin();
            stage = Stage.Group;
            for (; at < end; at++) groups[at].Execute(_session);
            stage = Stage.Commit;
            FaultPoints.Hit(_committing);
            _session.Commit();
            return (Stage.Committed, end, null);
        }
        catch (Exception e)
        {
            _session.Rollback();
            return (stage, at, e);
        }
    }
}
