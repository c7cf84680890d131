using System.Diagnostics;

namespace MlActors.Benchmarks;

/// <summary>What a piece of work in this process took.</summary>
/// <param name="Cpu">Of all threads of the process.</param>
/// <param name="Paused">Time in which the garbage collector stopped all threads.</param>
internal readonly record struct Measured(double Seconds, double Cpu, long Allocated, int Gen0, int Gen1, int Gen2, double Paused)
{
    public static async Task<Measured> RunAsync(Func<Task> work)
    {
        GC.Collect();
        var (cpu, allocated, paused) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration());
        var (gen0, gen1, gen2) = (GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2));
        var watch = Stopwatch.StartNew();
        await work();
        var seconds = watch.Elapsed.TotalSeconds;
        return new Measured(seconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, GC.GetTotalAllocatedBytes() - allocated,
            GC.CollectionCount(0) - gen0, GC.CollectionCount(1) - gen1, GC.CollectionCount(2) - gen2, (GC.GetTotalPauseDuration() - paused).TotalSeconds);
    }

    /// <summary>One line about work on a number of jobs.</summary>
    public string PerJob(int jobs) => Text.Of(
        $"{Seconds,7:F3} s {Seconds * 1000 / jobs,6:F3} ms/job, cpu {Cpu,6:F2} s {Cpu * 1000 / jobs,6:F3} ms/job, {Allocated / jobs / 1024.0,5:F1} KB/job, ")
        + Text.Of($"gc {Gen0}/{Gen1}/{Gen2} paused {Paused:F2} s");

    public static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;
}

/// <summary>Text that is the same in every culture.</summary>
internal static class Text
{
    public static string Of(FormattableString text) => FormattableString.Invariant(text);

    public static void Print(FormattableString text) => Console.WriteLine(Of(text));
}
