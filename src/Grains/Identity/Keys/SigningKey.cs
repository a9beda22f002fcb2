namespace Gatehouse.Grains.Identity.Keys;

/// <summary>A key that tokens are, were or will be signed with; also its entry in the <c>signing-keys</c> view.</summary>
/// <param name="Id">The <c>kid</c>.</param>
/// <param name="Algorithm">What it signs by.</param>
/// <param name="Status">Where in its life it is.</param>
/// <param name="PublicKey">The public key, as a SubjectPublicKeyInfo.</param>
/// <param name="ProtectedKey">The private key: a PKCS #8 document that only a process with the key ring can open.</param>
/// <param name="Since">When it got its status.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.keys.key")]
public sealed record SigningKey(
    [property: Id(0)] string Id,
    [property: Id(1)] SigningAlgorithm Algorithm,
    [property: Id(2)] SigningKeyStatus Status,
    [property: Id(3)] ReadOnlyMemory<byte> PublicKey,
    [property: Id(4)] ReadOnlyMemory<byte> ProtectedKey,
    [property: Id(5)] DateTimeOffset Since)
{
    internal SigningKey Become(SigningKeyStatus status, DateTimeOffset now) => this with { Status = status, Since = now };
}

/// <summary>Where in its life a signing key is.</summary>
[GenerateSerializer, Alias("gatehouse.keys.status")]
public enum SigningKeyStatus
{
    /// <summary>Published, so that whoever caches keys learns of it; signs nothing yet.</summary>
    Announced = 0,

    /// <summary>Signs. One key of an algorithm at a time.</summary>
    Active = 1,

    /// <summary>Signs no more; what it signed is still accepted.</summary>
    Retired = 2,
}
