using Microsoft.AspNetCore.DataProtection;

namespace Gatehouse.Silo.Keys;

/// <summary>Protects private signing keys on their way through the store and the <c>signing-keys</c> view.</summary>
public sealed class SigningKeyProtector(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("Gatehouse.SigningKeys.v1");

    /// <summary>Protects a PKCS #8 document.</summary>
    public byte[] Protect(byte[] privateKey) => protector.Protect(privateKey);

    /// <summary>Opens what <see cref="Protect"/> made, in whichever process of the cluster.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is not that, or not of this cluster.</exception>
    public byte[] Unprotect(ReadOnlyMemory<byte> protectedKey) => protector.Unprotect(protectedKey.ToArray());
}
