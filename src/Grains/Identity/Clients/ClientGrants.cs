using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Clients;

/// <summary>The ways to ask for tokens, by their names in <c>grant_type</c>.</summary>
public static class ClientGrants
{
    /// <summary>The client acts for itself.</summary>
    public const string ClientCredentials = "client_credentials";

    /// <summary>A user signs in in a browser.</summary>
    public const string AuthorizationCode = "authorization_code";

    /// <summary>New tokens without the user, for as long as the session lasts.</summary>
    public const string RefreshToken = "refresh_token";

    /// <summary>A user signs in on another device (RFC 8628).</summary>
    public const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";

    /// <summary>A service gets a token for the next one, on behalf of its caller (RFC 8693).</summary>
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> All = [ClientCredentials, AuthorizationCode, RefreshToken, DeviceCode, TokenExchange];
}
