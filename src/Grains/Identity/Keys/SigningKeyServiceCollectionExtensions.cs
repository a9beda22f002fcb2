using Gatehouse.Grains.Identity.Keys;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what the signing keys' grain needs to a silo, besides an <see cref="ISigningKeyMint"/>.</summary>
public static class SigningKeyServiceCollectionExtensions
{
    /// <summary>Binds and validates <see cref="SigningKeyOptions"/>.</summary>
    public static IServiceCollection AddSigningKeyGrains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SigningKeyOptions>, SigningKeyOptionsValidator>());
        services.AddOptions<SigningKeyOptions>().BindConfiguration(SigningKeyOptions.Section).ValidateOnStart();
        return services;
    }
}
