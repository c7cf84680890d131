using CsCheck;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;
using MlActors.Analysis.Rules;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests.Support;

/// <summary>What happens to a job, at the level of rows, so that it can be cut into inputs in any way.</summary>
public abstract record Step;

public sealed record Rows(IReadOnlyList<Row> Values) : Step;

public sealed record Other(AnalysisInput Input) : Step;

/// <summary>Settings and inputs drawn at random: several detectors, late and missing data, gaps, moves of time, resets, changes of the context.</summary>
public sealed record Scenario(AnalysisSettings Settings, IReadOnlyList<Step> Steps)
{
    private const long Span = 60;

    public IEnumerable<AnalysisInput> Inputs => Steps.Select(step => step is Rows rows ? BatchBuilder.Records(Settings, rows.Values) : ((Other)step).Input);

    /// <summary>The same with rows cut into batches of at most <paramref name="size"/>, after joining neighbours.</summary>
    public IEnumerable<AnalysisInput> CutInto(int size)
    {
        var joined = new List<Row>();
        foreach (var step in Steps)
        {
            if (step is Rows rows)
            {
                joined.AddRange(rows.Values);
                continue;
            }
            foreach (var chunk in joined.Chunk(size)) yield return BatchBuilder.Records(Settings, chunk);
            joined.Clear();
            yield return ((Other)step).Input;
        }
        foreach (var chunk in joined.Chunk(size)) yield return BatchBuilder.Records(Settings, chunk);
    }

    public static Gen<Scenario> Gen { get; } = Any(discards: true);

    /// <summary>Without skips and resets, so that no accepted record is thrown away.</summary>
    public static Gen<Scenario> Keeping { get; } = Any(discards: false);

    public override string ToString() => $"{Settings.Detectors.Length} detectors, latency {Settings.Latency}, {Steps.Count} steps";

    private static Gen<Scenario> Any(bool discards) =>
        from settings in SettingsGen
        from steps in StepGen(discards).Array[5, 40]
        select new Scenario(settings, [.. steps.Select((step, i) => step(i * 150L))]);

    private static Gen<AnalysisSettings> SettingsGen =>
        from latency in OneOf(0L, 90, 180)
        from useNull in CsCheck.Gen.Bool
        from summary in OneOf(null, "n")
        from memory in OneOf(1L << 30, 12_000)
        from window in OneOf(1L << 30, 1200)
        from texts in OneOf(null, Texts, TextsOfShops)
        select WithTexts(Build(latency, useNull, summary, memory, window), texts, useNull);

    private static Gen<T> OneOf<T>(params T[] values) => CsCheck.Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static AnalysisSettings Build(long latency, bool useNull, string? summary, long memory, long window) => Of(
        Span,
        Detector("count", by: "host", index: 0, useNull: useNull) with { CorrelatesBy = true },
        Detector("mean", "value", partition: "shop", index: 1),
        Detector("sum", "value", by: "host", partition: "shop", index: 2, useNull: useNull),
        Detector("high_mean", "value", index: 3),
        Detector("max", "other", index: 4),
        Detector("distinct_count", "region", by: "host", index: 5),
        Detector("varp", "value", partition: "shop", index: 6),
        Detector("low_non_zero_count", index: 7),
        Detector("rare", by: "region", partition: "shop", index: 8),
        Detector("count", by: "region", over: "host", index: 9) with { ExcludesFrequentBy = true, ExcludesFrequentOver = true },
        Detector("high_mean", "value", over: "host", partition: "shop", index: 10, useNull: useNull),
        Detector("rare", by: "region", over: "host", index: 11),
        Detector("freq_rare", by: "region", over: "host", partition: "shop", index: 12),
        Detector("median", "value", by: "host", index: 13) with { CorrelatesBy = true },
        Detector("high_info_content", "region", partition: "shop", index: 14),
        Detector("metric", "other", by: "host", index: 15),
        Detector("time_of_day", by: "host", index: 16, useNull: useNull),
        Detector("time_of_week", over: "host", partition: "shop", index: 17),
        Detector("lat_long", "place", partition: "shop", index: 18),
        Detector("lat_long", "place", by: "region", over: "host", index: 19)) with
    {
        Latency = latency, Influencers = ["host", "region"], SummaryCountField = summary, ModelMemoryLimit = memory, ModelPruneWindow = window,
    };

    private static readonly CategorizationSettings Texts = new() { FieldName = "message" };
    private static readonly CategorizationSettings TextsOfShops = Texts with { PartitionFieldName = "shop" };

    // Small limits are raised by what the categorization takes before it has seen a text.
    private static AnalysisSettings WithTexts(AnalysisSettings settings, CategorizationSettings? texts, bool useNull) => texts is null ? settings : settings with
    {
        Categorization = texts,
        Influencers = ["host", "region", "mlcategory"],
        ModelMemoryLimit = settings.ModelMemoryLimit + 80_000,
        Detectors =
        [
            .. settings.Detectors,
            Detector("count", by: "mlcategory", partition: "shop", index: 20, useNull: useNull),
            Detector("distinct_count", "mlcategory", partition: "shop", index: 21),
            Detector("rare", by: "mlcategory", partition: "shop", index: 22),
        ],
    };

