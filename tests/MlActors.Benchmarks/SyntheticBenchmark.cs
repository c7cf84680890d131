using MlActors.Quality.Synthetic;

namespace MlActors.Benchmarks;

/// <summary>Detection quality on made-up streams: false alarms where nothing is wrong, recall and precision where something is, against floors.</summary>
internal static class SyntheticBenchmark
{
    /// <summary>Options: <c>--seeds n</c> (10).</summary>
    public static void Run(string[] args)
    {
        var seeds = Options.Number(args, "--seeds", 10);
        foreach (var (name, kinds) in SyntheticSuites.All) Print(name, kinds, seeds);
        Text.Print($"{"forecasts of a week",-48} error in noise | in \"as a week ago\" | coverage");
        foreach (var run in ForecastKind.All.AsParallel().AsOrdered().Select(kind => ForecastRun.Of(kind, seeds)))
            Text.Print($"{run.Kind.Name,-48} {run.Error,5:F2} | {run.AgainstNaive,5:F2} | {run.Coverage:F3} {Verdict(run.Missed, run.Kind.IsWeakSpot)}");
    }

    private static string Verdict(IEnumerable<string> missed, bool isWeakSpot) => string.Join(", ", missed) switch
    {
        "" => isWeakSpot ? "weak spot" : "",
        var all => "MISSED: " + all,
    };

    private static void Print(string suite, IReadOnlyList<SyntheticKind> kinds, int seeds)
    {
        Text.Print($"{suite,-48} events in 2,000 buckets: score, alert | P(p < 0.01), P(p < 0.001) | found: score, alert | precision: score, alert | named");
        var runs = new SyntheticRun[kinds.Count];
        Parallel.For(0, kinds.Count, i => runs[i] = SyntheticRun.Of(kinds[i], seeds));
        foreach (var run in runs)
        {
            var probabilities = run.Kind.Detector.IsSplit ? $"{"-",14}" : Text.Of($"{run.Probabilities.Below01:F4} {run.Probabilities.Below001:F5}");
            var labelled = run.Records.Windows > 0
                ? Text.Of($" | {run.Records.Recall,5:F2} {run.Alerts.Recall,5:F2} | {run.Records.Precision,5:F2} {run.Alerts.Precision,5:F2}") : "";
            var named = run.Named.All > 0 ? Text.Of($" | {(double)run.Named.Right / run.Named.All:F2}") : "";
            var falseEvents = Text.Of($"{2 * run.Records.FalseEventsPerThousandRows,5:F2} {2 * run.Alerts.FalseEventsPerThousandRows,5:F2}");
            Text.Print($"{run.Kind.Name,-48} {falseEvents} | {probabilities}{labelled}{named} {Verdict(run.Missed, run.IsWeakSpot)}");
        }
    }
}
