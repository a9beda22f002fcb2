using Gatehouse.Api.Views;

namespace Gatehouse.Api.Routing;

/// <summary>Puts the routing capability into the front door.</summary>
public static class RoutingExtensions
{
    /// <summary>Adds the route table's projection and the watcher of the routes file.</summary>
    public static IServiceCollection AddRoutes(this IServiceCollection services)
    {
        services.AddSingleton<RouteTableProjection>();
        services.AddSingleton<IViewProjection<RouteTable>>(provider => provider.GetRequiredService<RouteTableProjection>());
        services.AddSingleton<RoutesFileStatus>();
        services.AddHostedService<RoutesFile>();
        return services;
    }

    /// <summary>Maps the management of routes.</summary>
    public static IEndpointRouteBuilder MapRouting(this IEndpointRouteBuilder management)
    {
        RoutesApi.Map(management);
        RouteSets.Map(management);
        return management;
    }
}
