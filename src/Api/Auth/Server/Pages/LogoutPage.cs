using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Auth.Server.Stores;
using Gatehouse.Api.Auth.Server.Tokens;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace Gatehouse.Api.Auth.Server.Pages;

/// <summary>
/// <c>/connect/logout</c>: ends the browser's session. A client says by an <c>id_token_hint</c> whose session it means; a
/// request without one of this very session could come from any site, so the user is asked.
/// </summary>
internal static class LogoutPage
{
    private const string Subject = "logout";
    private const string Ticket = "ticket";

    public static async Task<IResult> Answer(HttpContext context, SignIn signIn, TokenFamilies families, FormTickets tickets)
    {
        if (ErrorPage.Accepted(context) is not { } request)
        {
            return ErrorPage.Of(context);
        }

        if (await BrowserSession.Of(context) is { } session)
        {
            var hint = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
            var confirmed = HttpMethods.IsPost(context.Request.Method)
                && tickets.IsValid(context.Request.Form[Ticket], session.Id, Subject);
            if (hint?.GetClaim(TokenIdentity.Session) != session.Id && !confirmed)
            {
                return Ask(session, request, tickets.Make(session.Id, Subject));
            }

            await signIn.End(context, SessionEnd.SignedOut);
            await families.EndSession(session.UserId, session.Id);
        }

        return request.PostLogoutRedirectUri is null
            ? Page.Message("You are logged out", "You can close this page.", "/account/login", "Log in again")
            : TypedResults.SignOut(new AuthenticationProperties(), [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }

    private static IResult Ask(BrowserSession session, OpenIddictRequest request, string ticket) => Page.Of<EndSessionPage>(new
    {
        User = session.Name,
        Hidden = (IReadOnlyList<KeyValuePair<string, string>>)
        [
            .. request.GetParameters().Where(field => field.Key != Ticket).Select(field => KeyValuePair.Create(field.Key, (string?)field.Value ?? "")),
            new(Ticket, ticket),
        ],
    });
}
