using System.Collections.Immutable;

namespace MlActors.Jobs.Expressions;

/// <summary>
/// A job expression of the API: ids, group names and <c>*</c> wildcards over both, separated by commas; <c>_all</c> and <c>*</c> mean every job.
/// </summary>
/// <param name="All">Whether it means every job.</param>
/// <param name="Tokens">The single tokens, trimmed, de-duplicated, in order; empty when <paramref name="All"/>.</param>
public sealed record JobExpression(bool All, ImmutableArray<string> Tokens)
{
    /// <summary>Reads an expression. A blank token anywhere makes it invalid.</summary>
    /// <param name="problem">What is wrong, when the answer is <c>false</c>.</param>
    public static bool TryParse(string text, out JobExpression expression, out string problem) => throw new NotImplementedException();

    public static bool IsWildcard(string token) => token.Contains('*', StringComparison.Ordinal);

    /// <summary>Whether a pattern with <c>*</c> for any run of characters matches the whole name.</summary>
    public static bool Matches(string pattern, string name) => throw new NotImplementedException();

    /// <summary>Resolves against all jobs: the pure rule, used by every storage.</summary>
    public static Storage.Resolution Resolve(JobExpression expression, IEnumerable<(Storage.ResolvedJob Job, IReadOnlyList<string> Groups)> jobs) =>
        throw new NotImplementedException();
}
