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
}
