namespace MlActors.Analysis.Categorization;

/// <summary>A category as it is reported.</summary>
/// <param name="CategoryId">From 1 in order of discovery; unique in the job, whatever the partition.</param>
/// <param name="Terms">The words that all its texts have in this order, separated by blanks.</param>
/// <param name="Regex">Finds texts of the category: the terms in order with anything between.</param>
/// <param name="MaxMatchingLength">Length of the longest text in UTF-16 units and a tenth more.</param>
/// <param name="Examples">The first texts that differ, cut to <see cref="LineTokenizer.MaxLength"/> units.</param>
/// <param name="Matches">Texts of the category so far.</param>
/// <param name="PreferredTo">Categories that this one encompasses: no text is sorted into them any more.</param>
public sealed record CategoryDefinition(
    int CategoryId, string Terms, string Regex, int MaxMatchingLength, IReadOnlyList<string> Examples, long Matches, IReadOnlyList<int> PreferredTo)
{
    /// <summary>Set when the categories are those of one partition.</summary>
    public string? PartitionFieldName { get; init; }

    public string? PartitionFieldValue { get; init; }
}
