using System.Collections.Immutable;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Auth.Server.Tokens;
using Gatehouse.Api.Auth.Users;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Authorizations;
using Gatehouse.Grains.Identity.Clients;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Api.Auth.Server.Pages;

/// <summary>
/// <c>/connect/authorize</c>: has the user sign in, asks for consent, and sends the browser back with a code. The request
/// has been checked already.
/// </summary>
internal static class AuthorizePage
{
    private const string Decision = "decision";
    private const string Ticket = "ticket";

    public static async Task<IResult> Answer(
        HttpContext context,
        IReplica<ClientDirectory> clients,
        IGrainFactory grains,
        FormTickets tickets,
        AccountEvents events,
        IOptions<AuthOptions> options,
        TimeProvider time)
    {
        if (ErrorPage.Accepted(context) is not { ClientId: not null } request)
        {
            return ErrorPage.Of(context);
        }

        var fields = Fields(context.Request);
        var silent = request.HasPromptValue(PromptValues.None);
        if (await BrowserSession.Of(context) is not { } session || MustSignInAgain(request, session, time))
        {
            return silent
                ? Refuse(Errors.LoginRequired, "The user is not signed in.")
                : BrowserSession.Challenge(Address(fields.Where(field => !IsSignInPrompt(field))));
        }

        if (clients.Current.Find(request.ClientId) is not { Disabled: false } client)
        {
            return Refuse(Errors.UnauthorizedClient, "The client is not known.");
        }

        var scopes = request.GetScopes();
        var consents = grains.GetGrain<IConsentGrain>(session.UserId);
        // What is asked is part of the ticket: a form for one request allows no other.
        var asked = Address(fields);
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.Form[Decision] is [{ } decision])
        {
            if (!tickets.IsValid(context.Request.Form[Ticket], session.Id, asked))
            {
                return Page.Message("This page is too old", "Please go back to the application and try again.", status: StatusCodes.Status400BadRequest);
            }

            if (decision != "allow")
            {
                events.Record(context, "consent.denied", session.UserId, client: client.Id);
                return Refuse(Errors.AccessDenied, "The user has not allowed it.");
            }

            await consents.Allow(client.Id, scopes);
            events.Record(context, "consent.allowed", session.UserId, client: client.Id);
        }
        else if (!client.Trusted && (request.HasPromptValue(PromptValues.Consent) || !await consents.Covers(client.Id, scopes)))
        {
            return silent
                ? Refuse(Errors.ConsentRequired, "The user has to be asked.")
                : Ask(client, session, scopes, asked, [.. fields, new(Ticket, tickets.Make(session.Id, asked))]);
        }

        var principal = TokenIdentity.OfUser(session.Principal, scopes);
        var resources = request.GetResources();
        principal.SetResources(resources.IsEmpty ? [options.Value.Audience] : resources);
        return TypedResults.SignIn(principal, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static bool MustSignInAgain(OpenIddictRequest request, BrowserSession session, TimeProvider time) =>
        request.HasPromptValue(PromptValues.Login)
        || request.HasPromptValue(PromptValues.SelectAccount)
        || (request.MaxAge is { } age && time.GetUtcNow() - session.AuthenticatedAt > TimeSpan.FromSeconds(age));

    // Asked for once: who comes back has just signed in.
    private static bool IsSignInPrompt(KeyValuePair<string, string> field) =>
        field is { Key: Parameters.Prompt, Value: PromptValues.Login or PromptValues.SelectAccount };

    private static KeyValuePair<string, string>[] Fields(HttpRequest request)
    {
        var all = HttpMethods.IsPost(request.Method) ? (IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>>)request.Form : request.Query;
        return
        [
            .. all.Where(field => field.Key is not (Decision or Ticket))
                .SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value ?? "")))
                .OrderBy(field => field.Key, StringComparer.Ordinal).ThenBy(field => field.Value, StringComparer.Ordinal),
        ];
    }

    private static string Address(IEnumerable<KeyValuePair<string, string>> fields) =>
        "/connect/authorize?" + string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}"));

    private static IResult Ask(Client client, BrowserSession session, ImmutableArray<string> scopes, string address, IReadOnlyList<KeyValuePair<string, string>> fields) =>
        Page.Of<ConsentPage>(new
        {
            Title = $"Allow {ScopeTexts.NameOf(client)}?",
            Client = ScopeTexts.NameOf(client),
            User = session.Name,
            Wishes = ScopeTexts.Of(scopes),
            Action = "/connect/authorize",
            Allow = "Allow",
            Deny = "Do not allow",
            ReturnUrl = address,
            Hidden = fields,
        });

    private static ForbidHttpResult Refuse(string error, string description) => TypedResults.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
}
