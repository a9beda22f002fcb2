namespace Gatehouse.Grains.Identity.Keys;

/// <summary>Makes signing keys; where it is, the private key is protected before anybody else sees it.</summary>
public interface ISigningKeyMint
{
    /// <summary>Makes a key. Takes processor time: not to be called on a grain's scheduler.</summary>
    MintedKey Mint(SigningAlgorithm algorithm);
}

/// <summary>A new key.</summary>
/// <param name="Id">Its <c>kid</c>: the thumbprint of the public key (RFC 7638), which nobody else has.</param>
/// <param name="PublicKey">The public key, as a SubjectPublicKeyInfo.</param>
/// <param name="ProtectedKey">The private key, protected.</param>
public sealed record MintedKey(string Id, ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> ProtectedKey);
