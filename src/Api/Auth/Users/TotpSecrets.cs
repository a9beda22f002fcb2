using Microsoft.AspNetCore.DataProtection;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Encrypts the secrets of authenticator apps, which cannot be hashed.</summary>
internal sealed class TotpSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("Gatehouse.Users.Totp");

    public string Protect(string secret) => protector.Protect(secret);

    public string Open(string secret) => protector.Unprotect(secret);
}
