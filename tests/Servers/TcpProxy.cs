using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace MlActors.Servers;

/// <summary>Stands between clients and a server on loopback, and is as slow or as silent as a test wants it.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly int _target;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private long _delay;
    private volatile bool _swallows;
    private int _stalls;

    /// <param name="listener">Listens already; disposed with the proxy.</param>
    /// <param name="target">The port of the server.</param>
    public TcpProxy(Socket listener, int target)
    {
        (_listener, _target) = (listener, target);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>How much later an answer of the server arrives.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _delay));
        set => Interlocked.Exchange(ref _delay, value.Ticks);
    }

    /// <summary>
    /// Bytes are taken and never arrive. A connection that was there before, or was used meanwhile, stays silent and open also later: as when something on the
    /// way has forgotten it.
    /// </summary>
    public bool Swallows
    {
        get => _swallows;
        set
        {
            if (value) Interlocked.Increment(ref _stalls);
            _swallows = value;
        }
    }

    public static TcpProxy OnLoopback(int target)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return new TcpProxy(listener, target);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync(_end.Token), _end.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy ends.
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken end)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            await EndingBothAsync(async () =>
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _target, end);
                var (asked, answered) = (Channel.CreateBounded<Chunk>(64), Channel.CreateBounded<Chunk>(64));
                await Task.WhenAll(((Func<Task>[])
                [
                    () => ReadAsync(client, asked.Writer, end), () => WriteAsync(asked.Reader, server, delayed: false, end),
                    () => ReadAsync(server, answered.Writer, end), () => WriteAsync(answered.Reader, client, delayed: true, end),
                ]).Select(EndingBothAsync));
            });
        }

        // Where one side fails, the other learns it.
        async Task EndingBothAsync(Func<Task> work)
        {
            try
            {
                await work();
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or ChannelClosedException)
            {
                client.Dispose();
                server.Dispose();
            }
        }
    }

    private static async Task ReadAsync(Socket from, ChannelWriter<Chunk> chunks, CancellationToken end)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer, end) is > 0 and var count) await chunks.WriteAsync(new Chunk(buffer[..count], TimeProvider.System.GetTimestamp()), end);
        }
        finally
        {
            chunks.Complete();
        }
    }

    private async Task WriteAsync(ChannelReader<Chunk> chunks, Socket to, bool delayed, CancellationToken end)
    {
        var (stalls, forgotten) = (Volatile.Read(ref _stalls), false);
        await foreach (var chunk in chunks.ReadAllAsync(end))
        {
            forgotten |= _swallows || Volatile.Read(ref _stalls) != stalls;
            if (forgotten) continue;
            var left = delayed ? Delay - TimeProvider.System.GetElapsedTime(chunk.Arrived) : TimeSpan.Zero;
            if (left > TimeSpan.Zero) await Task.Delay(left, end);
            await to.SendAsync(chunk.Bytes, end);
        }
        to.Shutdown(SocketShutdown.Send);
    }

    /// <param name="Arrived">The time stamp at which the proxy had it.</param>
    private sealed record Chunk(byte[] Bytes, long Arrived);
}
