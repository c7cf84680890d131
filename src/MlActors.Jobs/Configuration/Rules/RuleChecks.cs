using MlActors.Jobs.Configuration.Reading;

namespace MlActors.Jobs.Configuration;

/// <summary>Whether the rules of a detector fit it.</summary>
internal static class RuleChecks
{
    // What these say of a bucket is no single number that could be compared.
    private static readonly string[] WithoutValue = ["lat_long", "metric", "rare", "freq_rare"];

    public static void Check(DetectorConfig detector, string path, ProblemList problems)
    {
        var splits = new[] { detector.ByFieldName, detector.OverFieldName, detector.PartitionFieldName }.OfType<string>().ToArray();
        for (var i = 0; i < detector.CustomRules.Length; i++)
        {
            var at = $"{path}{(path.Length == 0 ? "" : ".")}custom_rules[{i}]";
            foreach (var scope in detector.CustomRules[i].Scope.Where(scope => !splits.Contains(scope.Field, StringComparer.Ordinal)))
            {
                problems.Add($"{at}.scope.{ProblemList.Shown(scope.Field)}", splits.Length == 0
                    ? "cannot be: the detector is not split by any field, so use conditions"
                    : $"is none of the fields that the detector is split by: use one of [{string.Join(", ", splits)}]", ProblemKind.IllegalArgument);
            }
            if (!WithoutValue.Contains(detector.Function, StringComparer.Ordinal)) continue;
            for (var condition = 0; condition < detector.CustomRules[i].Conditions.Length; condition++)
            {
                if (detector.CustomRules[i].Conditions[condition].AppliesTo is RuleNames.Time or "") continue;
                problems.Add($"{at}.conditions[{condition}].applies_to", $"must be [{RuleNames.Time}] with the function [{detector.Function}]",
                    ProblemKind.IllegalArgument);
            }
        }
    }
}
