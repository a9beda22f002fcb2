using Gatehouse.Api.Problems;
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
            eureka.MapGet("/apps", Serve(queries.Everything));
            eureka.MapGet("/apps/delta", Serve(queries.Delta));
            eureka.MapGet("/apps/{app}", Serve(queries.App));
            eureka.MapGet("/apps/{app}/{id}", Serve(queries.InstanceOfApp));
            eureka.MapGet("/instances/{id}", Serve(queries.InstanceOfAnyApp));
            eureka.MapGet("/vips/{vip}", Serve(queries.ByVip));
            eureka.MapGet("/svips/{vip}", Serve(queries.BySecureVip));
            eureka.MapGet("/serverinfo/statusoverrides", Serve(queries.Overrides));

            eureka.MapPost("/apps/{app}", Serve(leases.Register));
            eureka.MapPut("/apps/{app}/{id}", Serve(leases.Renew));
            eureka.MapDelete("/apps/{app}/{id}", Serve(leases.Cancel));
            eureka.MapPut("/apps/{app}/{id}/status", Serve(leases.SetStatus));
            eureka.MapDelete("/apps/{app}/{id}/status", Serve(leases.ClearStatus));
            eureka.MapPut("/apps/{app}/{id}/metadata", Serve(leases.SetMetadata));

            eureka.MapPost("/peerreplication/batch", Serve(replication.Batch));
        }

        return management;
    }

    // Endpoint filters are not for request delegates, and model binding would be felt at the heartbeats' rate.
    private static RequestDelegate Serve(RequestDelegate endpoint) => async context =>
    {
        try
        {
            await endpoint(context);
        }
        catch (Exception e) when (ClusterUnavailable.IsCause(e, context.RequestAborted))
        {
            await ClusterUnavailable.Write(context);
        }
    };
}
