using System.Collections.Immutable;

namespace MlActors.Analysis.Contexts;

/// <summary>The values that a filter holds. An item may begin, end, or both, with <c>*</c>, which stands for any run of characters.</summary>
/// <param name="Items">Sorted by their characters, each once; so a <see cref="AnalysisContext"/> makes them.</param>
public sealed record FilterItems(string FilterId, ImmutableArray<string> Items);
