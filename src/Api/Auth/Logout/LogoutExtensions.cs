using System.Net;

namespace Gatehouse.Api.Auth.Logout;

/// <summary>Puts back-channel logout into the front door.</summary>
internal static class LogoutExtensions
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Adds what tells clients of the ends of sessions.</summary>
    public static void AddBackChannelLogout(this IServiceCollection services)
    {
        services.AddSingleton<LogoutTokens>();
        services.AddSingleton<LogoutMetrics>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LogoutDelivery>(provider, Client()));
        services.AddHostedService<LogoutCourier>();
    }

    // An address is what an administrator wrote, and not where somebody else sends this.
    private static HttpClient Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AutomaticDecompression = DecompressionMethods.None,
    })
    {
        Timeout = Patience,
    };
}
