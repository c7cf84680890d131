using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MlActors.Node.Tests.Support;

/// <summary>The server ended although it was waited for.</summary>
public sealed class ServerDiedException(string message) : Exception(message);

/// <summary>How a command ended, and what it said.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>A real server in a process of its own, which may be killed at any moment.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>The exit code of a process that SIGKILL ended.</summary>
    public const int Killed = 128 + 9;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly ConcurrentDictionary<Process, bool> Running = new();

    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    static ServerProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var (process, _) in Running) KillIfRunning(process);
    };

    private ServerProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Exited += (_, _) =>
        {
            _listening.TrySetException(new ServerDiedException("the server ended before it listened:\n" + Said));
            _exit.TrySetResult(_process.ExitCode);
        };
        _process.Start();
        Running[_process] = true;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything it has written to its outputs.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    /// <summary>Starts a server on a free port of this machine.</summary>
    /// <param name="faults">Where it is to die or fail, as <c>MLACTORS_FAULTS</c> takes it.</param>
    /// <param name="before">A command that becomes the server when it is given the server's command.</param>
    /// <param name="environment">What it has besides ours.</param>
    /// <param name="build">The folder of the program, if it is not the one of this build.</param>
    public static ServerProcess Start(
        string data, string? faults = null, string? config = null, string urls = "http://127.0.0.1:0", string[]? before = null,
        IReadOnlyDictionary<string, string>? environment = null, string? build = null)
    {
        List<string> arguments = ["serve", "--data", data, "--urls", urls];
        if (config is not null) arguments.AddRange(["--config", config]);
        var start = StartInfo(arguments, faults, build);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        if (before is [var program, .. var rest])
        {
            var server = start.ArgumentList.Prepend(start.FileName).ToList();
            start.FileName = program;
            start.ArgumentList.Clear();
            foreach (var argument in rest.Concat(server)) start.ArgumentList.Add(argument);
        }
        return new ServerProcess(start);
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(arguments, faults: null);

    /// <param name="faults">Where it is to die or fail, as <c>MLACTORS_FAULTS</c> takes it.</param>
    /// <param name="environment">What it has besides ours.</param>
    public static async Task<CommandResult> RunAsync(IEnumerable<string> arguments, string? faults, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = StartInfo(arguments, faults);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        Running[process] = true;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(Patience);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        finally
        {
            KillIfRunning(process);
            Running.TryRemove(process, out _);
        }
    }

    /// <summary>The address of its API, once it listens.</summary>
    /// <exception cref="ServerDiedException"/>
    public Task<Uri> ListeningAsync() => _listening.Task.WaitAsync(Patience);

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code; <see cref="Killed"/> after SIGKILL.</returns>
    public Task<int> ExitAsync() => _exit.Task.WaitAsync(Patience);

    /// <summary>What it has used so far.</summary>
    public TimeSpan ProcessorTime => _process.TotalProcessorTime;

    /// <summary>SIGKILL: nothing is cleaned up.</summary>
    public void Kill() => KillIfRunning(_process);

    /// <summary>SIGTERM: it is asked to stop.</summary>
    public void Terminate() => Signal(15);

    /// <summary>Sends it a signal of the system.</summary>
    public void Signal(int signal) => Kill(_process.Id, signal).ShouldBe(0);

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _exit.Task;
        Running.TryRemove(_process, out _);
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
        var address = line.IndexOf(" listens on http", StringComparison.Ordinal);
        var end = line.IndexOf("; data in ", StringComparison.Ordinal);
        if (address > 0 && end > address) _listening.TrySetResult(new Uri(line[(address + " listens on ".Length)..end]));
    }

    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments, string? faults, string? build = null)
    {
        var program = Path.Combine(build ?? AppContext.BaseDirectory, "mlactors.dll");
        File.Exists(program).ShouldBeTrue($"there is no {program}");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        // It lives for seconds: quick to start matters more than fast in the long run.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment.Remove("MLACTORS_FAULTS");
        if (faults is not null) start.Environment["MLACTORS_FAULTS"] = faults;
        return start;
    }

    private static void KillIfRunning(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile, or was disposed of.
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
