using Gatehouse.Grains.Registry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what the registry's grains need to a silo.</summary>
public static class RegistryServiceCollectionExtensions
{
    /// <summary>Binds and validates <see cref="RegistryOptions"/> and registers the registry's metrics.</summary>
    public static IServiceCollection AddRegistryGrains(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RegistryMetrics>();
        services.TryAddSingleton<SuspensionWatch>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RegistryOptions>, RegistryOptionsValidator>());
        services.AddOptions<RegistryOptions>().BindConfiguration(RegistryOptions.Section).ValidateOnStart();
        return services;
    }
}
