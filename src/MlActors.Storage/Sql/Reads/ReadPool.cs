using System.Collections.Concurrent;
using System.Globalization;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sql.Reads;

/// <summary>
/// Threads that read, each on its own connection. Reads never wait for the writer nor it for them, and never take threads from the actors.
/// A read that starts after a write completed sees it.
/// </summary>
internal sealed class ReadPool : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly BlockingCollection<Action<ReadSession>> _reads = [];
    private readonly Thread[] _threads;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;

    /// <param name="patience">How long a read whose connection was lost is tried again.</param>
    public ReadPool(int readers, Func<ReadSession> open, TimeProvider time, TimeSpan patience, string name = "store")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(readers, 1);
        (_time, _patience) = (time, patience);
        _threads = new Thread[readers];
        for (var i = 0; i < readers; i++)
        {
            var session = open();
            _threads[i] = new Thread(() => Work(session)) { Name = string.Create(CultureInfo.InvariantCulture, $"mlactors-{name}-reader-{i}"), IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>A page of documents, and how many there are in all at the same moment.</summary>
    /// <param name="rows">Their table and the condition, over the arguments by position.</param>
    public Task<ResultPage> PageAsync(string rows, string order, int from, int size, params object?[] arguments)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var (count, page) = ($"SELECT count(*) {rows}", $"SELECT document {rows} ORDER BY {order} LIMIT @{arguments.Length} OFFSET @{arguments.Length + 1}");
        return RunAsync(session => session.InSnapshot(() => new ResultPage(
            session.Number(count, arguments),
            size == 0 ? [] : session.List(page, row => (ReadOnlyMemory<byte>)row.GetFieldValue<byte[]>(0), [.. arguments, size, from]))));
    }

    /// <exception cref="StoreException">The read failed, or the store is closed.</exception>
    public Task<T> RunAsync<T>(Func<ReadSession, T> read)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _reads.Add(session =>
            {
                try
                {
                    result.SetResult(Patiently(session, read));
                }
                catch (OperationCanceledException cancelled)
                {
                    result.SetCanceled(cancelled.CancellationToken);
                }
                catch (Exception e)
                {
                    result.SetException(session.Translate(e));
                }
            });
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
        {
            result.SetException(new StoreException("The store is closed.", e));
        }
        return result.Task;
    }

    /// <summary>Finishes the reads that were asked for, then closes the connections.</summary>
    public void Dispose()
    {
        _reads.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
        _reads.Dispose();
    }

    private T Patiently<T>(ReadSession session, Func<ReadSession, T> read)
    {
        var start = _time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return read(session);
            }
            // The next attempt gets a new connection; it gets one also if it took long to see that the old one is lost.
            catch (Exception e) when (session.IsLost(e) && (attempt == 0 || _time.GetElapsedTime(start) < _patience))
            {
                Thread.Sleep(Pause);
            }
        }
    }

    private void Work(ReadSession session)
    {
        using (session)
            foreach (var read in _reads.GetConsumingEnumerable())
                read(session);
    }
}
