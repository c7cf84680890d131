using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace MlActors.Servers;

/// <summary>
/// A real server for tests: a process of its own on loopback, as a user without rights (database servers refuse to be root), with its data in a folder
/// that goes when it goes. Also stopped when the tests are broken off.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly StringBuilder _output = new();
    private readonly string _user;
    private Process? _process;

    /// <param name="user">Runs as this user if we are root, who has all files then.</param>
    public ServerProcess(string name, string user)
    {
        (Name, _user) = (name, user);
        Folder = Directory.CreateTempSubdirectory($"mlactors-{name}-").FullName;
        Port = FreePort();
        AppDomain.CurrentDomain.ProcessExit += StopNow;
    }

    public string Name { get; }

    public string Folder { get; }

    public int Port { get; }

    /// <summary>The path of a program.</summary>
    /// <param name="package">The Debian package it comes in.</param>
    /// <param name="folders">Where it may be besides the usual places.</param>
    /// <exception cref="InvalidOperationException">It is not installed: the tests that need it fail.</exception>
    public static string Find(string program, string package, params IEnumerable<string> folders)
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return folders.Concat(path).Append("/usr/sbin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"these tests need the program [{program}] of the Debian package [{package}]: run test.sh as root, or apt-get install {package}");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Launch(program, arguments);
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed with {process.ExitCode}: {output}");
    }

    /// <summary>Makes a server ready, and leaves nothing behind if that fails.</summary>
    public async Task PrepareAsync(Func<Task> prepare)
    {
        try
        {
            await prepare();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server and waits until it answers.</summary>
    public async Task StartAsync(Func<Task<bool>> answers, string program, params IEnumerable<string> arguments)
    {
        _process = Launch(program, arguments);
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (var waited = Stopwatch.StartNew(); !await answers(); await Task.Delay(Look))
            if (_process.HasExited || waited.Elapsed > Patience)
                throw new InvalidOperationException($"{Name} does not answer: …{Output()[^Math.Min(Output().Length, 1000)..]}");
    }

    /// <summary>SIGKILL, for it and its children; its data stays.</summary>
    public Task KillAsync() => EndAsync(_ => Kill());

    /// <summary>Sends it a signal that ends it, and waits until it has ended; its data stays.</summary>
    public Task EndAsync(int signal) => EndAsync(process => _ = Kill(process.Id, signal));

    /// <summary>Sends a signal to it or one of its children.</summary>
    public void Signal(int process, int signal) => _ = Kill(process, signal);

    private async Task EndAsync(Action<Process> end)
    {
        if (_process is null) return;
        end(_process);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= StopNow;
        await KillAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private Process Launch(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        IEnumerable<string> command = [program, .. arguments];
        if (Environment.IsPrivilegedProcess)
        {
            using (var chown = Process.Start("chown", ["-R", _user, Folder])) chown.WaitForExit();
            // Changes the user and becomes the program, so that what we stop is the server itself.
            command = ["setpriv", $"--reuid={_user}", "--regid=nogroup", "--clear-groups", .. command];
        }
        start.FileName = command.First();
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output) _output.AppendLine(line.Data);
    }

    private string Output()
    {
        lock (_output) return _output.ToString();
    }

    private void StopNow(object? sender, EventArgs e)
    {
        Kill();
        // What runs the tests ends us before thousands of files are deleted: another process does it.
        Process.Start("rm", ["-rf", Folder]).Dispose();
    }

    private void Kill()
    {
        if (_process is { HasExited: false }) _process.Kill(entireProcessTree: true);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
