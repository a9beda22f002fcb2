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
            eureka.MapGet("/apps", Guard(queries.Everything));
            eureka.MapGet("/apps/delta", Guard(queries.Delta));
            eureka.MapGet("/apps/{app}", Guard(queries.App));
            eureka.MapGet("/apps/{app}/{id}", Guard(queries.InstanceOfApp));
            eureka.MapGet("/instances/{id}", Guard(queries.InstanceOfAnyApp));
            eureka.MapGet("/vips/{vip}", Guard(queries.ByVip));
            eureka.MapGet("/svips/{vip}", Guard(queries.BySecureVip));
            eureka.MapGet("/serverinfo/statusoverrides", Guard(queries.Overrides));

            eureka.MapPost("/apps/{app}", Guard(leases.Register));
            eureka.MapPut("/apps/{app}/{id}", Guard(leases.Renew));
            eureka.MapDelete("/apps/{app}/{id}", Guard(leases.Cancel));
            eureka.MapPut("/apps/{app}/{id}/status", Guard(leases.SetStatus));
            eureka.MapDelete("/apps/{app}/{id}/status", Guard(leases.ClearStatus));
            eureka.MapPut("/apps/{app}/{id}/metadata", Guard(leases.SetMetadata));

            eureka.MapPost("/peerreplication/batch", Guard(replication.Batch));
        }

        return management;
    }

    private static RequestDelegate Guard(RequestDelegate serve) => async context =>
    {
        try
        {
            await serve(context);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            await EurekaAnswer.Unreachable.Write(context);
        }
    };
}
