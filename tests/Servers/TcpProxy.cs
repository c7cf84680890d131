using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace MlActors.Servers;

/// <summary>Stands between clients and a server on loopback, and is as slow as a test wants it.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private static readonly TaskCompletionSource Open = Opened();

    private readonly Socket _listener;
    private readonly int _target;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _gate = Open;
    private long _delay;

    private TcpProxy(Socket listener, int target)
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

    public static TcpProxy OnLoopback(int target) => On(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), IPAddress.Loopback, target);

    /// <summary>Listens with a socket on a free port of an address.</summary>
    public static TcpProxy On(Socket listener, IPAddress address, int target)
    {
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        return new TcpProxy(listener, target);
    }

    /// <summary>For a while nothing arrives, on either side, and nothing is lost: connections stay, new ones are accepted and silent. Then all that was held back arrives.</summary>
    public async Task StallAsync(TimeSpan time)
    {
        _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Task.Delay(time);
        GoOn();
    }

    private void GoOn() => Interlocked.Exchange(ref _gate, Open).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        GoOn();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
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
        using (client)
        using (var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                client.NoDelay = server.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _target, end);
                await Task.WhenAll(PumpAsync(client, server, answers: false, end), PumpAsync(server, client, answers: true, end));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // One side is gone; so is the other, now.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool answers, CancellationToken end)
    {
        var chunks = Channel.CreateBounded<(byte[] Bytes, long Arrived)>(64);
        await Task.WhenAll(ReadAsync(), WriteAsync());

        async Task ReadAsync()
        {
            var buffer = new byte[64 << 10];
            try
            {
                while (await from.ReceiveAsync(buffer, end) is > 0 and var count) await chunks.Writer.WriteAsync((buffer[..count], TimeProvider.System.GetTimestamp()), end);
            }
            finally
            {
                chunks.Writer.Complete();
            }
        }

        async Task WriteAsync()
        {
            await foreach (var (bytes, arrived) in chunks.Reader.ReadAllAsync(end))
            {
                var left = answers ? Delay - TimeProvider.System.GetElapsedTime(arrived) : TimeSpan.Zero;
                if (left > TimeSpan.Zero) await Task.Delay(left, end);
                await _gate.Task;
                await to.SendAsync(bytes, end);
            }
            to.Shutdown(SocketShutdown.Send);
        }
    }
}
