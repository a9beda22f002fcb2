using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Keys;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace Gatehouse.Api.Auth.Server;

/// <summary>
/// Gives OpenIddict the keys of the ring, and new options whenever the ring changes. Verification asks the ring itself: a
/// key that was revoked a moment ago verifies nothing.
/// </summary>
internal sealed class ServerKeys(IReplica<SigningKeyRing> keys, TokenIssuer issuer)
    : BackgroundService, IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>
{
    private CancellationTokenSource changed = new();
    private SigningKeyRing? configured;

    public string? Name => Options.DefaultName;

    public void Configure(OpenIddictServerOptions options)
    {
        var ring = keys.Current;
        Volatile.Write(ref configured, ring);
        options.Issuer = issuer.Uri;
        // Active first: what signs where nobody chooses.
        foreach (var key in ring.Keys.OrderBy(key => key.Status != SigningKeyStatus.Active).ThenBy(key => key.Algorithm))
        {
            options.SigningCredentials.Add(key.Signing ?? new SigningCredentials(key.PublicKey, AlgorithmOf(key)));
        }

        options.TokenValidationParameters.IssuerSigningKeyResolver =
            (_, _, id, _) => id is not null && keys.Current.TryFind(id, out var key) ? [key.PublicKey] : [];
        options.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(10);
    }

    /// <summary>
    /// Sees to it that the options have the keys of now: a key may sign at this front door before anybody has had the time to
    /// follow the ring, and must be published then.
    /// </summary>
    public void KeepUp()
    {
        if (ReferenceEquals(Volatile.Read(ref configured), keys.Current))
        {
            return;
        }

        // New options are made before this returns. Not disposed: somebody may be about to ask for its token.
        Interlocked.Exchange(ref changed, new CancellationTokenSource()).Cancel();
    }

    public IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref changed).Token);

    public override void Dispose()
    {
        changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await foreach (var _ in keys.Follow(stoppingToken))
            {
                KeepUp();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private static string AlgorithmOf(RingKey key) =>
        key.Algorithm == SigningAlgorithm.Es256 ? SecurityAlgorithms.EcdsaSha256 : SecurityAlgorithms.RsaSha256;
}
