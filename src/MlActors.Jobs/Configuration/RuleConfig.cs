using System.Collections.Frozen;
using System.Collections.Immutable;
using MlActors.Analysis.Rules;

namespace MlActors.Jobs.Configuration;

/// <summary>A rule of a detector, in the terms of the API.</summary>
public sealed record RuleConfig
{
    public ImmutableArray<string> Actions { get; init; } = [RuleNames.SkipResult];
    public ImmutableArray<ConditionConfig> Conditions { get; init; } = [];

    /// <summary>For which series, by filters; for all when it is empty.</summary>
    public ImmutableArray<ScopeConfig> Scope { get; init; } = [];

    /// <param name="position">Of the detector in the settings.</param>
    internal DetectionRule ToRule(int position, DetectorConfig detector) =>
        new(position, Actions.Contains(RuleNames.SkipResult), Actions.Contains(RuleNames.SkipModelUpdate))
        {
            Scope = [.. Scope.Select(scope => new RuleScope(SplitOf(detector, scope.Field), scope.FilterId, scope.FilterType == RuleNames.Include))],
            Conditions = [.. Conditions.Select(condition =>
                new RuleCondition(RuleNames.AppliesTo[condition.AppliesTo], RuleNames.Operators[condition.Operator], condition.Value))],
        };

    public bool Equals(RuleConfig? other) => other is not null && Actions.SequenceEqual(other.Actions, StringComparer.Ordinal) &&
        Conditions.SequenceEqual(other.Conditions) && Scope.SequenceEqual(other.Scope);

    public override int GetHashCode() => HashCode.Combine(Actions.Length, Conditions.Length, Scope.Length);

    private static SplitField SplitOf(DetectorConfig detector, string field) =>
        field == detector.ByFieldName ? SplitField.By : field == detector.OverFieldName ? SplitField.Over : SplitField.Partition;
}

/// <summary>Limits a rule to series by the value of a field, in the terms of the API.</summary>
/// <param name="FilterType"><c>include</c>: the value is in the filter; <c>exclude</c>: it is not.</param>
public sealed record ScopeConfig(string Field, string FilterId, string FilterType);

/// <summary>A condition of a rule, in the terms of the API.</summary>
public sealed record ConditionConfig(string AppliesTo, string Operator, double Value);

/// <summary>The words of rules in the API.</summary>
internal static class RuleNames
{
    public const string SkipResult = "skip_result";
    public const string SkipModelUpdate = "skip_model_update";
    public const string Include = "include";
    public const string Exclude = "exclude";
    public const string Time = "time";

    public static readonly FrozenDictionary<string, AppliesTo> AppliesTo = new Dictionary<string, AppliesTo>(StringComparer.Ordinal)
    {
        ["actual"] = Analysis.Rules.AppliesTo.Actual,
        ["typical"] = Analysis.Rules.AppliesTo.Typical,
        ["diff_from_typical"] = Analysis.Rules.AppliesTo.DiffFromTypical,
        [Time] = Analysis.Rules.AppliesTo.Time,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static readonly FrozenDictionary<string, ConditionOperator> Operators = new Dictionary<string, ConditionOperator>(StringComparer.Ordinal)
    {
        ["gt"] = ConditionOperator.Gt,
        ["gte"] = ConditionOperator.Gte,
        ["lt"] = ConditionOperator.Lt,
        ["lte"] = ConditionOperator.Lte,
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
