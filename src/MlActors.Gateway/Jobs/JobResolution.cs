using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Jobs;

/// <summary>Turns job expressions into jobs, with the errors of the API.</summary>
internal static class JobResolution
{
    /// <exception cref="ApiException">400: a blank token.</exception>
    public static JobExpression Parse(string text) =>
        JobExpression.TryParse(text, out var expression, out var problem) ? expression : throw ApiException.IllegalArgument(problem);

    /// <param name="text"><c>null</c> means every job.</param>
    /// <exception cref="ApiException">400: a blank token. 404: an unknown id or group, or, unless allowed, a wildcard that matches none.</exception>
    public static async Task<IReadOnlyList<ResolvedJob>> ResolveAsync(ApiCall call, string? text, bool allowNoMatch, bool includeDeleting = false) =>
        Require(await call.Services.Catalog.ResolveAsync(Parse(text ?? "_all"), includeDeleting), allowNoMatch);

    /// <exception cref="ApiException">404 that names everything unmatched.</exception>
    public static IReadOnlyList<ResolvedJob> Require(Resolution resolution, bool allowNoMatch)
    {
        var missing = resolution.UnmatchedLiterals.Concat(allowNoMatch ? [] : resolution.UnmatchedWildcards).ToList();
        return missing.Count == 0 ? resolution.Jobs : throw ApiException.NotFound($"no job or group matches [{string.Join(',', missing)}]");
    }
}
