using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MlActors.Gateway.Api;
using MlActors.Gateway.Http;
using MlActors.Gateway.Security;

namespace MlActors.Gateway;

/// <summary>Puts the REST API into a host.</summary>
public static class GatewayHosting
{
    /// <summary>
    /// Registers the API. The host brings <c>IJobs</c>, <c>IJobStore</c>, <c>ICatalog</c>, <c>IContextStore</c>, <c>IResults</c>, <c>IDatafeedSources</c>, <c>IUpgradeMode</c>, <c>ISecurityStore</c> and <c>IStorage</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The options are wrong; says everything that is, with the fix.</exception>
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions options)
    {
        if (options.Problems() is { IsEmpty: false } problems) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting(routing => routing.ConstraintMap.Add(IndexRoute.Name, typeof(IndexRoute)));
        return services
            .AddSingleton(options)
            .AddSingleton<GatewayServices>()
            .AddSingleton<PasswordCache>()
            .AddSingleton<Authenticator>()
            .AddSingleton<ApiDispatcher>();
    }

    /// <summary>Maps a path of the host's own, behind the same credentials as the API.</summary>
    /// <param name="endpoint">Says who may use it; what answers is <paramref name="answer"/>.</param>
    public static IEndpointConventionBuilder MapGuarded(this WebApplication app, ApiEndpoint endpoint, RequestDelegate answer)
    {
        var dispatcher = app.Services.GetRequiredService<ApiDispatcher>();
        return app.MapMethods(endpoint.Paths[0], endpoint.Methods, http => dispatcher.PassAsync(http, endpoint, answer)).WithDisplayName(endpoint.Name);
    }

    /// <summary>Maps every endpoint of <see cref="ApiTable"/>, and an answer in the API's error shape for all other paths.</summary>
    /// <param name="onlyHealth">Maps only what tells how the server is.</param>
    public static WebApplication MapGateway(this WebApplication app, bool onlyHealth = false)
    {
        var dispatcher = app.Services.GetRequiredService<ApiDispatcher>();
        foreach (var endpoint in ApiTable.All.Where(endpoint => !onlyHealth || endpoint.Name is "info" or "cluster.health"))
            foreach (var path in endpoint.Paths)
                app.MapMethods(path.Replace("{index}", "{index:" + IndexRoute.Name + "}", StringComparison.Ordinal), endpoint.Methods, http => dispatcher.InvokeAsync(http, endpoint)).WithDisplayName(endpoint.Name);
        app.Map("{**path}", http => onlyHealth ? dispatcher.RefuseAllAsync(http) : dispatcher.RefuseUnknownAsync(http)).WithDisplayName("unknown")
            .Add(builder => ((RouteEndpointBuilder)builder).Order = int.MaxValue);
        return app;
    }
}
