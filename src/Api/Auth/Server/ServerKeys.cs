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

    public string? Name => Options.DefaultName;

    public void Configure(OpenIddictServerOptions options)
    {
        options.Issuer = issuer.Uri;
        // Active first: what signs where nobody chooses.
        foreach (var key in keys.Current.Keys.OrderBy(key => key.Status != SigningKeyStatus.Active).ThenBy(key => key.Algorithm))
        {
            options.SigningCredentials.Add(key.Signing ?? new SigningCredentials(key.PublicKey, AlgorithmOf(key)));
        }

        options.TokenValidationParameters.IssuerSigningKeyResolver =
            (_, _, id, _) => id is not null && keys.Current.TryFind(id, out var key) ? [key.PublicKey] : [];
        options.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(10);
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
                var before = Interlocked.Exchange(ref changed, new CancellationTokenSource());
                await before.CancelAsync();
                before.Dispose();
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
