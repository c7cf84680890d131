using MlActors.Analysis.Contexts;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Rules;

/// <summary>The rules of one detector, ready to be asked.</summary>
internal sealed class DetectorRules
{
    private readonly record struct Scope(SplitField Field, FilterMatcher Filter, bool Include);

    private readonly (DetectionRule Rule, Scope[] Scope)[] _rules;

    private DetectorRules((DetectionRule, Scope[])[] rules)
    {
        _rules = rules;
        LookAtTypical = _rules.SelectMany(one => one.Rule.Conditions).Any(condition => condition.AppliesTo is AppliesTo.Typical or AppliesTo.DiffFromTypical);
    }

    public static DetectorRules None { get; } = new([]);

    public bool IsEmpty => _rules.Length == 0;

    /// <summary>Whether it matters what was expected.</summary>
    public bool LookAtTypical { get; }

    /// <summary>The rules of every detector of a context.</summary>
    public static DetectorRules[] Of(AnalysisContext context, int detectors)
    {
        var filters = context.Filters.ToDictionary(filter => filter.FilterId, filter => new FilterMatcher(filter.Items), StringComparer.Ordinal);
        var rules = new DetectorRules[detectors];
        for (var detector = 0; detector < detectors; detector++)
        {
            var own = context.Rules.Where(rule => rule.Detector == detector)
                .Select(rule => (rule, rule.Scope.Select(scope => new Scope(scope.Field, filters[scope.FilterId], scope.Include)).ToArray())).ToArray();
            rules[detector] = own.Length == 0 ? None : new DetectorRules(own);
        }
        return rules;
    }

    /// <summary>What they ask for, all together, of one value of a series.</summary>
    /// <param name="typical"><c>null</c> as long as nothing is expected: what looks at it is then not fulfilled.</param>
    /// <param name="time">Start of the bucket, epoch seconds.</param>
    public RuleEffect Of(in SeriesKey key, double actual, double? typical, long time)
    {
        var effect = default(RuleEffect);
        foreach (var (rule, scope) in _rules)
            if (Covers(scope, key) && rule.IsFulfilled(actual, typical, time))
                effect = effect.And(rule.SkipResult, rule.SkipModelUpdate);
        return effect;
    }

    private static bool Covers(Scope[] scope, in SeriesKey key)
    {
        foreach (var (field, filter, include) in scope)
        {
            var value = field switch
            {
                SplitField.By => key.By,
                SplitField.Over => key.Over,
                _ => key.Partition,
            };
            if (filter.Holds(value) != include) return false;
        }
        return true;
    }
}
