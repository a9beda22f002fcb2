using Gatehouse.Grains.Identity.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Api.Auth.Server.Pages;

/// <summary>What clients and scopes are called, for the people who are asked to allow them.</summary>
internal static class ScopeTexts
{
    /// <summary>What a client is called.</summary>
    public static string NameOf(Client client) => client.Name.Length == 0 ? client.Id : client.Name;

    /// <summary>What a client may do that has the scopes.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> scopes) => [.. scopes.Select(Of)];

    private static string Of(string scope) => scope switch
    {
        Scopes.OpenId => "know who you are",
        Scopes.Profile => "see your name",
        Scopes.Email => "see your e-mail address",
        Scopes.Roles => "see your roles",
        Scopes.OfflineAccess => "stay connected while you are not using it",
        _ => $"use “{scope}” on your behalf",
    };
}
