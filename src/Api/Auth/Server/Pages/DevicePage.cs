using System.Collections.Immutable;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Auth.Server.Tokens;
using Gatehouse.Api.Auth.Users;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Authorizations;
using Gatehouse.Grains.Identity.Clients;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Api.Auth.Server.Pages;

/// <summary><c>/connect/verify</c>: a user enters the code that a device shows, and allows it to act on their behalf (RFC 8628).</summary>
internal static class DevicePage
{
    private const string Address = "/connect/verify";
    private const string Decision = "decision";
    private const string Ticket = "ticket";
    private const string UnknownCode = "This code is not known, or too old. Please check it.";

    public static async Task<IResult> Answer(
        HttpContext context,
        IReplica<ClientDirectory> clients,
        IGrainFactory grains,
        FormTickets tickets,
        AccountEvents events,
        IOptions<AuthOptions> options)
    {
        if (context.Request.Query["done"] is [{ } done])
        {
            return Page.Message(
                done == "allowed" ? "The device is connected" : "The device is not connected", "You can close this page.", "/account", "Your account");
        }

        // A wrong code is an error too: the user is told, and asked again.
        var entered = context.GetOpenIddictServerRequest()?.UserCode;
        if (await BrowserSession.Of(context) is not { } session)
        {
            return BrowserSession.Challenge(AddressOf(entered));
        }

        if (ErrorPage.Accepted(context) is null)
        {
            return EnterCode(entered is null ? null : UnknownCode);
        }

        var posted = HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType;
        var code = await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        if (code is not { Succeeded: true, Principal: { } device } || clients.Current.Find(device.GetClaim(Claims.ClientId) ?? "") is not { Disabled: false } client)
        {
            return EnterCode(entered is null ? null : UnknownCode);
        }

        if (!posted || context.Request.Form[Decision] is not [{ } decision])
        {
            return Ask(client, session, device.GetScopes(), entered!, tickets.Make(session.Id, entered!));
        }

        if (!tickets.IsValid(context.Request.Form[Ticket], session.Id, entered!))
        {
            return Page.Message("This page is too old", "Please enter the code again.", Address, "Enter the code", StatusCodes.Status400BadRequest);
        }

        // Where the browser ends up: the device itself is told by its next question.
        var ended = new AuthenticationProperties { RedirectUri = Address + "?done=" + (decision == "allow" ? "allowed" : "denied") };
        events.Record(context, decision == "allow" ? "consent.device-allowed" : "consent.device-denied", session.UserId, client: client.Id);
        if (decision != "allow")
        {
            return TypedResults.Forbid(ended, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
        }

        // Where the user finds it again to withdraw it; the next device is asked for all the same.
        await grains.GetGrain<IConsentGrain>(session.UserId).Allow(client.Id, device.GetScopes());
        var principal = TokenIdentity.OfUser(session.Principal, device.GetScopes());
        var resources = device.GetResources();
        principal.SetResources(resources.IsEmpty ? [options.Value.Audience] : resources);
        return TypedResults.SignIn(principal, ended, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static IResult EnterCode(string? problem) =>
        Page.Of<EnterCodePage>(new { Error = problem }, problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static IResult Ask(Client client, BrowserSession session, ImmutableArray<string> scopes, string userCode, string ticket) =>
        Page.Of<ConsentPage>(new
        {
            Title = $"Connect {ScopeTexts.NameOf(client)}?",
            Client = ScopeTexts.NameOf(client),
            User = session.Name,
            DeviceCode = AsShown(userCode),
            Wishes = ScopeTexts.Of(scopes),
            Action = Address,
            Allow = "Connect",
            Deny = "Do not connect",
            ReturnUrl = AddressOf(userCode),
            Hidden = (IReadOnlyList<KeyValuePair<string, string>>)[new(Parameters.UserCode, userCode), new(Ticket, ticket)],
        });

    // However it was typed, as the device shows it.
    private static string AsShown(string userCode) =>
        string.Join('-', userCode.Where(char.IsAsciiLetterOrDigit).Chunk(4).Select(group => new string(group)));

    private static string AddressOf(string? userCode) => userCode is null ? Address : $"{Address}?user_code={Uri.EscapeDataString(userCode)}";
}
