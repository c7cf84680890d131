using System.Collections.Immutable;

namespace MlActors.Analysis.Categorization;

/// <summary>How the texts of a job are sorted into categories; what may change of it is in <see cref="Contexts.TextRules"/>.</summary>
public sealed record CategorizationSettings
{
    /// <summary>The name by which detectors and influencers refer to the category of a record.</summary>
    public const string CategoryField = "mlcategory";

    /// <summary>The text field that is categorized.</summary>
    public required string FieldName { get; init; }

    /// <summary>The field whose every value has categories of its own; <c>null</c> when all records share them.</summary>
    public string? PartitionFieldName { get; init; }

    /// <summary>Words that are not looked at, as they are written: names of days, months and time zones by default.</summary>
    public ImmutableArray<string> StopWords { get; init; } = DefaultStopWords;

    /// <summary>Examples kept of each category; 0 keeps none.</summary>
    public int ExamplesLimit { get; init; } = 4;

    public static ImmutableArray<string> DefaultStopWords { get; } =
    [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
        "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "GMT", "UTC",
    ];
}
