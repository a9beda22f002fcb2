using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Grains.Identity.Keys;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Tests.Gateway.Auth;

/// <summary>A key of the cluster's, that signs whatever a test asks it to.</summary>
internal sealed class TestKey
{
    private readonly Func<byte[], byte[]> sign;

    public TestKey(string id, SigningAlgorithm algorithm)
    {
        Id = id;
        Algorithm = algorithm;
        if (algorithm == SigningAlgorithm.Es256)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            sign = bytes => key.SignData(bytes, HashAlgorithmName.SHA256);
            Public = new ECDsaSecurityKey(ECDsa.Create(key.ExportParameters(includePrivateParameters: false))) { KeyId = id };
            Signing = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = id }, SecurityAlgorithms.EcdsaSha256);
            PublicBytes = key.ExportSubjectPublicKeyInfo();
        }
        else
        {
            var key = RSA.Create(2048);
            sign = bytes => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            Public = new RsaSecurityKey(key.ExportParameters(includePrivateParameters: false)) { KeyId = id };
            Signing = new SigningCredentials(new RsaSecurityKey(key) { KeyId = id }, SecurityAlgorithms.RsaSha256);
            PublicBytes = key.ExportSubjectPublicKeyInfo();
        }
    }

    public string Id { get; }

    public SigningAlgorithm Algorithm { get; }

    public SecurityKey Public { get; }

    public byte[] PublicBytes { get; }

    public SigningCredentials Signing { get; }

    public string Name => Algorithm == SigningAlgorithm.Es256 ? "ES256" : "RS256";

    /// <summary>A JWT with this very header and payload.</summary>
    public string Sign(string header, string payload) => Compose(header, payload, sign);

    public static string Compose(string header, string payload, Func<byte[], byte[]> sign)
    {
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        return $"{signed}.{Encode(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
