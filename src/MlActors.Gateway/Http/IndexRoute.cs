using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MlActors.Gateway.Http;

/// <summary>
/// Names of indices at the head of a path: what begins with an underscore is no index but the name of an endpoint, so that a misspelt one is not
/// answered as a missing index.
/// </summary>
internal sealed class IndexRoute : IRouteConstraint
{
    public const string Name = "index";

    public static bool IsIndex(string? segment) => !string.IsNullOrEmpty(segment) && (!segment.StartsWith('_') || segment == "_all");

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values.TryGetValue(routeKey, out var value) && IsIndex(value as string);
}
