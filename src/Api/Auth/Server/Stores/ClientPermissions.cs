using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gatehouse.Grains.Identity.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>What a client may do, in OpenIddict's words; worked out once for each version of a client.</summary>
internal static class ClientPermissions
{
    private static readonly ConditionalWeakTable<Client, object> Known = [];

    /// <summary>The permissions of a client.</summary>
    public static ImmutableArray<string> Of(Client client) =>
        (ImmutableArray<string>)Known.GetValue(client, static client => Make(client));

    private static ImmutableArray<string> Make(Client client)
    {
        var permissions = ImmutableArray.CreateBuilder<string>();
        permissions.AddRange(Permissions.Endpoints.Token, Permissions.Endpoints.Revocation, Permissions.Endpoints.EndSession);
        if (!client.Public)
        {
            permissions.Add(Permissions.Endpoints.Introspection);
        }

        if (client.Grants.Contains(ClientGrants.AuthorizationCode))
        {
            permissions.AddRange(Permissions.Endpoints.Authorization, Permissions.Endpoints.PushedAuthorization, Permissions.ResponseTypes.Code);
        }

        if (client.Grants.Contains(ClientGrants.DeviceCode))
        {
            permissions.Add(Permissions.Endpoints.DeviceAuthorization);
        }

        permissions.AddRange(client.Grants.Select(grant => Permissions.Prefixes.GrantType + grant));
        permissions.AddRange(client.Scopes.Select(scope => Permissions.Prefixes.Scope + scope));
        permissions.AddRange(client.Audiences.Select(audience => Permissions.Prefixes.Audience + audience));
        permissions.AddRange(client.Audiences.Select(audience => Permissions.Prefixes.Resource + audience));
        return permissions.ToImmutable();
    }
}
