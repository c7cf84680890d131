using System.Runtime.CompilerServices;
using System.Text.Json;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;
using MlActors.Analysis.Results;
using MlActors.Analysis.Rules;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

/// <summary>
/// A state file of each format version ever released stays here and must stay readable. Files are written once, by
/// <see cref="Write_the_fixtures_of_this_version"/> with MLACTORS_WRITE_FIXTURES=1, when a version is new, and never again.
/// </summary>
public class StateFixtureTests
{
    private const int Split = 20;

    private static readonly AnalysisSettings Used = Of(
        300,
        Detector("count", by: "host"),
        Detector("mean", "value", partition: "shop", index: 1),
        Detector("low_sum", "value", by: "host", partition: "shop", index: 2, useNull: true),
        Detector("metric", "value", index: 3),
        Detector("median", "value", partition: "shop", index: 4),
        Detector("distinct_count", "region", by: "host", index: 5),
        Detector("info_content", "region", index: 6),
        Detector("rare", by: "region", partition: "shop", index: 7),
        Detector("rare", by: "region", over: "host", index: 8),
        Detector("freq_rare", by: "region", over: "host", index: 9),
        Detector("high_mean", "value", over: "region", index: 10) with { ExcludesFrequentOver = true },
        Detector("time_of_day", by: "host", index: 11),
        Detector("time_of_week", over: "region", index: 12),
        Detector("lat_long", "place", partition: "shop", index: 13)) with
    {
        Latency = 600, Influencers = ["host", "region"], SummaryCountField = "n",
    };

    [Theory]
    [InlineData(2)]
    public void A_state_file_of_every_version_restores_and_goes_on_to_the_same_results(int version)
    {
        var analysis = JobAnalysis.Restore(Used, File.ReadAllBytes(PathOf($"state-v{version}.bin")));
        var results = analysis.FoldAll(Inputs().Skip(Split));
        var expected = JsonDocument.Parse(File.ReadAllBytes(PathOf($"state-v{version}.expected.json"))).RootElement;
        results.Sum(bucket => bucket.Records.Count).ShouldBeGreaterThan(10);
        Compare(JsonSerializer.SerializeToElement(results), expected, "results");
    }

    [FactWhenAsked]
    public void Write_the_fixtures_of_this_version()
    {
        var analysis = JobAnalysis.Create(Used);
        analysis.FoldAll(Inputs().Take(Split));
        var version = BitConverter.ToUInt16(analysis.SaveState(), 4);
        File.WriteAllBytes(PathOf($"state-v{version}.bin"), analysis.SaveState());
        File.WriteAllBytes(PathOf($"state-v{version}.expected.json"), JsonSerializer.SerializeToUtf8Bytes(analysis.FoldAll(Inputs().Skip(Split))));
    }

    // Two and a half days, the split in the middle of a bucket with late records still to come.
    private static IEnumerable<AnalysisInput> Inputs()
    {
        var noise = new Noise(2024);
        for (var part = 0; part < 36; part++)
        {
            var rows = new List<Row>();
            for (var time = 1_700_000_000L + (part * 6000); time < 1_700_000_000L + ((part + 1) * 6000); time += 40)
            {
                var late = noise.Uniform() < 0.1 ? -500 : 0;
                var incident = part == 30 && noise.Uniform() < 0.5 ? 5 : 1;
                rows.Add(new Row(
                    time + late,
                    ("host", $"host-{(int)(4 * noise.Uniform())}"),
                    ("shop", noise.Uniform() < 0.5 ? "North" : "Süd"),
                    ("region", $"r{(int)(30 * noise.Uniform())}"),
                    ("place", FormattableString.Invariant($"{(incident > 1 ? -33 : 51) + noise.Uniform()},{noise.Gaussian()}")),
                    ("value", Synthetic.Shop(time) * incident * (1 + (0.1 * noise.Gaussian()))),
                    ("n", 1 + (int)(3 * noise.Uniform()))));
            }
            yield return BatchBuilder.Records(Used, rows);
            if (part == 10) yield return Context();
            if (part == 32) yield return new ResetBucketsInput(1_700_000_000L + (33 * 6000) - 400, 1_700_000_000L + (33 * 6000) - 100);
        }
        yield return new AdvanceTimeInput(1_700_000_000L + (37 * 6000));
    }

    // A rule that hides one series, and an event beyond the split.
    private static ContextInput Context() => new(new AnalysisContext(
        [new DetectionRule(0, true, false) { Scope = [new RuleScope(SplitField.By, "known", true)], Conditions = [new RuleCondition(AppliesTo.Actual, ConditionOperator.Gt, 20)] }],
        [new FilterItems("known", ["host-1"])],
        [new ScheduledEvent("sale", 1_700_000_000L + (31 * 6000), 1_700_000_000L + (32 * 6000))]));

    // The last digits of logarithms differ between mathematical libraries; all else is exact.
    private static void Compare(JsonElement actual, JsonElement expected, string where)
    {
        actual.ValueKind.ShouldBe(expected.ValueKind, where);
        switch (expected.ValueKind)
        {
            case JsonValueKind.Number:
                actual.GetDouble().ShouldBe(expected.GetDouble(), 1e-9 * Math.Abs(expected.GetDouble()), where);
                break;
            case JsonValueKind.Array:
                actual.GetArrayLength().ShouldBe(expected.GetArrayLength(), where);
                for (var i = 0; i < expected.GetArrayLength(); i++) Compare(actual[i], expected[i], $"{where}[{i}]");
                break;
            case JsonValueKind.Object:
                foreach (var property in expected.EnumerateObject()) Compare(actual.GetProperty(property.Name), property.Value, $"{where}.{property.Name}");
                break;
            default:
                actual.ToString().ShouldBe(expected.ToString(), where);
                break;
        }
    }

    private static string PathOf(string name, [CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Fixtures", name);

    private sealed class FactWhenAskedAttribute : FactAttribute
    {
        public FactWhenAskedAttribute()
        {
            if (Environment.GetEnvironmentVariable("MLACTORS_WRITE_FIXTURES") != "1") Skip = "Writes files; runs only with MLACTORS_WRITE_FIXTURES=1.";
        }
    }
}
