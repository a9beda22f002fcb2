using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Audit;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Api.Auth.Users;

/// <summary>
/// Checks a login name and password. Unknown and known names, disabled and active users take the same way, and give the
/// same answer.
/// </summary>
internal sealed class PasswordLogin(Accounts accounts, IPasswordHasher<Account> hasher, PasswordQueue queue, LoginThrottle throttle, LoginCookies cookies, AccountEvents events, Peers peers)
{
    /// <summary>Checks one attempt.</summary>
    /// <returns>The user when name and password are right, or how long to wait before trying again, or neither.</returns>
    public async Task<(Account? Account, TimeSpan Wait)> Check(HttpContext context, string login, string password)
    {
        var account = await accounts.FindByNameAsync(login);
        var attempt = await throttle.Enter(login, peers.ClientOf(context), cookies.Device(context, account?.Id));
        if (attempt.Refused)
        {
            events.Record(context, "login.throttled", account?.Id, AuditOutcome.Denied);
            return (null, attempt.Wait);
        }

        var right = await queue.Run(() => Verify(account, password), context.RequestAborted);
        if (!right || account is null || account.User.Disabled)
        {
            events.Record(context, "login", account?.Id, AuditOutcome.Denied, "pwd");
            return (null, TimeSpan.Zero);
        }

        await attempt.Refund();
        return (account, TimeSpan.Zero);
    }

    private async Task<bool> Verify(Account? account, string password)
    {
        if (password.Length > PasswordRules.MaxLength)
        {
            password = "";
        }

        if (account?.User.PasswordHash is not null)
        {
            return await accounts.CheckPasswordAsync(account, password);
        }

        ((Argon2Hasher)hasher).VerifyNobody(password);
        return false;
    }
}
