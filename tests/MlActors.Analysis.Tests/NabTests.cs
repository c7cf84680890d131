using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MlActors.Analysis.Tests.Support;
using Xunit.Abstractions;

namespace MlActors.Analysis.Tests;

/// <summary>Real, labelled data: the Numenta Anomaly Benchmark, which is not part of the repository.</summary>
public class NabTests(ITestOutputHelper output)
{
    private const string DataVariable = "MLACTORS_NAB_DATA";

    [NabFact]
    public void Finds_anomalies_in_at_least_three_of_the_five_labelled_windows_of_nyc_taxi()
    {
        var (hit, windows, falseAlarms, buckets) = Run("realKnownCause/nyc_taxi.csv", 1800, 75);
        output.WriteLine($"windows hit {hit}/{windows}, false alarms {falseAlarms} in {buckets} buckets");
        windows.ShouldBe(5);
        hit.ShouldBeGreaterThanOrEqualTo(3);
        (falseAlarms * 1000.0 / buckets).ShouldBeLessThan(5);
    }

    [NabFact]
    public void Keeps_the_recorded_floor_over_the_whole_benchmark()
    {
        var labels = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(NabFactAttribute.Find()!, "labels", "combined_windows.json"))).RootElement;
        var (hits, all, alarms, total) = (0, 0, 0, 0);
        foreach (var file in labels.EnumerateObject())
        {
            var span = file.Name.Contains("nyc_taxi") ? 1800 : file.Name.Contains("AdExchange") || file.Name.Contains("ambient") ? 3600 : 300;
            var (hit, windows, falseAlarms, buckets) = Run(file.Name, span, 75, quiet: true);
            (hits, all, alarms, total) = (hits + hit, all + windows, alarms + falseAlarms, total + buckets);
        }
        output.WriteLine($"{hits} of {all} windows; {alarms} critical buckets outside of them, {alarms * 1000.0 / total:f2} in a thousand");
        hits.ShouldBeGreaterThanOrEqualTo(74);
        (alarms * 1000.0 / total).ShouldBeLessThan(1.8);
    }

    private (int Hit, int Windows, int FalseAlarms, int Buckets) Run(string file, long span, double threshold, bool quiet = false)
    {
        var directory = NabFactAttribute.Find()!;
        var points = File.ReadLines(Path.Combine(directory, "data", file)).Skip(1).Select(line => line.Split(','))
            .Select(parts => (Time: Parse(parts[0]), Value: double.Parse(parts[1], CultureInfo.InvariantCulture))).ToArray();
        var labels = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "labels", "combined_windows.json"))).RootElement.GetProperty(file);
        var windows = labels.EnumerateArray().Select(w => (From: Parse(w[0].GetString()!), To: Parse(w[1].GetString()!))).ToArray();
        var settings = Settings.Of(span, Settings.Detector("mean", "value"));
        var results = JobAnalysis.Create(settings).FoldAll(Synthetic.Inputs(settings, points));
        var alarms = results.Where(r => r.AnomalyScore >= threshold).ToArray();
        foreach (var r in quiet ? [] : results.Where(r => r.AnomalyScore >= threshold / 3))
        {
            var inside = windows.Any(w => r.Timestamp >= w.From && r.Timestamp <= w.To);
            output.WriteLine($"{DateTimeOffset.FromUnixTimeSeconds(r.Timestamp):u} {r.AnomalyScore,6:f1} {r.Records[0].Actual[0],10:f1} typical {r.Records[0].Typical[0],10:f1} {(inside ? "*" : "")} [{r.Records[0].Explanation!.LowerConfidenceBound:f0},{r.Records[0].Explanation!.UpperConfidenceBound:f0}] p {r.Records[0].Probability:e1}");
        }
        return (windows.Count(w => alarms.Any(r => r.Timestamp >= w.From && r.Timestamp <= w.To)), windows.Length,
            alarms.Count(r => !windows.Any(w => r.Timestamp >= w.From && r.Timestamp <= w.To)), results.Count);
    }

    private static long Parse(string time) =>
        new DateTimeOffset(DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)).ToUnixTimeSeconds();

    /// <summary>A fact that needs the benchmark's files; without them it is reported as skipped, under its name and with the way to get them.</summary>
    private sealed class NabFactAttribute : FactAttribute
    {
        public NabFactAttribute()
        {
            if (Find() is null) Skip = $"SKIPPED, NOT PASSED: the Numenta Anomaly Benchmark is not there. Put it at ../shared/data/nab beside the repository or set {DataVariable}.";
        }

        public static string? Find([CallerFilePath] string source = "")
        {
            if (Environment.GetEnvironmentVariable(DataVariable) is { Length: > 0 } named) return Directory.Exists(Path.Combine(named, "labels")) ? named : null;
            for (var at = Path.GetDirectoryName(source); at is not null; at = Path.GetDirectoryName(at))
            {
                if (!File.Exists(Path.Combine(at, "MlActors.sln"))) continue;
                for (var up = Path.GetDirectoryName(at); up is not null; up = Path.GetDirectoryName(up))
                {
                    var beside = Path.Combine(up, "shared", "data", "nab");
                    if (Directory.Exists(Path.Combine(beside, "labels"))) return beside;
                }
            }
            return null;
        }
    }
}
