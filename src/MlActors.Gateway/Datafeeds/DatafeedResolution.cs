using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Jobs;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Datafeeds;

/// <summary>Turns expressions over ids of datafeeds into datafeeds, with the errors of the API.</summary>
internal static class DatafeedResolution
{
    public static Parameter<bool> AllowNoMatch { get; } = Parameters.Boolean("allow_no_match", true, ParameterPlace.Query,
        "Whether a wildcard, or `_all`, that matches no datafeed is no error. An unknown id always is one.");

    /// <param name="text">Ids and wildcards; <c>null</c> means every datafeed.</param>
    /// <returns>Sorted by id, each once.</returns>
    /// <exception cref="ApiException">400: a blank token. 404: an unknown id, or, unless allowed, a wildcard that matches none.</exception>
    public static async Task<IReadOnlyList<DatafeedRow>> ResolveAsync(ApiCall call, string? text, bool allowNoMatch)
    {
        var expression = JobResolution.Parse(text ?? "_all");
        var literal = !expression.All && !expression.Tokens.Any(JobExpression.IsWildcard);
        var rows = await call.Services.Catalog.ListDatafeedsAsync(literal ? expression.Tokens : null);
        var found = JobExpression.Resolve(expression, rows.Select(row => (new ResolvedJob(row.Config.DatafeedId, JobState.Closed, BlockedReason.None), (IReadOnlyList<string>)[])));
        var missing = found.UnmatchedLiterals.Concat(allowNoMatch ? [] : found.UnmatchedWildcards).ToList();
        if (missing.Count > 0) throw NotFound(string.Join(',', missing));
        var ids = found.Jobs.Select(one => one.JobId).ToHashSet(StringComparer.Ordinal);
        return [.. rows.Where(row => ids.Contains(row.Config.DatafeedId))];
    }

    /// <summary>The datafeed of the address.</summary>
    /// <exception cref="ApiException">404: there is none.</exception>
    public static async Task<DatafeedRow> RequireAsync(ApiCall call) =>
        (await call.Services.Catalog.ListDatafeedsAsync([IdOf(call)])) is [var row] ? row : throw NotFound(IdOf(call));

    public static string IdOf(ApiCall call) => call.Path("datafeed_id") ?? throw new InvalidOperationException("the path has no datafeed_id");

    private static ApiException NotFound(string id) => ApiException.NotFound($"no datafeed with id [{id}] exists");
}
