using Gatehouse.Api.Auth.ApiKeys;
using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Commands;
using Gatehouse.Api.Gateway.Caching;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Views;

/// <summary>Registers this front door's replicas.</summary>
public static class ViewServices
{
    /// <summary>Adds a replica of every view that the front door reads.</summary>
    public static IServiceCollection AddViews(this IServiceCollection services)
    {
        services.AddOptions<ViewOptions>().BindConfiguration(ViewOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ClusterReach>();
        services.AddSingleton<CommandSender>();
        services.AddReplica<RegistrySnapshot>(ViewNames.Registry);
        services.AddReplica<RouteTable>(ViewNames.Routes);
        services.AddReplica<CircuitSnapshot>(ViewNames.Circuits);
        services.AddReplica<ApiKeyDirectory>(ViewNames.ApiKeys);
        services.AddRevocationReplicas();
        services.AddReplica<SigningKeyRing>(ViewNames.SigningKeys);
        services.AddReplica<CacheInvalidations>(ViewNames.Cache);
        services.AddReplica<ClientDirectory>(ViewNames.Clients);
        return services;
    }

    /// <summary>Adds a replica of a view; what it is projected by is the caller's to add.</summary>
    /// <typeparam name="TSnapshot">The snapshot.</typeparam>
    public static void AddReplica<TSnapshot>(this IServiceCollection services, string name) where TSnapshot : class
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ViewReplica<TSnapshot>>(provider, name));
        services.AddSingleton<IReplica<TSnapshot>>(provider => provider.GetRequiredService<ViewReplica<TSnapshot>>());
        services.AddSingleton<IReplicaStatus>(provider => provider.GetRequiredService<ViewReplica<TSnapshot>>());
        services.AddHostedService(provider => provider.GetRequiredService<ViewReplica<TSnapshot>>());
    }
}
