using MlActors.Documents.Indices;
using MlActors.Documents.Store;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Security;
using MlActors.Jobs.Expressions;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Documents;

/// <summary>Finds the indices that a request means, and checks that they may be touched.</summary>
internal static class IndexNames
{
    public static Parameter<bool> IgnoreUnavailable { get; } =
        P.Boolean("ignore_unavailable", false, ParameterPlace.Query, "Whether an index that is named and does not exist is no error.");

    public static Parameter<bool> AllowNoIndices { get; } =
        P.Boolean("allow_no_indices", true, ParameterPlace.Query, "Whether a wildcard, or `_all`, that matches no index is no error.");

    public static Parameter<string[]> ExpandWildcards { get; } =
        P.List("expand_wildcards", "open", ParameterPlace.Query, "Accepted; there are no closed or hidden indices.");

    /// <summary>What every endpoint that takes several indices accepts.</summary>
    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IgnoreUnavailable, AllowNoIndices, ExpandWildcards];

    /// <summary>The indices of the path, all when it has none, sorted by name. Wildcards leave out what may not be touched.</summary>
    /// <exception cref="ApiException">404; 403; 400 for a name that none can have.</exception>
    public static async Task<IReadOnlyList<IndexInfo>> ResolveAsync(ApiCall call)
    {
        var privilege = call.Endpoint.IndexPrivilege!;
        var expression = call.Path("index") ?? "_all";
        if (!expression.Contains(',', StringComparison.Ordinal) && !IsWildcard(expression))
        {
            Require(call, expression, privilege);
            CheckName(expression);
            if (await call.Services.Documents.FindIndexAsync(expression) is { } one) return [one];
            return call.Get(IgnoreUnavailable) ? [] : throw Missing(expression);
        }
        var all = (await call.Services.Documents.ListIndicesAsync()).ToDictionary(index => index.Name, StringComparer.Ordinal);
        var found = new SortedDictionary<string, IndexInfo>(StringComparer.Ordinal);
        var (matched, hasWildcard) = (false, false);
        foreach (var part in expression.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.StartsWith('-') && hasWildcard)
            {
                foreach (var name in found.Keys.Where(name => JobExpression.Matches(part[1..], name)).ToList()) found.Remove(name);
                continue;
            }
            if (IsWildcard(part))
            {
                hasWildcard = true;
                foreach (var index in all.Values.Where(index => (part == "_all" || JobExpression.Matches(part, index.Name)) && call.Principal.MayWithIndex(privilege, index.Name)))
                    (found[index.Name], matched) = (index, true);
                if (!matched && !call.Get(AllowNoIndices)) throw Missing(part);
                continue;
            }
            Require(call, part, privilege);
            CheckName(part);
            if (all.TryGetValue(part, out var named)) found[part] = named;
            else if (!call.Get(IgnoreUnavailable)) throw Missing(part);
        }
        return [.. found.Values];
    }

    /// <summary>The one index of the path.</summary>
    /// <exception cref="ApiException">404; 403; 400 for a wildcard or a list.</exception>
    public static async Task<IndexInfo> RequireOneAsync(ApiCall call)
    {
        var name = One(call);
        return await call.Services.Documents.FindIndexAsync(name) ?? throw Missing(name);
    }

    /// <summary>The name of the path, which must be that of one index.</summary>
    public static string One(ApiCall call)
    {
        var name = call.Path("index")!;
        if (IsWildcard(name) || name.Contains(',', StringComparison.Ordinal))
            throw ApiException.IllegalArgument($"[{name}] must be the name of one index here, without wildcards");
        CheckName(name);
        Require(call, name, call.Endpoint.IndexPrivilege!);
        return name;
    }

    /// <exception cref="ApiException">403.</exception>
    public static void Require(ApiCall call, string name, string privilege)
    {
        if (!call.Principal.MayWithIndex(privilege, name)) throw Authenticator.Forbidden(call.Principal, call.Endpoint, privilege, name);
    }

    /// <exception cref="ApiException">400.</exception>
    public static void CheckName(string name)
    {
        if (IndexName.Problem(name) is { } problem)
            throw new ApiException(400, ErrorTypes.InvalidIndexName, $"invalid index name [{Shorten(name)}]: {problem}");
    }

    public static ApiException Missing(string name) => new(404, ErrorTypes.IndexNotFound, $"no such index [{Shorten(name)}]");

    private static bool IsWildcard(string name) => name == "_all" || name.Contains('*', StringComparison.Ordinal);

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
