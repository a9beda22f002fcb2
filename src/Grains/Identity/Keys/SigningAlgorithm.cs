namespace Gatehouse.Grains.Identity.Keys;

/// <summary>How tokens are signed (RFC 7518, 3.1).</summary>
[GenerateSerializer, Alias("gatehouse.keys.algorithm")]
public enum SigningAlgorithm
{
    /// <summary>ECDSA on P-256 with SHA-256: quick to sign, short.</summary>
    Es256 = 0,

    /// <summary>RSA PKCS #1 v1.5 with SHA-256: what every OpenID Connect client can verify.</summary>
    Rs256 = 1,
}
