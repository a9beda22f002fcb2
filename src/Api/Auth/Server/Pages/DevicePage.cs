using System.Collections.Immutable;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Auth.Server.Tokens;
using Gatehouse.Api.Views;
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
    private const string Decision = "decision";
    private const string Ticket = "ticket";

    public static async Task<IResult> Answer(
        HttpContext context, IReplica<ClientDirectory> clients, FormTickets tickets, IOptions<AuthOptions> options)
    {
        if (context.Request.Query["done"] is [{ } done])
        {
            return new Page(done == "allowed" ? "The device is connected" : "The device is not connected", "<p>You can close this page.</p>");
        }

        // A wrong code is an error too: the user is told, and asked again.
        var entered = context.GetOpenIddictServerRequest()?.UserCode;
        if (await BrowserSession.Of(context) is not { } session)
        {
            return BrowserSession.Challenge("/connect/verify" + (entered is null ? "" : "?user_code=" + Uri.EscapeDataString(entered)));
        }

        var refused = ErrorPage.Accepted(context) is null;
        var posted = HttpMethods.IsPost(context.Request.Method);
        var code = await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        if (refused || code is not { Succeeded: true, Principal: { } device } || clients.Current.Find(device.GetClaim(Claims.ClientId) ?? "") is not { Disabled: false } client)
        {
            return EnterCode(entered is null ? null : "This code is not known, or too old. Please check it.");
        }

        if (!posted || context.Request.Form[Decision] is not [{ } decision])
        {
            return Ask(ScopeTexts.NameOf(client), session, device.GetScopes(),
                [new(Parameters.UserCode, entered!), new(Ticket, tickets.Make(session.Id, entered!))]);
        }

        if (!tickets.IsValid(context.Request.Form[Ticket], session.Id, entered!))
        {
            return new Page("This page is too old", "<p>Please enter the code again.</p>", StatusCodes.Status400BadRequest);
        }

        // Where the browser ends up: the device itself is told by its next question.
        var ended = new AuthenticationProperties { RedirectUri = "/connect/verify?done=" + (decision == "allow" ? "allowed" : "denied") };
        if (decision != "allow")
        {
            return TypedResults.Forbid(ended, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
        }

        var principal = TokenIdentity.OfUser(session.Principal, device.GetScopes());
        var resources = device.GetResources();
        principal.SetResources(resources.IsEmpty ? [options.Value.Audience] : resources);
        return TypedResults.SignIn(principal, ended, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static Page EnterCode(string? problem) => new(
        "Connect a device",
        $"""
        {(problem is null ? "" : $"<p role=\"alert\">{Page.Encode(problem)}</p>")}
        <form method="get" action="/connect/verify"><label for="code">The code that the device shows</label>
        <input id="code" type="text" name="user_code" required autofocus autocomplete="off" autocapitalize="characters" spellcheck="false">
        <button class="main">Continue</button></form>
        """,
        problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static Page Ask(string client, BrowserSession session, ImmutableArray<string> scopes, IEnumerable<KeyValuePair<string, string>> fields) => new(
        $"Connect {client}?",
        $"""
        <p>You are signed in as <strong>{Page.Encode(session.Name)}</strong>. Only go on if you have this device in front of you. <strong>{Page.Encode(client)}</strong> would like to:</p>
        <ul>{string.Concat(scopes.Select(scope => $"<li>{Page.Encode(ScopeTexts.Of(scope))}</li>"))}</ul>
        <form method="post" action="/connect/verify">{Page.Hidden(fields)}
        <button class="main" name="{Decision}" value="allow">Connect</button><button name="{Decision}" value="deny">Do not connect</button></form>
        """);
}
