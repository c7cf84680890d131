using MlActors.Analysis.Input;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class MemoryEstimateTests
{
    private const long Span = 3600;

    public static TheoryData<string> Jobs => [.. Kinds.Keys];

    private static readonly Dictionary<string, AnalysisSettings> Kinds = new()
    {
        ["mean by host"] = Of(Span, Detector("mean", "value", by: "host")),
        ["count partitioned, by host"] = Of(Span, Detector("count", by: "host", partition: "region")),
        ["mean by host, correlated"] = Of(Span, Detector("mean", "value", by: "host") with { CorrelatesBy = true }),
        ["metric"] = Of(Span, Detector("metric", "value", partition: "host")),
        ["distinct count with influencers"] = Of(Span, Detector("distinct_count", "user", partition: "host")).WithInfluencers("user", "host"),
        ["population"] = Of(Span, Detector("high_sum", "value", over: "user")),
        ["population by region, frequent ones excluded"] = Of(Span, Detector("mean", "value", by: "region", over: "user") with { ExcludesFrequentOver = true }),
        ["rare"] = Of(Span, Detector("rare", by: "user", partition: "region")),
        ["rare over"] = Of(Span, Detector("rare", by: "host", over: "user")),
        ["freq_rare over"] = Of(Span, Detector("freq_rare", by: "host", over: "user")),
        ["two detectors, late data"] = Of(Span, Detector("count", by: "host"), Detector("max", "value", partition: "region", index: 1)) with { Latency = 4 * Span },
    };

    [Theory]
    [MemberData(nameof(Jobs))]
    public void The_estimate_is_within_30_percent_of_what_is_counted(string kind)
    {
        var settings = Kinds[kind];
        var (hosts, regions, users) = (30, 10, 400);
        var analysis = JobAnalysis.Create(settings);
        var noise = new Noise(1);
        // Every host in every region, every user on every host in some hour; long enough for weekly profiles.
        for (var hour = 0; hour < 24 * 23; hour++)
        {
            var rows = Enumerable.Range(0, users).Select(i => new Row(hour * Span, ("value", noise.Gaussian()), ("host", $"host-name-{(i + hour) % hosts}"),
                ("region", $"region-{((i / hosts) + hour) % regions:d3}"), ("user", $"user-{i:d5}")));
            analysis.FoldAll([BatchBuilder.Records(settings, [.. rows])]);
        }
        var estimate = MemoryEstimate.Of(settings, Cardinality, Cardinality);
        ((double)estimate / analysis.SizeStats.PeakModelBytes).ShouldBeInRange(0.7, 1.3, $"estimate {estimate}, peak {analysis.SizeStats.PeakModelBytes}");

        long Cardinality(string field) => field switch { "host" => hosts, "region" => regions, _ => users };
    }

    [Fact]
    public void A_job_with_the_limit_for_its_size_is_not_short_of_memory()
    {
        var limit = MemoryEstimate.LimitFor(1_000_000);
        (1_000_000 <= limit / 10 * 8).ShouldBeTrue();
        limit.ShouldBeLessThan(1_300_000);
    }
}
