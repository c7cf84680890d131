using System.Collections.Immutable;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Rules;
using MlActors.Jobs.Configuration;

namespace MlActors.Jobs.Contexts;

/// <summary>Makes the context of a job out of its configuration and of what is stored.</summary>
public static class JobContext
{
    /// <summary>The filters that the rules of a job name, sorted, each once.</summary>
    public static ImmutableArray<string> FiltersOf(JobConfig config) => FiltersOf(config.AnalysisConfig.Detectors.SelectMany(detector => detector.CustomRules));

    /// <summary>The filters that rules name, sorted, each once.</summary>
    public static ImmutableArray<string> FiltersOf(IEnumerable<RuleConfig> rules) =>
        [.. rules.SelectMany(rule => rule.Scope).Select(scope => scope.FilterId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>
    /// The context of a job. A rule whose filter does not exist is left out: whoever made it was told so, and nobody knows which series it means.
    /// Events are taken to whole seconds, outwards.
    /// </summary>
    public static AnalysisContext Of(JobConfig config, StoredContext stored)
    {
        var known = stored.Filters.Select(filter => filter.FilterId).ToHashSet(StringComparer.Ordinal);
        var rules = config.AnalysisConfig.Detectors.SelectMany((detector, position) => detector.CustomRules
            .Where(rule => rule.Scope.All(scope => known.Contains(scope.FilterId)))
            .Select(rule => rule.ToRule(position, detector))).ToList();
        var named = rules.SelectMany(rule => rule.Scope).Select(scope => scope.FilterId).ToHashSet(StringComparer.Ordinal);
        return new AnalysisContext(
            rules,
            stored.Filters.Where(filter => named.Contains(filter.FilterId)).Select(filter => new FilterItems(filter.FilterId, filter.Items)),
            stored.Events.Select(scheduled => new ScheduledEvent(scheduled.Description, FloorSeconds(scheduled.StartMs), -FloorSeconds(-scheduled.EndMs),
                scheduled.SkipResult, scheduled.SkipModelUpdate)),
            config.AnalysisConfig.ToTextRules());
    }

    private static long FloorSeconds(long ms) => Analysis.BucketTime.Floor(ms, 1000) / 1000;
}
