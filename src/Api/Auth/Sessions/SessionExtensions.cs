using Gatehouse.Grains.Identity.Sessions;
using Microsoft.AspNetCore.Authentication;

namespace Gatehouse.Api.Auth.Sessions;

/// <summary>Puts browsers' sessions into the front door.</summary>
internal static class SessionExtensions
{
    /// <summary>Adds the authentication scheme <see cref="SessionCookie.Scheme"/> and what begins and ends sessions.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddSessionGrains();
        services.AddSingleton<SignIn>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionCookie.Scheme, null);
        return services;
    }
}
