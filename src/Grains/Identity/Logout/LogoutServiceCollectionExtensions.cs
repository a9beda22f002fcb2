using Gatehouse.Grains.Identity.Logout;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what the queues of logout notices need to a silo.</summary>
public static class LogoutServiceCollectionExtensions
{
    /// <summary>Binds and validates <see cref="LogoutOptions"/>.</summary>
    public static IServiceCollection AddLogoutGrains(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LogoutOptions>, LogoutOptionsValidator>());
        services.AddOptions<LogoutOptions>().BindConfiguration(LogoutOptions.Section).ValidateOnStart();
        return services;
    }
}
