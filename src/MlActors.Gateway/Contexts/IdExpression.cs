using MlActors.Gateway.Errors;
using MlActors.Jobs.Expressions;

namespace MlActors.Gateway.Contexts;

/// <summary>Picks ids of filters or calendars by a list of ids and wildcards.</summary>
internal static class IdExpression
{
    /// <param name="what">How an error calls one of them.</param>
    /// <param name="expression">Ids and wildcards, separated by commas; <c>null</c> for all.</param>
    /// <returns>In the order of <paramref name="ids"/>.</returns>
    /// <exception cref="ApiException">404: an id does not exist; 400: an empty element.</exception>
    public static List<string> Pick(string what, IReadOnlyList<string> ids, string? expression)
    {
        if (MeansAll(expression)) return [.. ids];
        var tokens = expression!.Split(',', StringSplitOptions.TrimEntries);
        if (tokens.Contains("", StringComparer.Ordinal))
            throw ApiException.IllegalArgument($"[{expression}] has an empty element: write ids of {what}s separated by commas");
        var missing = tokens.Where(token => !MeansAll(token) && !JobExpression.IsWildcard(token)).Except(ids, StringComparer.Ordinal).ToList();
        if (missing.Count > 0) throw NotFound(what, string.Join(',', missing));
        return [.. ids.Where(id => Array.Exists(tokens, token => MeansAll(token) || JobExpression.Matches(token, id)))];
    }

    public static bool MeansAll(string? expression) => expression is null or "_all" or "*";

    public static ApiException NotFound(string what, string id) => ApiException.NotFound($"no {what} has the id [{id}]");
}
