using System.Security.Cryptography;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Keys;
using Gatehouse.Grains.Views;
using Gatehouse.Silo.Keys;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Auth.Keys;

/// <summary>Turns the <c>signing-keys</c> view into keys that sign and verify.</summary>
internal sealed partial class SigningKeyProjection(SigningKeyProtector protector, ILogger<SigningKeyProjection> logger)
    : IViewProjection<SigningKeyRing>
{
    public SigningKeyRing Empty => SigningKeyRing.Empty;

    public SigningKeyRing Apply(SigningKeyRing current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
    {
        var changed = changes.Select(change => change.Key).ToHashSet(StringComparer.Ordinal);
        var kept = replace ? [] : current.Keys.Where(key => !changed.Contains(key.Id));
        return new SigningKeyRing([.. kept, .. changes.Select(change => change.Value).OfType<SigningKey>().Select(Open)]);
    }

    private RingKey Open(SigningKey key)
    {
        (SecurityKey publicKey, string algorithm) = key.Algorithm == SigningAlgorithm.Es256
            ? ((SecurityKey)Ec(key.Id, ec => ec.ImportSubjectPublicKeyInfo(key.PublicKey.Span, out _)), SecurityAlgorithms.EcdsaSha256)
            : (Rsa(key.Id, withPrivate: false, rsa => rsa.ImportSubjectPublicKeyInfo(key.PublicKey.Span, out _)), SecurityAlgorithms.RsaSha256);
        return new RingKey(key.Id, key.Algorithm, key.Status, publicKey, OpenPrivate(key) is { } privateKey ? new(privateKey, algorithm) : null);
    }

    private SecurityKey? OpenPrivate(SigningKey key)
    {
        byte[] privateKey;
        try
        {
            privateKey = protector.Unprotect(key.ProtectedKey);
        }
        // It still verifies here; another front door signs.
        catch (CryptographicException e)
        {
            Log.CannotOpen(logger, key.Id, e);
            return null;
        }

        try
        {
            return key.Algorithm == SigningAlgorithm.Es256
                ? Ec(key.Id, ec => ec.ImportPkcs8PrivateKey(privateKey, out _))
                : Rsa(key.Id, withPrivate: true, rsa => rsa.ImportPkcs8PrivateKey(privateKey, out _));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    // Not disposed when it leaves the ring: a request under way may still sign or verify with it.
    private static ECDsaSecurityKey Ec(string id, Action<ECDsa> import)
    {
        var ec = ECDsa.Create();
        import(ec);
        return new ECDsaSecurityKey(ec) { KeyId = id };
    }

    // By its numbers, and not as one object: each signature provider has its own then.
    private static RsaSecurityKey Rsa(string id, bool withPrivate, Action<RSA> import)
    {
        using var rsa = RSA.Create();
        import(rsa);
        return new RsaSecurityKey(rsa.ExportParameters(withPrivate)) { KeyId = id };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The private part of signing key {Key} cannot be opened: it was protected by another key ring")]
        public static partial void CannotOpen(ILogger logger, string key, Exception exception);
    }
}