    private static Gen<Func<long, Step>> StepGen(bool discards)
    {
        var rows = RowGen.Array[0, 30].Select(all => (Func<long, Step>)(at => new Rows([.. all.Select(row => row with { Time = row.Time + at })])));
        var advance = CsCheck.Gen.Long[-100, 400].Select(to => (Func<long, Step>)(at => new Other(new AdvanceTimeInput(at + to))));
        var skip = CsCheck.Gen.Long[-100, 200].Select(to => (Func<long, Step>)(at => new Other(new SkipTimeInput(at + to))));
        var reset = CsCheck.Gen.Long[-300, 200].SelectMany(from => CsCheck.Gen.Long[0, 200].Select(length =>
            (Func<long, Step>)(at => new Other(new ResetBucketsInput(at + from, at + from + length)))));
        var context = ContextGen.Select(make => (Func<long, Step>)(at => new Other(new ContextInput(make(at)))));
        return discards ? CsCheck.Gen.Frequency((10, rows), (1, advance), (1, skip), (1, reset), (2, context)) : CsCheck.Gen.Frequency((10, rows), (1, advance), (1, context));
    }

    // Events near the time at which they come, rules for any detector by any of its fields, texts read in other ways.
    private static Gen<Func<long, AnalysisContext>> ContextGen =>
        from events in EventGen.Array[0, 3]
        from rules in RuleGen.Array[0, 3]
        from hosts in CsCheck.Gen.Int[0, 6].Array[0, 3]
        from cut in OneOf("", "[a-f]x", "session|customer")
        from stop in CsCheck.Gen.Bool
        select (Func<long, AnalysisContext>)(at => new AnalysisContext(
            rules,
            [new FilterItems("hosts", [.. hosts.Select(host => $"host-{host}")]), new FilterItems("shops", ["*-2", "shop-3*"]), new FilterItems("regions", ["*1*"])],
            events.Select(scheduled => scheduled with { Start = at + scheduled.Start, End = at + scheduled.End }),
            new TextRules(cut.Length == 0 ? [] : [cut], stop)));

    private static Gen<ScheduledEvent> EventGen =>
        from start in CsCheck.Gen.Long[-300, 600]
        from length in CsCheck.Gen.Long[1, 500]
        from skipResult in CsCheck.Gen.Bool
        from skipModelUpdate in CsCheck.Gen.Bool
        select new ScheduledEvent($"event of {length} s", start, start + length, skipResult, skipModelUpdate);

    private static Gen<DetectionRule> RuleGen =>
        from detector in CsCheck.Gen.Int[0, 15]
        from skipResult in CsCheck.Gen.Bool
        from skipModelUpdate in CsCheck.Gen.Bool
        from filter in OneOf("hosts", "shops", "regions", "")
        from split in OneOf(SplitField.By, SplitField.Over, SplitField.Partition)
        from include in CsCheck.Gen.Bool
        from appliesTo in OneOf(Enum.GetValues<AppliesTo>())
        from value in CsCheck.Gen.Double[0, 200]
        from conditional in CsCheck.Gen.Bool
        select new DetectionRule(detector, skipResult, skipModelUpdate)
        {
            Scope = filter.Length == 0 ? [] : [new RuleScope(split, filter, include)],
            Conditions = conditional ? [new RuleCondition(appliesTo, ConditionOperator.Gt, value)] : [],
        };

    private static Gen<Row> RowGen =>
        from time in CsCheck.Gen.Frequency((20, CsCheck.Gen.Long[0, 150]), (3, CsCheck.Gen.Long[-200, 300]), (1, CsCheck.Gen.Long[-2000, 400]))
        from host in CsCheck.Gen.Int[0, 6]
        from shop in CsCheck.Gen.Int[0, 3]
        from region in CsCheck.Gen.Int[0, 40]
        from value in CsCheck.Gen.Frequency((20, CsCheck.Gen.Double[90, 110]), (1, CsCheck.Gen.Double[-1e6, 1e6]), (1, CsCheck.Gen.Const(double.NaN)))
        from n in CsCheck.Gen.Frequency((10, CsCheck.Gen.Const(1.0)), (3, CsCheck.Gen.Int[2, 50].Select(i => (double)i)), (1, CsCheck.Gen.Const(0.5)))
        from text in CsCheck.Gen.Int[0, 12]
        select new Row(time, [.. Fields(host, shop, region, value, n), .. Message(text, host, region), .. Place(text, host, value)]);

    // Towns of hosts and their surroundings, sometimes nothing, or nowhere.
    private static IEnumerable<(string, object)> Place(int text, int host, double value) => text switch
    {
        0 => [],
        1 => [("place", "north of here")],
        2 => [("place", FormattableString.Invariant($"POINT ({host * 60 - 180} {host})"))],
        _ => [("place", FormattableString.Invariant($"{(double.IsNaN(value) ? 0 : Math.Clamp(value, 80, 120) / 4)},{(host * 20) + (text / 100.0)}"))],
    };

    private static IEnumerable<(string, object)> Message(int text, int host, int region) => text switch
    {
        0 => [],
        < 4 => [("message", $"session of user-{region} opened from 10.0.0.{host}")],
        < 8 => [("message", $"order {region} for customer {(char)('a' + host)} shipped")],
        _ => [("message", $"{(char)('k' + host)}{(char)('a' + (region % 20))}x crashed")],
    };

    private static IEnumerable<(string, object)> Fields(int host, int shop, int region, double value, double n)
    {
        if (host > 0) yield return ("host", $"host-{host}");
        if (shop > 0) yield return ("shop", $"shop-{shop}");
        if (region > 0) yield return ("region", $"region-{region}");
        yield return ("value", value);
        if (shop != 2) yield return ("other", value * 2);
        yield return ("n", n);
    }
}
