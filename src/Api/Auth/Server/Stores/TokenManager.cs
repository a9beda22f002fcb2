using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>Finds tokens by the hash that <see cref="TokenReference"/> makes of what their bearer presents.</summary>
internal sealed class TokenManager(
    IOpenIddictTokenCache<TokenEntity> cache,
    ILogger<OpenIddictTokenManager<TokenEntity>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictTokenStore<TokenEntity> store)
    : OpenIddictTokenManager<TokenEntity>(cache, logger, options, store)
{
    protected override ValueTask<string> ObfuscateReferenceIdAsync(string identifier, CancellationToken cancellationToken) =>
        ValueTask.FromResult(TokenReference.Hash(identifier));
}
