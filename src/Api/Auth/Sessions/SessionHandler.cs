using System.Text.Encodings.Web;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Sessions;

/// <summary>Authenticates browsers by their session's cookie, and sends those without one to the login page.</summary>
internal sealed class SessionHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IGrainFactory grains,
    Peers peers,
    TimeProvider time) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private static readonly Problem Unauthorized = new(
        StatusCodes.Status401Unauthorized, "unauthorized", "Credentials are required", "Log in at /account/login.");

    private static readonly Problem Forbidden = new(
        StatusCodes.Status403Forbidden, "forbidden", "You may not do this", "Your account lacks the role or scope that it takes.");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!SessionCookie.TryParse(Request.Cookies[SessionCookie.Name], out var cookie))
        {
            return AuthenticateResult.NoResult();
        }

        var address = peers.ClientOf(Context)?.ToString() ?? "";
        var session = await grains.GetGrain<ISessionGrain>(cookie.SessionId).Authenticate(cookie.Hash, time.GetUtcNow(), address);
        return session is null
            ? AuthenticateResult.Fail("The session is over.")
            : AuthenticateResult.Success(new AuthenticationTicket(SessionClaims.Principal(session), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // A request that does something is not repeated after a login.
        if (!HttpMethods.IsGet(Request.Method) && properties.RedirectUri is null)
        {
            return Unauthorized.Write(Context);
        }

        var target = properties.RedirectUri ?? $"{Request.Path}{Request.QueryString}";
        Response.Redirect($"/account/login?returnUrl={Uri.EscapeDataString(target)}");
        return Task.CompletedTask;
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Forbidden.Write(Context);
}
