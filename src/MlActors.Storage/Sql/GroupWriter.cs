using System.Globalization;
using Microsoft.Extensions.Logging;
using MlActors.Jobs;
using MlActors.Jobs.Storage;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

/// <summary>
/// A writer: a thread that takes all write groups waiting and commits them in one transaction, in the order they were handed in.
/// While it commits, the next ones gather; so the more is asked of it, the less a commit costs each. Nothing is refused for a full queue:
/// those who write wait for their commit, which bounds the queue by their number.
/// </summary>
internal sealed class GroupWriter : IDisposable
{
    private const int MostLocked = 1;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly WriteSession _session;
    private readonly WriterLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _committing;
    private readonly string _committed;
    private readonly Thread _thread;
    private readonly Queue<WriteGroup> _queue = new();
    private readonly List<WriteGroup> _batch = [];
    private int _locked;
    private int _refused;
    private Exception? _refusal;
    private bool _closing;
    private int _pending;

    /// <param name="session">Disposed with the writer.</param>
    /// <param name="name">Of the fault points and, with its number, of the thread.</param>
    public GroupWriter(WriteSession session, WriterLimits limits, TimeProvider time, ILogger logger, string name = "store", int number = 0)
    {
        (_session, _limits, _time, _logger) = (session, limits, time, logger);
        (_committing, _committed) = (name + ".committing", name + ".committed");
        _thread = new Thread(Work) { Name = string.Create(CultureInfo.InvariantCulture, $"mlactors-{name}-writer-{number}"), IsBackground = true };
        _thread.Start();
    }

    /// <summary>Groups that were handed in and are not committed.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Hands writes in; their place in the order is taken when the call returns.</summary>
    /// <returns>Completes when they are durable; fails with <see cref="StoreException"/> when none of them happened.</returns>
    /// <param name="owner">See <see cref="WriteGroup"/>.</param>
    public Task WriteAsync(IReadOnlyList<RowWrite> writes, string? owner)
    {
        if (writes.Count == 0) return Task.CompletedTask;
        var group = new WriteGroup(writes, owner);
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
        _session.Dispose();
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
                // Process handles what the database and writes can throw. Whatever else comes, nobody may wait for ever and the writer must go on.
                Log.WriterFailed(_logger, e);
                var failure = _session.Translate(e);
                foreach (var group in _batch)
                    if (!group.Done.IsCompleted)
                        group.Fail(failure);
            }
            // One line a batch: a full disk under load would fill the log as well.
            if (_refusal is not null) Log.WriteRefused(_logger, _refused, _batch.Count, _refusal);
            (_locked, _refused, _refusal) = (0, 0, null);
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
            while (_batch.Count < _limits.MaxGroups && _queue.TryPeek(out var next))
            {
                bytes += next.Bytes;
                if (_batch.Count > 0 && bytes > _limits.MaxBytes) break;
                _batch.Add(_queue.Dequeue());
            }
            return true;
        }
    }

    /// <summary>Commits groups [start, end) in as few transactions as their faults allow, each group whole or not at all.</summary>
    private void Process(List<WriteGroup> groups, int start, int end)
    {
        long? impatient = null;
        while (start < end)
        {
            var (verdict, failedAt, failure) = Attempt(groups, start, end);
            if (verdict == Verdict.Passing)
            {
                impatient ??= _time.GetTimestamp();
                if (_time.GetElapsedTime(impatient.Value) < _limits.Patience)
                {
                    Thread.Sleep(Pause);
                    continue;
                }
                verdict = Verdict.OfTheStore;
            }
            // Each has cost the whole patience with locks: those behind them must not wait for many.
            if (verdict == Verdict.Locked && ++_locked > MostLocked) verdict = Verdict.OfTheStore;
            switch (verdict)
            {
                case Verdict.Committed:
                    FaultPoints.Hit(_committed);
                    for (var i = start; i < end; i++) groups[i].Complete();
                    return;

                case Verdict.OfTheStore:
                case var _ when end - start == 1:
                    Refuse(groups, start, end, failure!);
                    return;

                case Verdict.Locked:
                    Refuse(groups, failedAt, failedAt + 1, failure!);
                    Process(groups, start, failedAt);
                    start = failedAt + 1;
                    break;

                // Those before the bad one belong together, then it is tried alone (what it failed on may be gone), then the rest.
                case Verdict.OfTheGroup:
                    Process(groups, start, failedAt);
                    Process(groups, failedAt, failedAt + 1);
                    start = failedAt + 1;
                    break;

                default:
                    for (var i = start; i < end; i++) Process(groups, i, i + 1);
                    return;
            }
        }
    }

    private void Refuse(List<WriteGroup> groups, int start, int end, Exception failure)
    {
        _refused += end - start;
        _refusal ??= failure;
        var refusal = _session.Translate(failure);
        for (var i = start; i < end; i++) groups[i].Fail(refusal);
    }

    private (Verdict Verdict, int FailedAt, Exception? Failure) Attempt(List<WriteGroup> groups, int start, int end)
    {
        var stage = WriteStage.Begin;
        var at = start;
        try
        {
            _session.Begin();
            stage = WriteStage.Group;
            for (; at < end; at++)
            {
                _session.Enter(at, groups[at]);
                groups[at].Execute(_session);
            }
            _session.Flush();
            stage = WriteStage.Commit;
            FaultPoints.Hit(_committing);
            _session.Commit();
            return (Verdict.Committed, end, null);
        }
        catch (Exception e)
        {
            if (e is GroupFailure later) (at, e) = (Math.Max(start, later.Number), later.InnerException!);
            _session.Rollback();
            var verdict = _session.Judge(e, stage);
            // Whose it is, is not known.
            if (at == end && verdict is (Verdict.OfTheGroup or Verdict.Locked)) verdict = Verdict.OfTheTransaction;
            return (verdict, at, e);
        }
    }
}
