using System.Collections.Immutable;

namespace MlActors.Analysis.Rules;

/// <summary>What a condition looks at. Written to the log by position: new ones go to the end.</summary>
public enum AppliesTo : byte
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

/// <summary>Written to the log by position, like <see cref="AppliesTo"/>.</summary>
public enum ConditionOperator : byte { Gt, Gte, Lt, Lte }

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

/// <summary>A field that tells the series of a detector apart. The numbers are written to the log; they never change.</summary>
public enum SplitField : byte { By = 0, Over = 1, Partition = 2 }

/// <summary>Limits a rule to the series whose value of a field is in a filter, or (with <paramref name="Include"/> false) is not in it.</summary>
public readonly record struct RuleScope(SplitField Field, string FilterId, bool Include);

/// <summary>
/// Knowledge of the user's about a detector: for the series of its scope, where all conditions hold, there are no results, or the model learns
/// nothing, or both.
/// </summary>
/// <param name="Detector">Position of the detector in the settings.</param>
public sealed record DetectionRule(int Detector, bool SkipResult, bool SkipModelUpdate)
{
    /// <summary>All must hold; without any, the rule is for every series.</summary>
    public ImmutableArray<RuleScope> Scope { get; init; } = [];

    public ImmutableArray<RuleCondition> Conditions { get; init; } = [];

    internal bool IsFulfilled(double actual, double? typical, long time)
    {
        foreach (var condition in Conditions)
            if (!condition.IsFulfilled(actual, typical, time))
                return false;
        return true;
    }
}
