using Gatehouse.Api.Views;

namespace Gatehouse.Api.Auth.Clients;

/// <summary>Puts the clients of the authorization server into the front door.</summary>
public static class ClientExtensions
{
    /// <summary>Adds the directory of clients.</summary>
    public static IServiceCollection AddClients(this IServiceCollection services)
    {
        services.AddSingleton<IViewProjection<ClientDirectory>, ClientProjection>();
        services.AddSingleton<FirstClient>();
        services.AddHostedService(provider => provider.GetRequiredService<FirstClient>());
        return services;
    }
}
