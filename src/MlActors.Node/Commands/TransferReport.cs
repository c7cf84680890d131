using System.Globalization;
using MlActors.Storage.Transfer;

namespace MlActors.Node.Commands;

/// <summary>Tells on standard error how far a long work is, if it takes long.</summary>
internal sealed class TransferReport(string done)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private TimeSpan _next = Every;

    public void Show(TransferProgress progress) => Show(string.Create(CultureInfo.InvariantCulture,
        $"{progress.Table}: {done} {progress.Rows} rows, {progress.Bytes >> 20} MiB before compression"));

    public void Show(string state)
    {
        var elapsed = TimeProvider.System.GetElapsedTime(_start);
        if (elapsed < _next) return;
        _next = elapsed + Every;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0} s  {state}"));
    }

    /// <param name="output">Standard error where standard output is the export itself.</param>
    public void End(TextWriter output, string result) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result}, in {TimeProvider.System.GetElapsedTime(_start).TotalSeconds:0.0} s"));
}
