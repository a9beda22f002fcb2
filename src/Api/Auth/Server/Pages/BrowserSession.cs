using System.Globalization;
using System.Security.Claims;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Auth.Server.Tokens;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Api.Auth.Server.Pages;

/// <summary>The session of the browser that a page is shown to.</summary>
/// <param name="Principal">The user, with the claims of <see cref="SessionClaims"/>.</param>
internal sealed record BrowserSession(ClaimsPrincipal Principal)
{
    public string Id => Principal.GetClaim(TokenIdentity.Session)!;

    public string UserId => Principal.GetClaim(Claims.Subject)!;

    public string Name => Principal.GetClaim(Claims.Name) ?? UserId;

    public DateTimeOffset AuthenticatedAt => DateTimeOffset.FromUnixTimeSeconds(
        long.Parse(Principal.GetClaim(Claims.AuthenticationTime)!, CultureInfo.InvariantCulture));

    /// <summary>The browser's session; null when it has none.</summary>
    public static async Task<BrowserSession?> Of(HttpContext context) =>
        await context.AuthenticateAsync(SessionCookie.Scheme) is { Succeeded: true, Principal: { } principal } ? new BrowserSession(principal) : null;

    /// <summary>Has the user sign in, and come back.</summary>
    public static IResult Challenge(string returnUrl) =>
        TypedResults.Redirect("/account/login?returnUrl=" + Uri.EscapeDataString(returnUrl));
}
