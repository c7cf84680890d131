using System.Collections.Immutable;

namespace MlActors.Analysis.Rules;

/// <summary>What a condition looks at.</summary>
public enum AppliesTo
{
    /// <summary>The value of the bucket.</summary>
    Actual,

    /// <summary>What was expected of it.</summary>
    Typical,

    /// <summary>The distance between the two, without its sign.</summary>
    DiffFromTypical,

    /// <summary>The start of the bucket, epoch seconds.</summary>
    Time,
}

public enum ConditionOperator { Gt, Gte, Lt, Lte }

/// <summary>One comparison with a number.</summary>
public readonly record struct RuleCondition(AppliesTo AppliesTo, ConditionOperator Operator, double Value)
{
    /// <param name="typical"><c>null</c> as long as nothing is expected: what looks at it is then not fulfilled.</param>
    internal bool IsFulfilled(double actual, double? typical, long time)
    {
        double? operand = AppliesTo switch
        {
            AppliesTo.Actual => actual,
            AppliesTo.Typical => typical,
            AppliesTo.DiffFromTypical => typical is null ? null : Math.Abs(actual - typical.Value),
            _ => time,
        };
        return Operator switch
        {
            ConditionOperator.Gt => operand > Value,
            ConditionOperator.Gte => operand >= Value,
            ConditionOperator.Lt => operand < Value,
            _ => operand <= Value,
        };
    }
}

/// <summary>Knowledge of the user's about a detector: where all conditions hold, there are no results, or the model learns nothing, or both.</summary>
public sealed record DetectionRule(bool SkipResult, bool SkipModelUpdate, ImmutableArray<RuleCondition> Conditions)
{
    /// <summary>What the rules of a detector ask for, taken together.</summary>
    internal static (bool SkipResult, bool SkipModelUpdate) Effect(ImmutableArray<DetectionRule> rules, double actual, double? typical, long time)
    {
        var (skipResult, skipModelUpdate) = (false, false);
        foreach (var rule in rules)
        {
            if (!rule.IsFulfilled(actual, typical, time)) continue;
            skipResult |= rule.SkipResult;
            skipModelUpdate |= rule.SkipModelUpdate;
        }
        return (skipResult, skipModelUpdate);
    }

    private bool IsFulfilled(double actual, double? typical, long time)
    {
        foreach (var condition in Conditions)
            if (!condition.IsFulfilled(actual, typical, time))
                return false;
        return true;
    }
}
