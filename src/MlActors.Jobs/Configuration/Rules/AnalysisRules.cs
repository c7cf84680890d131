using MlActors.Analysis;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Configuration;

/// <summary>What must hold of <c>analysis_config</c>.</summary>
internal static class AnalysisRules
{
    private const string Section = "analysis_config";
    private const string Span = Section + ".bucket_span";

    // 100 years: longer than any data, and 20 of them are still a duration.
    private const int MaxDays = 36_500;

    /// <summary>A place where the analysis names a field of the records.</summary>
    /// <param name="IsTerm">Whether its values are taken as words, to split or to blame.</param>
    public readonly record struct FieldUse(string Name, string Path, bool IsTerm);

    public static void Check(AnalysisConfig analysis, ProblemList problems)
    {
        CheckTimes(analysis, problems);
        if (analysis.Detectors.IsEmpty && !problems.Has(Section) && !problems.Has(Section + ".detectors"))
            problems.Add(Section + ".detectors", "is empty: at least one detector is needed");
        foreach (var detector in analysis.Detectors) DetectorRules.Check(detector, PathOf(detector), problems);
        CheckDuplicates(analysis, problems);
        CheckNames(analysis, problems);
        CategorizationRules.Check(analysis, problems);
    }

    /// <summary>Every field that the analysis names, in order.</summary>
    public static IEnumerable<FieldUse> FieldsOf(AnalysisConfig analysis)
    {
        foreach (var detector in analysis.Detectors)
        {
            var path = PathOf(detector);
            if (detector.FieldName is { } field) yield return new(field, path + ".field_name", false);
            if (detector.ByFieldName is { } by) yield return new(by, path + ".by_field_name", true);
            if (detector.OverFieldName is { } over) yield return new(over, path + ".over_field_name", true);
            if (detector.PartitionFieldName is { } partition) yield return new(partition, path + ".partition_field_name", true);
        }
        for (var i = 0; i < analysis.Influencers.Length; i++) yield return new(analysis.Influencers[i], $"{Section}.influencers[{i}]", true);
        if (analysis.SummaryCountFieldName is { } count) yield return new(count, Section + ".summary_count_field_name", false);
        if (analysis.CategorizationFieldName is { } text) yield return new(text, Section + ".categorization_field_name", false);
    }

    public static string PathOf(DetectorConfig detector) => $"{Section}.detectors[{detector.DetectorIndex}]";

    private static void CheckTimes(AnalysisConfig analysis, ProblemList problems)
    {
        const string latency = Section + ".latency";
        var span = TimeValue.Parse(analysis.BucketSpan, Span);
        if (span.TotalSeconds < 1 || !span.IsWholeSeconds || span.Duration.TotalDays > MaxDays)
            problems.Add(Span, $"is [{analysis.BucketSpan}]: must be whole seconds, from 1s to {MaxDays}d");
        if (analysis.Latency is { } text && TimeValue.Parse(text, latency) is var late && (!late.IsWholeSeconds || late.Duration.TotalDays > MaxDays))
            problems.Add(latency, $"is [{text}]: must be whole seconds, from 0 to {MaxDays}d");
        CheckPruneWindow(analysis, problems, Section + ".model_prune_window");
        if (analysis.TimeZone is { } zone && !AnalysisSettings.IsTimeZone(zone))
            problems.Add(Section + ".time_zone", $"is [{ProblemList.Shown(zone)}]: must be an id of the IANA time zone database, such as [Europe/Berlin] or [UTC]");
    }

    /// <param name="path">Where the window was given: in <c>analysis_config</c>, or at the top of an update.</param>
    public static void CheckPruneWindow(AnalysisConfig analysis, ProblemList problems, string path)
    {
        if (analysis.ModelPruneWindow is not { } text || problems.Has(Span)) return;
        var (window, span) = (TimeValue.Parse(text, path), analysis.BucketSpanSeconds);
        if (span < 1) return;
        if (!window.IsWholeSeconds || window.TotalSeconds % span != 0 || window.TotalSeconds / span < 2)
            problems.Add(path, $"is [{text}]: must be a multiple of the bucket span [{analysis.BucketSpan}], at least 2 of them");
    }

    private static void CheckDuplicates(AnalysisConfig analysis, ProblemList problems)
    {
        var first = new Dictionary<DetectorConfig, int>();
        foreach (var detector in analysis.Detectors)
        {
            if (first.TryAdd(detector with { DetectorIndex = 0 }, detector.DetectorIndex)) continue;
            var same = first[detector with { DetectorIndex = 0 }];
            problems.Add(PathOf(detector),
                $"[{ProblemList.Shown(detector.DetectorDescription)}] is the same as detector {same}: remove one of them, or change its fields or description",
                ProblemKind.IllegalArgument);
        }
    }

    private static void CheckNames(AnalysisConfig analysis, ProblemList problems)
    {
        foreach (var use in FieldsOf(analysis with { Detectors = [] }))
            if (DetectorRules.FindNameProblem(use.Name) is { } problem)
                problems.Add(use.Path, problem);
        if (analysis.SummaryCountFieldName is not null && analysis.Detectors.FirstOrDefault(d => d.Function is "metric") is { } metric)
            problems.Add(PathOf(metric) + ".function",
                "[metric] cannot work on pre-aggregated records: remove [summary_count_field_name] or use another function");

        // A record cannot have a value at [a] and an object there, so [a.b] would never be seen.
        var terms = FieldsOf(analysis).Where(use => use.IsTerm).ToList();
        var names = terms.Select(use => use.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var use in terms)
        {
            for (var dot = use.Name.IndexOf('.'); dot > 0; dot = use.Name.IndexOf('.', dot + 1))
            {
                if (!names.Contains(use.Name[..dot])) continue;
                problems.Add(use.Path, $"is [{ProblemList.Shown(use.Name)}], while [{use.Name[..dot]}] is used as well: a record cannot have both, so use one");
                break;
            }
        }
    }
}
