using System.Collections.Frozen;
using System.Collections.Immutable;
using MlActors.Analysis.Rules;

namespace MlActors.Jobs.Configuration;

/// <summary>A rule of a detector, in the terms of the API.</summary>
public sealed record RuleConfig
{
    public ImmutableArray<string> Actions { get; init; } = [RuleNames.SkipResult];
    public ImmutableArray<ConditionConfig> Conditions { get; init; } = [];

    internal DetectionRule ToRule() => new(Actions.Contains(RuleNames.SkipResult), Actions.Contains(RuleNames.SkipModelUpdate),
        [.. Conditions.Select(condition => new RuleCondition(RuleNames.AppliesTo[condition.AppliesTo], RuleNames.Operators[condition.Operator], condition.Value))]);

    public bool Equals(RuleConfig? other) =>
        other is not null && Actions.SequenceEqual(other.Actions, StringComparer.Ordinal) && Conditions.SequenceEqual(other.Conditions);

    public override int GetHashCode() => HashCode.Combine(Actions.Length, Conditions.Length);
}

/// <summary>A condition of a rule, in the terms of the API.</summary>
public sealed record ConditionConfig(string AppliesTo, string Operator, double Value);

/// <summary>The words of rules in the API.</summary>
internal static class RuleNames
{
    public const string SkipResult = "skip_result";
    public const string SkipModelUpdate = "skip_model_update";

    public static readonly FrozenDictionary<string, AppliesTo> AppliesTo = new Dictionary<string, AppliesTo>(StringComparer.Ordinal)
    {
        ["actual"] = Analysis.Rules.AppliesTo.Actual,
        ["typical"] = Analysis.Rules.AppliesTo.Typical,
        ["diff_from_typical"] = Analysis.Rules.AppliesTo.DiffFromTypical,
        ["time"] = Analysis.Rules.AppliesTo.Time,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static readonly FrozenDictionary<string, ConditionOperator> Operators = new Dictionary<string, ConditionOperator>(StringComparer.Ordinal)
    {
        ["gt"] = ConditionOperator.Gt,
        ["gte"] = ConditionOperator.Gte,
        ["lt"] = ConditionOperator.Lt,
        ["lte"] = ConditionOperator.Lte,
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
