using Gatehouse.Grains.Traffic;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what the traffic grains need to a silo.</summary>
public static class TrafficServiceCollectionExtensions
{
    /// <summary>Binds and validates <see cref="TrafficGrainOptions"/>.</summary>
    public static IServiceCollection AddTrafficGrains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TrafficGrainOptions>, TrafficGrainOptionsValidator>());
        services.AddOptions<TrafficGrainOptions>().BindConfiguration(TrafficGrainOptions.Section).ValidateOnStart();
        return services;
    }
}
