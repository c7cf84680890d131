using System.Diagnostics;

namespace MlActors.Node.Tests.Support;

/// <summary>A test that asks systemd; it is skipped, and says so, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SystemdFactAttribute : FactAttribute
{
    private const string Program = "/usr/bin/systemd-analyze";

    public SystemdFactAttribute()
    {
        if (!File.Exists(Program)) Skip = $"needs {Program}";
    }

    /// <returns>How it ended, and all that it said.</returns>
    public static async Task<(int ExitCode, string Said)> AnalyzeAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
