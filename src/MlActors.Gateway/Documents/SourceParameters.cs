using MlActors.Documents.Searching;
using MlActors.Gateway.Api;
using P = MlActors.Gateway.Api.Parameters;

namespace MlActors.Gateway.Documents;

/// <summary>Which part of documents is shown, as a query says it.</summary>
internal static class SourceParameters
{
    private static readonly Parameter<string[]> Source = P.List("_source", "true", ParameterPlace.Query, "`false` shows no document, paths with `*` show parts.");
    private static readonly Parameter<string[]> Includes = P.List("_source_includes", "", ParameterPlace.Query, "Paths to show.");
    private static readonly Parameter<string[]> Excludes = P.List("_source_excludes", "", ParameterPlace.Query, "Paths to leave out.");

    public static IReadOnlyList<ApiParameter> All { get; } = [Source, Includes, Excludes];

    /// <returns><c>null</c>: the query does not say.</returns>
    public static SourceFilter? Read(ApiCall call)
    {
        if (!call.Has(Source) && !call.Has(Includes) && !call.Has(Excludes)) return null;
        return call.Get(Source) switch
        {
            ["true"] => new SourceFilter(true, [.. call.Get(Includes)], [.. call.Get(Excludes)]),
            ["false"] => SourceFilter.Nothing,
            var paths => new SourceFilter(true, [.. paths, .. call.Get(Includes)], [.. call.Get(Excludes)]),
        };
    }
}
