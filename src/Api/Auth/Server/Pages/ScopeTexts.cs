using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Api.Auth.Server.Pages;

/// <summary>What scopes mean, for the people who are asked to allow them.</summary>
internal static class ScopeTexts
{
    public static string Of(string scope) => scope switch
    {
        Scopes.OpenId => "know who you are",
        Scopes.Profile => "see your name",
        Scopes.Email => "see your e-mail address",
        Scopes.Roles => "see your roles",
        Scopes.OfflineAccess => "stay connected while you are not using it",
        _ => $"use “{scope}” on your behalf",
    };
}
