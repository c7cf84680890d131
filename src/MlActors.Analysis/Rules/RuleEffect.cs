namespace MlActors.Analysis.Rules;

/// <summary>What rules or scheduled events ask for.</summary>
internal readonly record struct RuleEffect(bool SkipResult, bool SkipModelUpdate)
{
    /// <summary>Both together.</summary>
    public RuleEffect And(bool skipResult, bool skipModelUpdate) => new(SkipResult || skipResult, SkipModelUpdate || skipModelUpdate);
}
