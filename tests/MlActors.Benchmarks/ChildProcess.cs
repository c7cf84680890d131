using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MlActors.Benchmarks;

/// <summary>A server in a process of its own, that its memory and CPU time are its own.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;

    private ChildProcess(Process process, string url, TimeSpan started) => (_process, Url, StartedIn) = (process, url, started);

    public string Url { get; }

    /// <summary>From the start of the process until it answered its first request.</summary>
    public TimeSpan StartedIn { get; }

    public double CpuSeconds => _process.TotalProcessorTime.TotalSeconds;

    /// <summary>Memory of the process in MB: now, and the most it ever was.</summary>
    public (double Now, double Peak) ResidentMb()
    {
        var lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status"));
        return (Kilobytes("VmRSS:") / 1024, Kilobytes("VmHWM:") / 1024);

        double Kilobytes(string name) =>
            double.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    /// <summary>The real server: <c>mlactors serve</c>.</summary>
    /// <param name="config">A file of settings, if it is to have any.</param>
    public static Task<ChildProcess> ServeAsync(string data, string? config = null) =>
        StartAsync("mlactors.dll", url => ["serve", "--data", data, "--urls", url, .. config is null ? (string[])[] : ["--config", config]]);

    /// <summary>The floor of taking records: <see cref="DiscardServer"/>.</summary>
    public static Task<ChildProcess> DiscardAsync() => StartAsync("benchmarks.dll", url => [DiscardServer.Name, url]);

    private static async Task<ChildProcess> StartAsync(string assembly, Func<string, string[]> arguments)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}");
        var watch = Stopwatch.StartNew();
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments(url)])
        { UseShellExecute = false, RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        using var client = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(url);
                if (answer.IsSuccessStatusCode) return new ChildProcess(process, url, watch.Elapsed);
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // It does not listen yet.
            }
            await Task.Delay(Look);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
