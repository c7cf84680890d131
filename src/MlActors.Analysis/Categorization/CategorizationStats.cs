namespace MlActors.Analysis.Categorization;

public enum CategorizationStatus { Ok, Warn }

/// <summary>How well the texts of a job or of a partition can be sorted into categories.</summary>
public readonly record struct CategorizationStats
{
    // Below it the shares say nothing.
    private const long FewestDocuments = 100;

    /// <summary>Records whose text has a category.</summary>
    public long CategorizedDocuments { get; init; }

    public long TotalCategories { get; init; }

    /// <summary>Categories of more than 1 % of the records.</summary>
    public long FrequentCategories { get; init; }

    /// <summary>Categories of a single record.</summary>
    public long RareCategories { get; init; }

    /// <summary>Categories that another one encompasses.</summary>
    public long DeadCategories { get; init; }

    /// <summary>Records that wanted a new category when there was no room for one.</summary>
    public long FailedCategories { get; init; }

    public CategorizationStatus Status { get; init; }

    /// <summary>
    /// The API's rules for a field that is not fit for it: one category only, more than 90 % rare, more categories than half of the records, none
    /// frequent, or more than half dead. Not before a hundred records.
    /// </summary>
    internal CategorizationStatus Judge() =>
        CategorizedDocuments >= FewestDocuments
            && (TotalCategories == 1 || RareCategories * 10 > TotalCategories * 9 || TotalCategories * 2 > CategorizedDocuments || FrequentCategories == 0
                || DeadCategories * 2 > TotalCategories)
            ? CategorizationStatus.Warn
            : CategorizationStatus.Ok;

    /// <summary>Sums; one partition that warns makes the job warn.</summary>
    public static CategorizationStats operator +(CategorizationStats a, CategorizationStats b) => new()
    {
        CategorizedDocuments = a.CategorizedDocuments + b.CategorizedDocuments,
        TotalCategories = a.TotalCategories + b.TotalCategories,
        FrequentCategories = a.FrequentCategories + b.FrequentCategories,
        RareCategories = a.RareCategories + b.RareCategories,
        DeadCategories = a.DeadCategories + b.DeadCategories,
        FailedCategories = a.FailedCategories + b.FailedCategories,
        Status = a.Status > b.Status ? a.Status : b.Status,
    };
}

/// <summary>The statistics of one partition.</summary>
/// <param name="PartitionFieldValue"><c>null</c> when the categories are not split.</param>
public sealed record PartitionStats(string? PartitionFieldValue, CategorizationStats Stats)
{
    public string? PartitionFieldName { get; init; }

    /// <summary>Whether its texts are left alone, and detectors that name the category do not see its records.</summary>
    public bool IsStopped { get; init; }
}
