using System.Collections.Immutable;
using MlActors.Analysis.Categorization;

namespace MlActors.Analysis.Contexts;

/// <summary>What of the categorization of texts may change while there are categories.</summary>
/// <param name="Filters">
/// Regular expressions without a <see cref="TextFilter.Problem"/>; what they match is cut out of a text, one after the other, before it is read.
/// </param>
/// <param name="StopOnWarn">Whether a partition's texts are left alone while its status is <see cref="CategorizationStatus.Warn"/>.</param>
public sealed record TextRules(ImmutableArray<string> Filters, bool StopOnWarn)
{
    public static TextRules None { get; } = new([], StopOnWarn: false);

    public bool IsEmpty => Filters.IsEmpty && !StopOnWarn;
}
