using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MlActors.Cluster.Tests.Support;

/// <summary>
/// A network that exists only here: namespaces of the kernel, one for each machine and one with the bridge between them, where the database is. No interface of this
/// machine is in it, so nothing outside can be reached or reaches it. It goes with the namespaces.
/// </summary>
internal sealed class PrivateNetwork : IDisposable
{
    private const string Prefix = "mlactors-tests-";
    private static int _networks;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _networks)}-");
    private readonly string _hub;
    private readonly List<string> _namespaces = [];

    public PrivateNetwork(int machines)
    {
        RemoveThoseOfDeadRuns();
        _hub = Add("hub");
        try
        {
            Run("ip", "-n", _hub, "link", "add", "bridge", "type", "bridge");
            Run("ip", "-n", _hub, "addr", "add", $"{Hub}/24", "dev", "bridge");
            Run("ip", "-n", _hub, "link", "set", "bridge", "up");
            for (var i = 0; i < machines; i++) Connect(i);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the database is.</summary>
    public static IPAddress Hub { get; } = IPAddress.Parse("10.213.77.1");

    public static IPAddress AddressOf(int machine) => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.213.77.{11 + machine}"));

    /// <summary>What goes before a command that is to run on a machine.</summary>
    public string[] On(int machine) => ["ip", "netns", "exec", _namespaces[1 + machine]];

    /// <summary>A TCP socket that is in the namespace with the bridge, whoever uses it.</summary>
    public Socket SocketOnHub() => SocketIn(_hub);

    /// <summary>Calls what listens on loopback of a machine.</summary>
    public HttpMessageHandler WayTo(int machine) => new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = SocketIn(_namespaces[1 + machine]);
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>From now on nothing that an address sends arrives at a machine; nobody is told.</summary>
    public void DropIncoming(int machine, IPAddress from) => Run([.. On(machine), "iptables", "-A", "INPUT", "-s", from.ToString(), "-j", "DROP"]);

    /// <summary>From now on nothing that a machine sends to an address arrives; nobody is told.</summary>
    public void DropOutgoing(int machine, IPAddress to) => Run([.. On(machine), "iptables", "-A", "OUTPUT", "-d", to.ToString(), "-j", "DROP"]);

    public void Dispose()
    {
        foreach (var name in _namespaces) Run("ip", "netns", "del", name);
    }

    private void Connect(int machine)
    {
        var name = Add(machine.ToString(CultureInfo.InvariantCulture));
        var port = string.Create(CultureInfo.InvariantCulture, $"port{machine}");
        Run("ip", "-n", _hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name);
        Run("ip", "-n", _hub, "link", "set", port, "master", "bridge", "up");
        Run("ip", "-n", name, "addr", "add", $"{AddressOf(machine)}/24", "dev", "eth0");
        Run("ip", "-n", name, "link", "set", "eth0", "up");
        Run("ip", "-n", name, "link", "set", "lo", "up");
    }

    private string Add(string suffix)
    {
        Run("ip", "netns", "add", _name + suffix);
        _namespaces.Add(_name + suffix);
        return _name + suffix;
    }

    private static void RemoveThoseOfDeadRuns()
    {
        foreach (var name in Run("ip", "netns", "list").Split('\n').Select(line => line.Split(' ')[0]).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var run = name[Prefix.Length..].Split('-')[0];
            if (!Directory.Exists("/proc/" + run)) Run("ip", "netns", "del", name);
        }
    }

    // A thread is in one namespace, and a socket in that of the thread that made it. Ours is left again before anything else happens: threads that a thread starts inherit it.
    private static Socket SocketIn(string name)
    {
        Socket? socket = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var here = File.OpenHandle("/proc/thread-self/ns/net", share: FileShare.ReadWrite);
                using var there = File.OpenHandle("/run/netns/" + name, share: FileShare.ReadWrite);
                Enter(there);
                try
                {
                    socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                }
                finally
                {
                    Enter(here);
                }
            }
            catch (Exception cause)
            {
                failure = cause;
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new IOException($"no socket in the namespace {name}", failure);
    }

    private static void Enter(SafeHandle name)
    {
        const int CLONE_NEWNET = 0x40000000;
        if (SetNamespace((int)name.DangerousGetHandle(), CLONE_NEWNET) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static string Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"[{string.Join(' ', command)}] failed with {process.ExitCode}: {error}");
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(int file, int kind);
}

/// <summary>A test that needs networks of its own; it is skipped, and says so, where none can be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrivateNetworkTheoryAttribute : TheoryAttribute
{
    private static readonly Lazy<string?> Missing = new(() =>
    {
        try
        {
            using var network = new PrivateNetwork(1);
            // Also whether packets can be dropped.
            network.DropIncoming(0, PrivateNetwork.AddressOf(1));
            return null;
        }
        catch (Exception cause) when (cause is Win32Exception or InvalidOperationException)
        {
            return cause.Message;
        }
    });

    public PrivateNetworkTheoryAttribute()
    {
        if (Missing.Value is { } cause) Skip = "needs network namespaces, with the programs ip and iptables: run as root, in a container with CAP_NET_ADMIN and CAP_SYS_ADMIN: " + cause;
    }
}
