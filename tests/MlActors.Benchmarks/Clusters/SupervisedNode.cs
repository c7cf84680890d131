using MlActors.Benchmarks.Chaos;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Benchmarks.Clusters;

/// <summary>A node and its supervisor: when it has ended, for whatever reason, it is started again at the same addresses.</summary>
internal sealed class SupervisedNode : IAsyncDisposable
{
    private const int SIGCONT = 18;
    private const int SIGSTOP = 19;
    private static readonly TimeSpan BeforeStart = TimeSpan.FromMilliseconds(500);

    private readonly RunReport _report;
    private NodePlace _place;
    private readonly string _folder;
    private readonly string _settings;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _supervised = Task.CompletedTask;
    private volatile Task _down = Task.CompletedTask;
    private volatile ClusterNode? _running;
    private volatile bool _frozen;

    /// <param name="place">What build it names is that of the first start; after that it is this one.</param>
    /// <param name="settings">Settings besides the place.</param>
    public SupervisedNode(NodePlace place, string folder, RunReport report, string settings)
    {
        (_place, _folder, _report, _settings) = (place, Directory.CreateDirectory(folder).FullName, report, settings);
        Url = new Uri(Text.Of($"http://127.0.0.1:{MlActors.Servers.ServerProcess.FreePort()}"));
        Client = new MlClient(Url);
    }

    public Uri Url { get; }

    public MlClient Client { get; }

    /// <summary>Its id in the stats of jobs; <c>null</c> while it does not run.</summary>
    public string? Id => _running?.Id;

    /// <summary>Processor time since it was started, nothing while it does not run.</summary>
    public TimeSpan ProcessorTime => _running?.Process.ProcessorTime ?? TimeSpan.Zero;

    /// <summary>Whether it runs and is not frozen.</summary>
    public bool Works => _running is not null && !_frozen;

    /// <summary>Completes when it was a member for the first time.</summary>
    public Task StartAsync()
    {
        _supervised = SuperviseAsync();
        return _first.Task;
    }

    /// <summary>SIGTERM, and waits until it is a member again.</summary>
    public async Task RestartAsync()
    {
        var running = _running!;
        running.Process.Terminate();
        await Poll.UntilAsync(() => Task.FromResult(_running), again => again is not null && again != running);
    }

    /// <summary>SIGKILL.</summary>
    /// <param name="until">It is not started again before this completes.</param>
    public void Kill(Task until)
    {
        _down = until;
        _running!.Process.Kill();
    }

    /// <returns>Whether there was something to do it to.</returns>
    public async Task<bool> InflictAsync(Fault fault)
    {
        if (_running is not { } node || _frozen) return false;
        switch (fault.Kind)
        {
            case FaultKind.Kill:
                node.Process.Kill();
                break;
            case FaultKind.Terminate:
                node.Process.Terminate();
                break;
            default:
                _frozen = true;
                node.Process.Signal(SIGSTOP);
                await Task.Delay(fault.Length);
                node.Process.Signal(SIGCONT);
                _frozen = false;
                break;
        }
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _running?.Process.Kill();
        await _supervised;
        Client.Dispose();
        _stop.Dispose();
    }

    private async Task SuperviseAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync();
            }
            catch (ServerDiedException died)
            {
                _report.Ended("before it was a member");
                _report.Hear(Path.GetFileName(_folder), died.Message);
                // Nothing was done to it yet.
                _first.TrySetException(died);
            }
            catch (TimeoutException)
            {
                _report.Violation($"the node at {Url} was not a member in time");
            }
            await Task.WhenAny(Task.Delay(BeforeStart, _stop.Token));
            await Task.WhenAny(_down, Task.Delay(Timeout.Infinite, _stop.Token));
        }
    }

    private async Task RunOnceAsync()
    {
        var node = await ClusterNode.StartAsync(_folder, _place, _settings, Url.ToString());
        _place = _place with { Build = null };
        await using (node.Process)
        {
            node.Client.Dispose();
            _running = node;
            if (_stop.IsCancellationRequested) node.Process.Kill();
            _first.TrySetResult();
            var exit = await ExitAsync(node.Process);
            _running = null;
            if (!_stop.IsCancellationRequested) _report.Ended(Text.Of($"with {exit}"));
            _report.Hear(Path.GetFileName(_folder), node.Process.Said);
        }
    }

    private static async Task<int> ExitAsync(ServerProcess process)
    {
        while (true)
        {
            try
            {
                return await process.ExitAsync();
            }
            catch (TimeoutException)
            {
                // It lives long.
            }
        }
    }
}
