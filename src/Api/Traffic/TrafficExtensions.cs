using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gatehouse.Api.Traffic;

/// <summary>Puts the traffic statistics into a host.</summary>
internal static class TrafficExtensions
{
    /// <summary>Adds what requests are counted by.</summary>
    public static void AddTraffic(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<TrafficOptions>().BindConfiguration(TrafficOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TrafficTable>();
    }

    /// <summary>Adds what reports to the cluster, and reads what all have reported.</summary>
    public static void AddClusterTraffic(this IServiceCollection services)
    {
        services.AddSingleton<ClusterTraffic>();
        services.AddHostedService<TrafficCollector>();
    }
}
