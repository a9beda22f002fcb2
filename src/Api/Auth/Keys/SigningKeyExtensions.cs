using Gatehouse.Api.Views;

namespace Gatehouse.Api.Auth.Keys;

/// <summary>Puts the signing keys into the front door.</summary>
public static class SigningKeyExtensions
{
    /// <summary>Adds the keys' projection, and who has the first ones made.</summary>
    public static IServiceCollection AddSigningKeys(this IServiceCollection services)
    {
        services.AddSingleton<IViewProjection<SigningKeyRing>, SigningKeyProjection>();
        services.AddHostedService<FirstKeys>();
        return services;
    }
}
