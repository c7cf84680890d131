using MlActors.Analysis.Categorization;
using MlActors.Analysis.Functions;
using MlActors.Jobs.Configuration.Reading;

namespace MlActors.Jobs.Configuration;

/// <summary>What must hold of the categories of texts together with the detectors that name them.</summary>
internal static class CategorizationRules
{
    private const string Category = CategorizationSettings.CategoryField;
    private const string Field = "analysis_config.categorization_field_name";
    private const string PerPartition = "analysis_config.per_partition_categorization";

    public static void Check(AnalysisConfig analysis, ProblemList problems)
    {
        CheckUse(analysis, problems);
        if (analysis.CategorizationFieldName is not null) CheckNumbers(analysis, problems);
        CheckPartitions(analysis, problems);
    }

    /// <summary>Where detectors split by the category.</summary>
    public static IEnumerable<AnalysisRules.FieldUse> UsesOf(AnalysisConfig analysis) =>
        AnalysisRules.FieldsOf(analysis with { Influencers = [] }).Where(use => use.IsTerm && use.Name == Category);

    private static void CheckUse(AnalysisConfig analysis, ProblemList problems)
    {
        if (analysis.CategorizationFieldName is not { } field)
        {
            foreach (var use in AnalysisRules.FieldsOf(analysis).Where(use => use.IsTerm && use.Name == Category))
                problems.Add(use.Path, $"is [{Category}], the category of a text: name the field with the texts in [{Field}]");
        }
        else if (field == Category)
        {
            problems.Add(Field, $"must not be [{Category}], the name of the category itself");
        }
        else if (!UsesOf(analysis).Any() && !problems.Has("analysis_config.detectors"))
        {
            problems.Add(Field, $"needs a detector with [{Category}] as [by_field_name], [over_field_name] or [partition_field_name]");
        }
    }

    private static void CheckNumbers(AnalysisConfig analysis, ProblemList problems)
    {
        foreach (var detector in analysis.Detectors)
        {
            if (detector.FieldName == Category && DetectorFunction.Find(detector.Function) is { } function && !function.Aggregate.IsOfText())
                problems.Add(AnalysisRules.PathOf(detector) + ".field_name", $"is [{Category}], which is no number: use a function of values such as [distinct_count]");
        }
        if (analysis.SummaryCountFieldName == Category) problems.Add("analysis_config.summary_count_field_name", $"is [{Category}], which is no number");
    }

    private static void CheckPartitions(AnalysisConfig analysis, ProblemList problems)
    {
        if (analysis.PerPartitionCategorization is not { } partitions) return;
        if (!partitions.Enabled)
        {
            if (partitions.StopOnWarn) problems.Add(PerPartition + ".stop_on_warn", "only has a meaning with [enabled]: set that to true, or leave this out");
            return;
        }
        if (analysis.CategorizationFieldName is null) problems.Add(PerPartition + ".enabled", $"needs [{Field}]");
        string? first = null;
        foreach (var detector in analysis.Detectors)
        {
            var path = AnalysisRules.PathOf(detector) + ".partition_field_name";
            if (detector.PartitionFieldName is not { } partition)
            {
                if (detector.ByFieldName == Category || detector.OverFieldName == Category)
                    problems.Add(path, $"is required with [{Category}] when each partition has categories of its own ([{PerPartition}])");
                continue;
            }
            first ??= partition;
            if (partition == Category) problems.Add(path, $"must not be [{Category}] when each partition has categories of its own ([{PerPartition}])");
            else if (partition != first)
                problems.Add(path, $"is [{ProblemList.Shown(partition)}], elsewhere [{ProblemList.Shown(first)}]: with [{PerPartition}] all partition fields must be the same");
        }
    }
}
