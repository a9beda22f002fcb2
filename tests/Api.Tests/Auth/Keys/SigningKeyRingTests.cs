using System.Text;
using Gatehouse.Api.Auth.Keys;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Keys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Tests.Auth.Keys;

public sealed class SigningKeyRingTests
{
    private static readonly byte[] Data = Encoding.UTF8.GetBytes("signed");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_are_made_at_the_first_start_kept_over_restarts_rotated_and_revoked()
    {
        await using var host = await GatehouseHost.Start();
        var first = await Ring(host, ring => ring.CanSign);
        var signed = Sign(first, SigningAlgorithm.Es256);
        Verifies(first, signed).ShouldBeTrue();
        Verifies(first, Sign(first, SigningAlgorithm.Rs256)).ShouldBeTrue();

        await host.Restart();
        var restarted = await Ring(host, ring => ring.CanSign);
        restarted.Keys.Select(key => key.Id).ShouldBe(first.Keys.Select(key => key.Id), ignoreOrder: true);
        Verifies(restarted, signed).ShouldBeTrue();

        // When the commands return, the front door has the keys: nothing is waited for.
        await Grain(host).Rotate(immediately: true);
        var rotated = Current(host);
        rotated.Keys.Length.ShouldBe(4);
        Sign(rotated, SigningAlgorithm.Es256).Id.ShouldNotBe(signed.Id);
        Verifies(rotated, signed).ShouldBeTrue();

        (await Grain(host).Revoke(signed.Id)).ShouldBeTrue();
        Verifies(Current(host), signed).ShouldBeFalse();
        (await Grain(host).Revoke(signed.Id)).ShouldBeFalse();

        var active = Sign(Current(host), SigningAlgorithm.Es256);
        (await Grain(host).Revoke(active.Id)).ShouldBeTrue();
        Sign(Current(host), SigningAlgorithm.Es256).Id.ShouldNotBe(active.Id);
    }

    private static ISigningKeysGrain Grain(GatehouseHost host) =>
        host.Services.GetRequiredService<IGrainFactory>().GetGrain<ISigningKeysGrain>(ISigningKeysGrain.Key);

    private static SigningKeyRing Current(GatehouseHost host) => host.Services.GetRequiredService<IReplica<SigningKeyRing>>().Current;

    private static async Task<SigningKeyRing> Ring(GatehouseHost host, Func<SigningKeyRing, bool> wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var ring in host.Services.GetRequiredService<IReplica<SigningKeyRing>>().Follow(patience.Token))
        {
            if (wanted(ring))
            {
                return ring;
            }
        }

        throw new TimeoutException();
    }

    private static (string Id, string Algorithm, byte[] Signature) Sign(SigningKeyRing ring, SigningAlgorithm algorithm)
    {
        var credentials = ring.Signing(algorithm).ShouldNotBeNull();
        using var provider = credentials.Key.CryptoProviderFactory.CreateForSigning(credentials.Key, credentials.Algorithm, cacheProvider: false);
        return (credentials.Kid, credentials.Algorithm, provider.Sign(Data));
    }

    private static bool Verifies(SigningKeyRing ring, (string Id, string Algorithm, byte[] Signature) signed)
    {
        if (!ring.TryFind(signed.Id, out var key))
        {
            return false;
        }

        key.PublicKey.KeyId.ShouldBe(signed.Id);
        (key.PublicKey as AsymmetricSecurityKey).ShouldNotBeNull().PrivateKeyStatus.ShouldNotBe(PrivateKeyStatus.Exists);
        using var provider = key.PublicKey.CryptoProviderFactory.CreateForVerifying(key.PublicKey, signed.Algorithm, cacheProvider: false);
        return provider.Verify(Data, signed.Signature);
    }
}
