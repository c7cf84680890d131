using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MlActors.Servers;

namespace MlActors.Cluster.Tests.Support;

/// <summary>
/// Machines that reach each other and the database, and nothing else: network namespaces that are plugged into a bridge, which is in a namespace too. So no
/// port of theirs can be reached from outside, and all is gone with the namespaces.
/// </summary>
internal sealed class Network : IAsyncDisposable
{
    private const string Mine = "mlactors-test-";
    private const string Prefix = "10.99.0.";
    private const string Bridge = Prefix + "1";

    // Nobody's: what is sent there is lost without a word.
    private const string Nowhere = "02:00:00:00:00:ff";

    private static int _networks;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{Mine}{Environment.ProcessId}-{Interlocked.Increment(ref _networks)}");
    private readonly List<Machine> _machines = [];
    private readonly string _hub;
    private readonly TcpProxy _proxy;

    /// <param name="database">A server on loopback: the machines reach it through the bridge.</param>
    public Network(PostgresProcess database)
    {
        RemoveLeftovers();
        _hub = _name + "-hub";
        Ip("netns", "add", _hub);
        Ip("-n", _hub, "link", "add", "bridge", "type", "bridge");
        Ip("-n", _hub, "addr", "add", Bridge + "/24", "dev", "bridge");
        Ip("-n", _hub, "link", "set", "bridge", "up");
        _proxy = new TcpProxy(Machine.Inside(_hub, Listen), database.Port);
        Database = database.ConnectionString.Replace($"Host=127.0.0.1;Port={database.Port}", $"Host={Bridge};Port={_proxy.Port}", StringComparison.Ordinal);
    }

    /// <summary>The connection string of the database for the machines.</summary>
    public string Database { get; }

    /// <summary>Adds a machine to the network.</summary>
    public Machine Add()
    {
        var number = _machines.Count + 10;
        var machine = new Machine(string.Create(CultureInfo.InvariantCulture, $"{_name}-{number}"), string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}"));
        _machines.Add(machine);
        var port = string.Create(CultureInfo.InvariantCulture, $"port{number}");
        Ip("netns", "add", machine.Namespace);
        Ip("-n", _hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", machine.Namespace);
        Ip("-n", _hub, "link", "set", port, "master", "bridge", "up");
        Ip("-n", machine.Namespace, "addr", "add", machine.Address + "/24", "dev", "eth0");
        Ip("-n", machine.Namespace, "link", "set", "eth0", "up");
        Ip("-n", machine.Namespace, "link", "set", "lo", "up");
        return machine;
    }

    /// <summary>Pulls the plug of a machine.</summary>
    public void Isolate(Machine machine) => Ip("-n", _hub, "link", "set", string.Create(CultureInfo.InvariantCulture, $"port{_machines.IndexOf(machine) + 10}"), "down");

    /// <summary>Loses what the first sends to the second from now on.</summary>
    public static void CutOneWay(Machine from, Machine to) => Lose(from.Namespace, "eth0", to.Address);

    public static void Cut(Machine one, Machine other)
    {
        CutOneWay(one, other);
        CutOneWay(other, one);
    }

    /// <summary>Loses what a machine and the database send each other from now on.</summary>
    public void CutFromDatabase(Machine machine)
    {
        Lose(machine.Namespace, "eth0", Bridge);
        Lose(_hub, "bridge", machine.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        foreach (var name in _machines.Select(machine => machine.Namespace).Append(_hub)) Ip("netns", "delete", name);
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse(Bridge), 0));
        listener.Listen();
        return listener;
    }

    private static void Lose(string where, string device, string to) => Ip("-n", where, "neigh", "replace", to, "lladdr", Nowhere, "dev", device, "nud", "permanent");

    // Of tests that were killed. Their servers, if they still run, are known by the namespaces that they are in.
    private static void RemoveLeftovers()
    {
        foreach (var name in Ip("netns", "list").Split('\n').Select(line => line.Split(' ')[0]).Where(name => name.StartsWith(Mine, StringComparison.Ordinal)))
        {
            var owner = int.Parse(name[Mine.Length..].Split('-')[0], CultureInfo.InvariantCulture);
            if (Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{owner}"))) continue;
            foreach (var process in Ip("netns", "pids", name).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var left = Process.GetProcessById(int.Parse(process, CultureInfo.InvariantCulture));
                left.Kill();
            }
            Ip("netns", "delete", name);
        }
    }

    internal static string Ip(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return process.ExitCode == 0 ? said.Result : throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error.Result}");
    }
}

/// <summary>A machine of a <see cref="Network"/>.</summary>
internal sealed record Machine(string Namespace, string Address)
{
    private const int OfNetwork = 0x40000000;

    /// <summary>What runs a command on it.</summary>
    public string[] Before => ["ip", "netns", "exec", Namespace];

    /// <summary>The way of a client that is on this machine, so that a server need only listen on loopback.</summary>
    public SocketsHttpHandler Way() => new()
    {
        ConnectCallback = (context, cancellation) => new ValueTask<Stream>(Task.Run(async () =>
        {
            var socket = Inside(Namespace, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return (Stream)new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }, cancellation)),
    };

    /// <summary>Does something inside a namespace; a socket stays in the one that it is made in.</summary>
    public static T Inside<T>(string space, Func<T> work)
    {
        var done = new TaskCompletionSource<T>();
        // A thread that goes there ends there.
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle("/run/netns/" + space);
                if (SetNamespace((int)handle.DangerousGetHandle(), OfNetwork) != 0) throw new InvalidOperationException($"no way into the namespace {space}");
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        thread.Start();
        thread.Join();
        return done.Task.GetAwaiter().GetResult();
    }

    [DllImport("libc", EntryPoint = "setns")]
    private static extern int SetNamespace(int space, int kind);
}

/// <summary>A test that needs networks of its own; it is skipped, and says so, where none can be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Why = new(() =>
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"mlactors-test-{Environment.ProcessId}-try");
        try
        {
            Network.Ip("netns", "add", name);
            Network.Ip("netns", "delete", name);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return e.Message;
        }
    });

    public NetworkFactAttribute()
    {
        if (Why.Value is { } why) Skip = $"needs network namespaces: run as root, in a container with CAP_SYS_ADMIN, with the package iproute2 ({why.Trim()})";
    }
}
