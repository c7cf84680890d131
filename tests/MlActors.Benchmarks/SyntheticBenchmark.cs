using MlActors.Quality.Synthetic;

namespace MlActors.Benchmarks;

/// <summary>Detection quality on made-up series: false alarms where nothing is wrong, recall and precision where something is.</summary>
internal static class SyntheticBenchmark
{
    /// <summary>Options: <c>--seeds n</c> (10).</summary>
    public static void Run(string[] args)
    {
        var seeds = Options.Number(args, "--seeds", 10);
        Print("noise", SyntheticKind.Noise, seeds);
        Print("patterns", SyntheticKind.Patterns, seeds);
        Print("incidents", SyntheticKind.Incidents, seeds);
    }

    private static void Print(string suite, IReadOnlyList<SyntheticKind> kinds, int seeds)
    {
        Text.Print($"{suite,-32} events in 2,000 buckets: score, alert | P(p < 0.01), P(p < 0.001) | windows found: score, alert | precision: score, alert");
        var runs = new SyntheticRun[kinds.Count];
        Parallel.For(0, kinds.Count, i => runs[i] = SyntheticRun.Of(kinds[i], seeds));
        foreach (var run in runs)
        {
            var labelled = run.Records.Windows > 0
                ? Text.Of($" | {run.Records.Recall,5:F2} {run.Alerts.Recall,5:F2} | {run.Records.Precision,5:F2} {run.Alerts.Precision,5:F2}") : "";
            Text.Print($"{run.Kind.Name,-32} {2 * run.Records.FalseEventsPerThousandRows,5:F2} {2 * run.Alerts.FalseEventsPerThousandRows,5:F2} | {run.Probabilities.Below01:F4} {run.Probabilities.Below001:F5}{labelled}");
        }
    }
}
