using MlActors.Quality.Nab;

namespace MlActors.Benchmarks;

/// <summary>The Numenta Anomaly Benchmark v1.1 with our own engine, or with the published detectors whose output lies beside the data.</summary>
internal static class NabBenchmark
{
    private const double FixedThreshold = 75;

    /// <summary>Options: <c>--files</c> adds a table by category and file, <c>--check</c> scores the published detectors and compares.</summary>
    public static void Run(string[] args)
    {
        var data = NabData.Find() ?? throw new DirectoryNotFoundException(NabData.Missing);
        var files = data.Files();
        if (args.Contains("--check")) Check(data, files);
        else Measure(files, args.Contains("--files"));
    }

    private static void Measure(IReadOnlyList<NabFile> files, bool byFile)
    {
        var run = NabRun.Of(files, EngineDetector.Run);
        var windows = run.Scorer.Windows;
        Text.Print($"{files.Count} files, {files.Sum(file => file.Rows)} rows, {windows} windows");
        Text.Print($"{"profile",-20} {"score",6} {"threshold",9} {"windows",8} {"false points",12} {"two-fold",8}");
        var best = run.Best(NabProfile.All);
        foreach (var (profile, tally) in NabProfile.All.Zip(best))
            Text.Print($"{profile.Name,-20} {profile.Score(tally, windows),6:F2} {tally.Threshold,9:F3} {tally.HitWindows,8} {tally.FalsePoints,12} {run.TwoFold(profile),8:F2}");

        var (events, at) = (run.EventsAt(FixedThreshold), run.At(FixedThreshold));
        Text.Print($"at {FixedThreshold}: standard {NabProfile.Standard.Score(at, windows):F2}; windows {events.HitWindows} (recall {events.Recall:F3}), false events {events.FalseEvents} (precision {events.Precision:F3}, F1 {events.F1:F3}), {events.FalseEventsPerThousandRows:F2} false events in 1000 rows");
        if (byFile) PrintFiles(run, best[0].Threshold);
    }

    private static void PrintFiles(NabRun run, double threshold)
    {
        Text.Print($"{"",-62} {"rows",7} {"windows",7} | {"best: hit",9} {"false pt",8} {"score",7} | {"at 75: hit",10} {"false ev",8} {"in 1000",7}");
        foreach (var category in run.Files.Select(file => file.Category).Distinct())
        {
            Row(category, run.Part((file, _) => file.Category == category));
            foreach (var one in run.Files.Where(file => file.Category == category)) Row("  " + one.Name[(category.Length + 1)..], run.Part((file, _) => file == one));
        }

        // The score of a part is what it adds to that of the whole, out of what it could add: negative where alerts cost more than they bring.
        void Row(string name, NabRun part)
        {
            var (tally, events) = (part.At(threshold), part.EventsAt(FixedThreshold));
            var score = part.Scorer.Windows == 0 ? "" : Text.Of($"{NabProfile.Standard.Score(tally, part.Scorer.Windows):F1}");
            Text.Print($"{name,-62} {part.Files.Sum(file => file.Rows),7} {part.Scorer.Windows,7} | {tally.HitWindows,9} {tally.FalsePoints,8} {score,7} | {events.HitWindows,10} {events.FalseEvents,8} {events.FalseEventsPerThousandRows,7:F2}");
        }
    }

    private static void Check(NabData data, IReadOnlyList<NabFile> files)
    {
        Text.Print($"{"detector",-18} {"profile",-20} {"score",6} {"published",9} {"difference",10} {"threshold",9} {"windows",8} {"false points",12}");
        foreach (var detector in data.Detectors())
        {
            var run = NabRun.Of(files, file => data.Scores(detector, file));
            foreach (var (profile, tally) in NabProfile.All.Zip(run.Best(NabProfile.All)))
            {
                var (score, published) = (profile.Score(tally, run.Scorer.Windows), data.Published(detector, profile));
                Text.Print($"{detector,-18} {profile.Name,-20} {score,6:F2} {published,9:F2} {score - published,10:F3} {tally.Threshold,9:F4} {tally.HitWindows,8} {tally.FalsePoints,12}");
            }
        }
    }
}
