using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Clients;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>
/// OpenIddict's applications are the clients in this front door's directory. Read only: clients are changed through their
/// grains, and every front door knows before the change is answered.
/// </summary>
internal sealed partial class ClientStore(IReplica<ClientDirectory> clients) : IOpenIddictApplicationStore<Client>
{
    // A disabled client is as good as none.
    public async ValueTask<Client?> FindByClientIdAsync(string identifier, CancellationToken cancellationToken) =>
        (await clients.Read(cancellationToken)).Find(identifier) is { Disabled: false } client ? client : null;

    public ValueTask<Client?> FindByIdAsync(string identifier, CancellationToken cancellationToken) => FindByClientIdAsync(identifier, cancellationToken);

    // Asked for nothing but this: to which client somebody who signs out can be sent back to.
    public async IAsyncEnumerable<Client> FindByPostLogoutRedirectUriAsync(
        string uri, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var client in (await clients.Read(cancellationToken)).All.Where(client => !client.Disabled && client.PostLogoutRedirectUris.Contains(uri)))
        {
            yield return client;
        }
    }

    // Of a native application any port of a loopback address would do; redirect URIs are compared to the letter here.
    public ValueTask<string?> GetApplicationTypeAsync(Client application, CancellationToken cancellationToken) => new(ApplicationTypes.Web);

    public ValueTask<string?> GetClientIdAsync(Client application, CancellationToken cancellationToken) => new(application.Id);

    // Only whether there is one matters: ClientManager compares with what the client itself has.
    public ValueTask<string?> GetClientSecretAsync(Client application, CancellationToken cancellationToken) =>
        new(application.Secret is null ? null : application.Id);

    public ValueTask<string?> GetClientTypeAsync(Client application, CancellationToken cancellationToken) =>
        new(application.Public ? ClientTypes.Public : ClientTypes.Confidential);

    public ValueTask<string?> GetConsentTypeAsync(Client application, CancellationToken cancellationToken) =>
        new(application.Trusted ? ConsentTypes.Implicit : ConsentTypes.Explicit);

    public ValueTask<string?> GetDisplayNameAsync(Client application, CancellationToken cancellationToken) => new(application.Name);

    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDisplayNamesAsync(Client application, CancellationToken cancellationToken) =>
        new(ImmutableDictionary<CultureInfo, string>.Empty);

    public ValueTask<string?> GetIdAsync(Client application, CancellationToken cancellationToken) => new(application.Id);

    public ValueTask<JsonWebKeySet?> GetJsonWebKeySetAsync(Client application, CancellationToken cancellationToken) => new((JsonWebKeySet?)null);

    public ValueTask<ImmutableArray<string>> GetPermissionsAsync(Client application, CancellationToken cancellationToken) =>
        new(ClientPermissions.Of(application));

    public ValueTask<ImmutableArray<string>> GetPostLogoutRedirectUrisAsync(Client application, CancellationToken cancellationToken) =>
        new(application.PostLogoutRedirectUris);

    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(Client application, CancellationToken cancellationToken) =>
        new(ImmutableDictionary<string, JsonElement>.Empty);

    public ValueTask<ImmutableArray<string>> GetRedirectUrisAsync(Client application, CancellationToken cancellationToken) => new(application.RedirectUris);

    public ValueTask<ImmutableArray<string>> GetRequirementsAsync(Client application, CancellationToken cancellationToken) => new(
        application.RequirePushedRequests
            ? [Requirements.Features.ProofKeyForCodeExchange, Requirements.Features.PushedAuthorizationRequests]
            : [Requirements.Features.ProofKeyForCodeExchange]);

    public ValueTask<ImmutableDictionary<string, string>> GetSettingsAsync(Client application, CancellationToken cancellationToken) =>
        new(ImmutableDictionary<string, string>.Empty);
}
