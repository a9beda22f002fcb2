using Gatehouse.Grains.Identity.Users;
using Microsoft.AspNetCore.Identity;
using OtpNet;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Codes of authenticator apps (RFC 6238). A code is good for its 30 seconds, and once.</summary>
internal sealed class TotpProvider(IGrainFactory grains, TimeProvider time) : IUserTwoFactorTokenProvider<Account>
{
    public const int Digits = 6;

    // Neither the step before nor the one after: a code lives no longer than it is shown.
    private static readonly VerificationWindow ThisStep = new(0, 0);

    public Task<string> GenerateAsync(string purpose, UserManager<Account> manager, Account user) =>
        throw new NotSupportedException("The user's app generates the codes.");

    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<Account> manager, Account user)
    {
        var code = token.Replace(" ", "", StringComparison.Ordinal);
        if (code.Length != Digits || await manager.GetAuthenticatorKeyAsync(user) is not { } key)
        {
            return false;
        }

        var totp = new Totp(Base32Encoding.ToBytes(key));
        if (!totp.VerifyTotp(time.GetUtcNow().UtcDateTime, code, out var step, ThisStep)
            || !await grains.GetGrain<IUserGrain>(user.Id).UseTotp(step))
        {
            return false;
        }

        // What is written of the user next must know of this write.
        if (await manager.FindByIdAsync(user.Id) is { } current)
        {
            user.User = user.User with { LastTotpStep = current.User.LastTotpStep, Version = current.User.Version };
        }

        return true;
    }

    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<Account> manager, Account user) => Task.FromResult(user.User.TotpSecret is not null);
}
