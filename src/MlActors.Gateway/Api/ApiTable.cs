using System.Collections.Immutable;
using MlActors.Gateway.Calendars;
using MlActors.Gateway.Cat;
using MlActors.Gateway.Datafeeds;
using MlActors.Gateway.Documents;
using MlActors.Gateway.Errors;
using MlActors.Gateway.Forecasts;
using MlActors.Gateway.Filters;
using MlActors.Gateway.Jobs;
using MlActors.Gateway.NotYet;
using MlActors.Gateway.Results;
using MlActors.Gateway.Security;
using MlActors.Gateway.Server;
using MlActors.Gateway.Snapshots;
using MlActors.Gateway.Tasks;

namespace MlActors.Gateway.Api;

/// <summary>Every endpoint of the server, each declared once in the folder of its feature.</summary>
public static partial class ApiTable
{
    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        .. ServerEndpoints.All,
        UpgradeEndpoint.Endpoint,
        .. JobEndpoints.All,
        .. CloseEndpoint.All,
        .. OpenEndpoint.All,
        .. DataEndpoint.All,
        .. StatsEndpoint.All,
        .. MessageEndpoints.All,
        .. ExpiredDataEndpoint.All,
        .. ResultEndpoints.All,
        .. OverallBucketsEndpoint.All,
        .. ModelPlotEndpoint.All,
        .. AnnotationEndpoint.All,
        CategoryEndpoint.Endpoint,
        MemoryEstimateEndpoint.Endpoint,
        .. SnapshotEndpoints.All,
        .. ForecastEndpoints.All,
        .. QuarantineEndpoint.All,
        .. FilterEndpoints.All,
        .. CalendarEndpoints.All,
        .. EventEndpoints.All,
        .. DatafeedEndpoints.All,
        .. RunEndpoints.All,
        .. DatafeedStatsEndpoints.All,
        .. PreviewEndpoint.All,
        .. ConnectionsEndpoint.All,
        .. CatEndpoint.All,
        .. TaskEndpoint.All,
        .. SecurityEndpoints.All,
        .. IndexEndpoints.All,
        .. BulkEndpoint.All,
        .. DocumentEndpoints.All,
        .. SearchEndpoints.All,
        .. FieldCapsEndpoint.All,
        CatIndicesEndpoint.Endpoint,
        .. ShipperEndpoints.All,
        .. NotYetEndpoints.All,
    ];

    /// <summary>The error for a request that no endpoint is for: 405 when the path is known with other methods, else 400.</summary>
    public static ApiException Unknown(string method, string path)
    {
        var matching = All.Where(endpoint => endpoint.Paths.Any(template => Matches(template, path))).ToList();
        var methods = matching.SelectMany(endpoint => endpoint.Methods).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToImmutableArray();
        if (!methods.IsEmpty)
        {
            return new ApiException(405, ErrorTypes.IllegalArgument, $"[{path}] does not take [{method}]; allowed: [{string.Join(", ", methods)}]")
            {
                Allow = methods,
            };
        }
        if (path.Contains("//", StringComparison.Ordinal))
            return ApiException.IllegalArgument($"[{method} {path}] has an empty part between two slashes; name a job, a group, a wildcard or _all");
        return ApiException.IllegalArgument($"no handler found for [{method} {path}]; see the documentation for the paths there are");
    }

    private static bool Matches(string template, string path)
    {
        var (wanted, given) = (template.Trim('/').Split('/'), path.Trim('/').Split('/'));
        if (wanted.Length != given.Length) return false;
        for (var i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == "{index}" ? !Http.IndexRoute.IsIndex(given[i]) : wanted[i].StartsWith('{') ? given[i].Length == 0 : !string.Equals(wanted[i], given[i], StringComparison.OrdinalIgnoreCase)) return false;
        }
        return true;
    }
}
