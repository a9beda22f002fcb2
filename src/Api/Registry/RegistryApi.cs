using Gatehouse.Api.Problems;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Registry;

/// <summary>The registry's native API, <c>/registry/v1</c>.</summary>
public static class RegistryApi
{
    /// <summary>Adds what this front door knows of the registry, and its way to the services' grains.</summary>
    public static IServiceCollection AddRegistry(this IServiceCollection services)
    {
        services.AddSingleton<RegistryProjection>();
        services.AddSingleton<IViewProjection<RegistrySnapshot>>(provider => provider.GetRequiredService<RegistryProjection>());
        services.AddSingleton<Heartbeats>();
        services.AddSingleton<IHeartbeats>(provider => provider.GetRequiredService<Heartbeats>());
        services.AddSingleton<Drain>();
        services.AddSingleton<ServiceCommands>();
        services.AddHostedService<RegistryGauges>();
        return services;
    }

    /// <summary>Maps the API.</summary>
    public static IEndpointRouteBuilder MapRegistry(this IEndpointRouteBuilder management)
    {
        var api = management.MapGroup("/registry/v1").WithTags("Registry");
        api.MapGet("/services", ServiceEndpoints.List).WithSummary("All services").Produces<ServiceList>();
        api.MapGet("/services/{service}", ServiceEndpoints.Get).WithSummary("A service and its instances")
            .Produces<ServiceBody>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/watch", WatchEndpoint.Watch).WithSummary("Changes as server-sent events, resuming from Last-Event-ID");

        var instance = api.MapGroup("/services/{service}/instances/{id}");
        instance.MapPut("", InstanceEndpoints.Register).WithSummary("Registers an instance, or replaces its registration")
            .Produces<InstanceBody>().Produces<InstanceBody>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest);
        instance.MapPost("/heartbeat", InstanceEndpoints.Beat).WithSummary("Renews an instance's lease");
        instance.MapPut("/status", InstanceEndpoints.SetStatus).WithSummary("Sets an operator's status")
            .Produces<InstanceBody>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        instance.MapDelete("", InstanceEndpoints.Deregister)
            .WithSummary("Takes an instance out; with drain=30s also waits until its requests are done")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        return management;
    }
}
