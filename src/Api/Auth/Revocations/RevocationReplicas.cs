using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Auth.Revocations;

/// <summary>Registers the replicas of all shards, and what asks them.</summary>
internal static class RevocationReplicas
{
    public static void AddRevocationReplicas(this IServiceCollection services)
    {
        services.AddSingleton<IViewProjection<RevocationList>, RevocationProjection>();
        for (var shard = 0; shard < RevocationKey.Shards; shard++)
        {
            var name = ViewNames.Revocations(shard);
            services.AddKeyedSingleton(
                name, (provider, _) => ActivatorUtilities.CreateInstance<ViewReplica<RevocationList>>(provider, name));
            services.AddSingleton<IReplicaStatus>(provider => Replica(provider, name));
            services.AddSingleton<IHostedService>(provider => Replica(provider, name));
        }

        services.AddSingleton(provider => new RevocationCheck(
            [.. Enumerable.Range(0, RevocationKey.Shards).Select(shard => Replica(provider, ViewNames.Revocations(shard)))],
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<ILogger<RevocationCheck>>()));
    }

    private static ViewReplica<RevocationList> Replica(IServiceProvider provider, string name) =>
        provider.GetRequiredKeyedService<ViewReplica<RevocationList>>(name);
}
