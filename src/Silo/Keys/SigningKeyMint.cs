using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Grains.Identity.Keys;

namespace Gatehouse.Silo.Keys;

/// <summary>Makes signing keys and protects them before they leave.</summary>
internal sealed class SigningKeyMint(SigningKeyProtector protector) : ISigningKeyMint
{
    private const int RsaBits = 2048;

    /// <inheritdoc/>
    public MintedKey Mint(SigningAlgorithm algorithm)
    {
        if (algorithm == SigningAlgorithm.Es256)
        {
            using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return Make(ec, Thumbprint(ec.ExportParameters(includePrivateParameters: false)));
        }

        using var rsa = RSA.Create(RsaBits);
        return Make(rsa, Thumbprint(rsa.ExportParameters(includePrivateParameters: false)));
    }

    private MintedKey Make(AsymmetricAlgorithm key, string id)
    {
        var privateKey = key.ExportPkcs8PrivateKey();
        try
        {
            return new MintedKey(id, key.ExportSubjectPublicKeyInfo(), protector.Protect(privateKey));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    // RFC 7638: the required members in lexicographic order, without spaces.
    private static string Thumbprint(ECParameters key) =>
        Hash($$"""{"crv":"P-256","kty":"EC","x":"{{Encode(key.Q.X)}}","y":"{{Encode(key.Q.Y)}}"}""");

    private static string Thumbprint(RSAParameters key) =>
        Hash($$"""{"e":"{{Encode(key.Exponent)}}","kty":"RSA","n":"{{Encode(key.Modulus)}}"}""");

    private static string Encode(byte[]? value) => Base64Url.EncodeToString(value);

    private static string Hash(string members) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(members)));
}
