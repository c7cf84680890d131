using MlActors.Analysis.Functions;
using MlActors.Jobs.Configuration.Reading;

namespace MlActors.Jobs.Configuration;

/// <summary>What must hold of one detector, by the table of functions.</summary>
internal static class DetectorRules
{
    // The name by which an analysis is told things other than data.
    private const string ControlField = ".";

    private static readonly string[] NotForSplitting = ["count", "by", "over"];

    public static void Check(DetectorConfig detector, string path, ProblemList problems)
    {
        CheckFunction(detector, path, problems);
        CheckName("field_name", detector.FieldName);
        CheckName("by_field_name", detector.ByFieldName);
        CheckName("over_field_name", detector.OverFieldName);
        CheckName("partition_field_name", detector.PartitionFieldName);
        CheckSplits(detector, path, problems);
        RuleChecks.Check(detector, path, problems);

        void CheckName(string name, string? value)
        {
            if (value is not null && FindNameProblem(value) is { } problem) problems.Add(At(path, name), problem);
        }
    }

    /// <summary>What is wrong with the name of a field of the records; <c>null</c> when nothing is.</summary>
    public static string? FindNameProblem(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) return "must not be blank: name a field or leave it out";
        if (name is ControlField) return "must not be [.], which is kept for the server";
        return name.Any(c => c is '"' or '\\' || char.IsControl(c))
            ? $"is [{ProblemList.Shown(name)}]: must not contain quotes (\"), backslashes (\\) or control characters"
            : null;
    }

    private static void CheckFunction(DetectorConfig detector, string path, ProblemList problems)
    {
        var at = At(path, "function");
        if (problems.Has(at)) return;
        var function = DetectorFunction.Find(detector.Function);
        if (function is null)
        {
            problems.Add(at, $"[{ProblemList.Shown(detector.Function)}] is not a function: use one of [{Names}]");
        }
        else
        {
            Require(function.Field, "field_name", detector.FieldName);
            Require(function.By, "by_field_name", detector.ByFieldName);
            Require(function.Over, "over_field_name", detector.OverFieldName);
        }

        void Require(FieldRule rule, string name, string? value)
        {
            if (problems.Has(At(path, name))) return;
            if (rule == FieldRule.Required && value is null) problems.Add(At(path, name), $"is required by the function [{function.Name}]");
            if (rule == FieldRule.Forbidden && value is not null) problems.Add(At(path, name), $"cannot go with the function [{function.Name}]: leave it out");
        }
    }

    private static void CheckSplits(DetectorConfig detector, string path, ProblemList problems)
    {
        var splits = new[]
        {
            (Name: "by_field_name", Value: detector.ByFieldName),
            (Name: "over_field_name", Value: detector.OverFieldName),
            (Name: "partition_field_name", Value: detector.PartitionFieldName),
        };
        for (var i = 0; i < splits.Length; i++)
        {
            var (name, value) = splits[i];
            if (value is null) continue;
            if (name is not "partition_field_name" && NotForSplitting.Contains(value, StringComparer.Ordinal))
                problems.Add(At(path, name), $"must not be [{value}], which has a meaning of its own here");
            foreach (var (other, same) in splits.AsSpan(0, i))
                if (string.Equals(same, value, StringComparison.Ordinal))
                    problems.Add(At(path, name), $"is [{ProblemList.Shown(value)}] like [{other}]: the two must differ");
        }
    }

    private static string Names { get; } = string.Join(", ", DetectorFunction.All.Select(function => function.Name));

    private static string At(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
