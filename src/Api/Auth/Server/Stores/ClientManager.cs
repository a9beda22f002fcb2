using Gatehouse.Grains.Identity.Clients;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>Compares secrets as <see cref="ClientSecret"/> does: one keyed hash, where OpenIddict would take ten thousand rounds.</summary>
internal sealed class ClientManager(
    IOpenIddictApplicationCache<Client> cache,
    ILoggerFactory loggers,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<Client> store)
    : OpenIddictApplicationManager<Client>(cache, loggers.CreateLogger<OpenIddictApplicationManager<Client>>(), options, store)
{
    public override ValueTask<bool> ValidateClientSecretAsync(Client application, string secret, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return ValueTask.FromResult(application.Secret?.Matches(secret) == true);
    }
}
