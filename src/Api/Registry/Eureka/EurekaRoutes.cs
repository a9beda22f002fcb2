using Gatehouse.Api.Registry.Eureka.Endpoints;

namespace Gatehouse.Api.Registry.Eureka;

/// <summary>The Eureka wire protocol, as unmodified clients and peer servers speak it.</summary>
public static class EurekaRoutes
{
    // Clients differ in the root they are configured with.
    private static readonly string[] Roots = ["/eureka/v2", "/eureka"];

    /// <summary>Serves the protocol under both of its customary roots.</summary>
    public static IEndpointRouteBuilder MapEureka(this IEndpointRouteBuilder management)
    {
        var instances = ActivatorUtilities.CreateInstance<InstanceCommands>(management.ServiceProvider);
        var leases = ActivatorUtilities.CreateInstance<LeaseEndpoints>(management.ServiceProvider, instances);
        var queries = ActivatorUtilities.CreateInstance<QueryEndpoints>(management.ServiceProvider);
        var replication = ActivatorUtilities.CreateInstance<ReplicationEndpoints>(management.ServiceProvider, instances);

        foreach (var root in Roots)
        {
            var eureka = management.MapGroup(root).WithTags("Eureka");
            eureka.MapGet("/apps", queries.Everything);
            eureka.MapGet("/apps/delta", queries.Delta);
            eureka.MapGet("/apps/{app}", queries.App);
            eureka.MapGet("/apps/{app}/{id}", queries.InstanceOfApp);
            eureka.MapGet("/instances/{id}", queries.InstanceOfAnyApp);
            eureka.MapGet("/vips/{vip}", queries.ByVip);
            eureka.MapGet("/svips/{vip}", queries.BySecureVip);
            eureka.MapGet("/serverinfo/statusoverrides", queries.Overrides);

            eureka.MapPost("/apps/{app}", leases.Register);
            eureka.MapPut("/apps/{app}/{id}", leases.Renew);
            eureka.MapDelete("/apps/{app}/{id}", leases.Cancel);
            eureka.MapPut("/apps/{app}/{id}/status", leases.SetStatus);
            eureka.MapDelete("/apps/{app}/{id}/status", leases.ClearStatus);
            eureka.MapPut("/apps/{app}/{id}/metadata", leases.SetMetadata);

            eureka.MapPost("/peerreplication/batch", replication.Batch);
        }

        return management;
    }
}
