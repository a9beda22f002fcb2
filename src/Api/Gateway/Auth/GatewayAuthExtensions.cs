using Gatehouse.Api.Auth;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>Puts authentication into the gateway.</summary>
internal static class GatewayAuthExtensions
{
    /// <summary>Adds what the stage needs, besides the replicas of revocations and signing keys.</summary>
    public static void AddGatewayAuth(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>());
        services.AddOptions<AuthOptions>().BindConfiguration(AuthOptions.Section).ValidateOnStart();
        services.TryAddSingleton<TokenIssuer>();
        services.AddSingleton<TokenVerifier>();
        services.AddSingleton<ApiKeyVerifier>();
        services.AddSingleton<SessionVerifier>();
        services.AddSingleton<SessionSightings>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionSightings>());
        services.AddSingleton<Authenticator>();
        services.AddSingleton<IdentityIssuer>();
        services.AddSingleton<IdentityVerifier>();
        services.AddSingleton<AuthMetrics>();
    }
}
