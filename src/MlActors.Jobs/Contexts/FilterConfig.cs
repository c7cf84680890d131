using System.Collections.Immutable;

namespace MlActors.Jobs.Contexts;

/// <summary>A named list of values that the rules of jobs refer to.</summary>
/// <param name="Items">Sorted by their characters, each once.</param>
public sealed record FilterConfig(string FilterId, string? Description, ImmutableArray<string> Items)
{
    /// <summary>Items that a filter may have.</summary>
    public const int MostItems = 10_000;
}

/// <summary>A change of a filter, all of it or nothing.</summary>
/// <param name="Description"><c>null</c> leaves it as it is.</param>
/// <param name="Remove">Must be there. Removed after <paramref name="Add"/> was added.</param>
public sealed record FilterUpdate(string FilterId, string? Description, ImmutableArray<string> Add, ImmutableArray<string> Remove);
