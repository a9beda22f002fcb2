using Gatehouse.Grains.Identity.Sessions;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what the sessions' grains need to a silo.</summary>
public static class SessionServiceCollectionExtensions
{
    /// <summary>Binds and validates <see cref="UserSessionOptions"/>.</summary>
    public static IServiceCollection AddSessionGrains(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UserSessionOptions>, UserSessionOptionsValidator>());
        services.AddOptions<UserSessionOptions>().BindConfiguration(UserSessionOptions.Section).ValidateOnStart();
        return services;
    }
}
