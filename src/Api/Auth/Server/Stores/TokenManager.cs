using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace Gatehouse.Api.Auth.Server.Stores;

/// <summary>Finds tokens by the hash that <see cref="TokenReference"/> makes of what their bearer presents.</summary>
internal sealed class TokenManager(
    IOpenIddictTokenCache<TokenEntity> cache,
    ILoggerFactory loggers,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictTokenStore<TokenEntity> store)
    : OpenIddictTokenManager<TokenEntity>(cache, loggers.CreateLogger<OpenIddictTokenManager<TokenEntity>>(), options, store)
{
    protected override ValueTask<string> ObfuscateReferenceIdAsync(string identifier, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(TokenReference.Hash(identifier));
}
