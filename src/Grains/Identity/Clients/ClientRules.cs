using System.Buffers;
using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Clients;

/// <summary>What a client must be like.</summary>
public static class ClientRules
{
    private const int MaxUris = 32;
    private const int MaxNames = 128;
    private const int MaxUriLength = 2000;
    private const int MaxNameLength = 128;

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>Whether it can be a <c>client_id</c>: 1 to 64 characters that need no escaping anywhere.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= 64 && !id.AsSpan().ContainsAnyExcept(IdCharacters);

    /// <summary>What is wrong with a client: fields, and why.</summary>
    public static IReadOnlyDictionary<string, string> Check(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        Require(IsId(client.Id), "id", "must be 1 to 64 letters, digits, '-', '.', '_' or '~'");
        Require(client.Grants.All(ClientGrants.All.Contains), "grants", $"takes {string.Join(", ", ClientGrants.All)}");
        Require(!client.Public || !ActsAlone(client), "grants", "must not have client_credentials or token exchange for a public client, which cannot prove who it is");
        Require(!client.Grants.Contains(ClientGrants.AuthorizationCode) || client.RedirectUris.Length > 0, "redirectUris", "must name at least one URI for authorization_code");
        CheckUris(client.RedirectUris, "redirectUris");
        CheckUris(client.PostLogoutRedirectUris, "postLogoutRedirectUris");
        CheckNames(client.Scopes, "scopes");
        CheckNames(client.Audiences, "audiences");
        CheckNames(client.Roles, "roles");
        Require(client.BackChannelLogoutUri is null || IsWeb(client.BackChannelLogoutUri), "backChannelLogoutUri", "must be an http or https URI without fragment");
        return errors;

        void Require(bool holds, string field, string why)
        {
            if (!holds)
            {
                errors.TryAdd(field, why);
            }
        }

        void CheckUris(ImmutableArray<string> uris, string field)
        {
            Require(uris.Length <= MaxUris, field, $"must be at most {MaxUris}");
            Require(uris.All(IsReturnUri), field, "must be absolute URIs without fragment or wildcard: https, http to this machine (loopback), or a scheme of the app's own such as com.example.app:/done");
        }

        void CheckNames(ImmutableArray<string> names, string field)
        {
            Require(names.Length <= MaxNames, field, $"must be at most {MaxNames}");
            Require(names.All(IsName), field, $"must be 1 to {MaxNameLength} printable ASCII characters each, without space, quote or backslash");
        }
    }

    private static bool ActsAlone(Client client) =>
        client.Grants.Contains(ClientGrants.ClientCredentials) || client.Grants.Contains(ClientGrants.TokenExchange);

    // RFC 6749, 3.3.
    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(c => c is '!' or (>= '#' and <= '[') or (>= ']' and <= '~'));

    // RFC 8252, 7: a scheme of an app's own is a domain name backwards, and so has a dot.
    private static bool IsReturnUri(string text) =>
        TryRead(text, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback) || uri.Scheme.Contains('.', StringComparison.Ordinal));

    private static bool IsWeb(string text) => TryRead(text, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);

    private static bool TryRead(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? uri)
    {
        uri = null;
        return text.Length <= MaxUriLength
            && !text.AsSpan().ContainsAny('#', '*', '\\')
            && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            && Uri.TryCreate(text, UriKind.Absolute, out uri)
            && uri.UserInfo.Length == 0;
    }
}
