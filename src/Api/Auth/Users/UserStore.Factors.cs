using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Grains.Identity.Users;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Api.Auth.Users;

/// <summary>The second factors: authenticator app, recovery codes, passkeys.</summary>
internal sealed partial class UserStore :
    IUserTwoFactorStore<Account>,
    IUserAuthenticatorKeyStore<Account>,
    IUserTwoFactorRecoveryCodeStore<Account>,
    IUserPasskeyStore<Account>
{
    public Task<bool> GetTwoFactorEnabledAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.User.TwoFactor);

    public Task SetTwoFactorEnabledAsync(Account user, bool enabled, CancellationToken cancellationToken) =>
        Set(user, user.User with { TwoFactor = enabled });

    public Task<string?> GetAuthenticatorKeyAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.User.TotpSecret is { } secret ? secrets.Open(secret) : null);

    public Task SetAuthenticatorKeyAsync(Account user, string key, CancellationToken cancellationToken) =>
        Set(user, user.User with { TotpSecret = secrets.Protect(key), LastTotpStep = 0 });

    public Task ReplaceCodesAsync(Account user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) =>
        Set(user, user.User with { RecoveryCodes = [.. recoveryCodes.Select(Hash)] });

    // Taken at the write of the version that was read, so not twice.
    public async Task<bool> RedeemCodeAsync(Account user, string code, CancellationToken cancellationToken)
    {
        var hash = Hash(code);
        if (!user.User.RecoveryCodes.Contains(hash))
        {
            return false;
        }

        user.User = user.User with { RecoveryCodes = user.User.RecoveryCodes.Remove(hash) };
        return (await Put(user)).Succeeded;
    }

    public Task<int> CountCodesAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.User.RecoveryCodes.Length);

    public Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        var record = Record(passkey);
        return Set(user, user.User with { Passkeys = user.User.Passkeys.RemoveAll(known => known.Id == record.Id).Add(record) });
    }

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserPasskeyInfo>>([.. user.User.Passkeys.Select(Info)]);

    public Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        FindByClaim(UserClaim.Passkey(Base64Url.EncodeToString(credentialId)));

    public Task<UserPasskeyInfo?> FindPasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken)
    {
        var id = Base64Url.EncodeToString(credentialId);
        return Task.FromResult(user.User.Passkeys.FirstOrDefault(passkey => passkey.Id == id) is { } passkey ? Info(passkey) : null);
    }

    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken)
    {
        var id = Base64Url.EncodeToString(credentialId);
        return Set(user, user.User with { Passkeys = user.User.Passkeys.RemoveAll(passkey => passkey.Id == id) });
    }

    // 125 random bits in each: a fast hash will do.
    private static string Hash(string code) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Accounts.NormalizeRecoveryCode(code))));

    private static Passkey Record(UserPasskeyInfo info) => new(
        Base64Url.EncodeToString(info.CredentialId),
        info.PublicKey,
        info.Name ?? "",
        info.CreatedAt,
        info.SignCount,
        [.. info.Transports ?? []],
        info.IsUserVerified,
        info.IsBackupEligible,
        info.IsBackedUp,
        info.AttestationObject,
        info.ClientDataJson);

    private static UserPasskeyInfo Info(Passkey passkey) => new(
        Base64Url.DecodeFromChars(passkey.Id),
        passkey.PublicKey,
        passkey.CreatedAt,
        passkey.SignCount,
        [.. passkey.Transports],
        passkey.UserVerified,
        passkey.BackupEligible,
        passkey.BackedUp,
        passkey.Attestation,
        passkey.ClientData)
    {
        Name = passkey.Name,
    };
}
