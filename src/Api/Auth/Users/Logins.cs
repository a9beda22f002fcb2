using System.Collections.Immutable;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Grains.Identity.Sessions;

namespace Gatehouse.Api.Auth.Users;

/// <summary>What comes after credentials were right: the second factor, and the session.</summary>
internal sealed class Logins(Accounts accounts, SignIn signIn, LoginCookies cookies, IGrainFactory grains, AccountEvents events)
{
    /// <summary>Goes on from a right password.</summary>
    /// <returns>Where to go: on, or to the second factor; null when the user may not log in any more.</returns>
    public async Task<string?> AfterPassword(HttpContext context, Account account, string returnUrl, bool renews)
    {
        if (!account.User.TwoFactor)
        {
            return await Complete(context, account, ["pwd"], returnUrl, renews);
        }

        cookies.Pending.Set(context, new PendingLogin(account.Id, account.User.SecurityStamp, ["pwd"], returnUrl, renews));
        return "/account/login/factor";
    }

    /// <summary>The user whose login waits for a second factor in this browser; null when there is none.</summary>
    public async Task<(Account Account, PendingLogin Login)?> Pending(HttpContext context) =>
        cookies.Pending.Read(context) is { } pending
        && await accounts.FindByIdAsync(pending.UserId) is { } account
        && account.User.SecurityStamp == pending.Stamp
        && !account.User.Disabled
            ? (account, pending)
            : null;

    /// <summary>Begins the user's session in this browser, or renews the one there is.</summary>
    /// <returns>Where to go on; null when the user may not log in any more.</returns>
    public async Task<string?> Complete(HttpContext context, Account account, ImmutableArray<string> methods, string returnUrl, bool renews)
    {
        cookies.Pending.Clear(context);
        if (renews)
        {
            return await signIn.Renew(context, account.Id, methods) is null ? null : returnUrl;
        }

        var user = account.User;
        var sessionId = await signIn.Begin(context, user.Id, user.Name.Length > 0 ? user.Name : user.Login, user.Roles, methods);
        // Whoever disables a user, or changes a credential, writes that before ending all sessions. One that began unseen
        // by that ending finds it here.
        if (await accounts.FindByIdAsync(user.Id) is not { User: { Disabled: false } now } || now.SecurityStamp != user.SecurityStamp)
        {
            await grains.GetGrain<IUserSessionsGrain>(user.Id).End(sessionId, SessionEnd.CredentialsChanged);
            return null;
        }

        cookies.KnowDevice(context, user.Id);
        events.Record(context, "login", user.Id, detail: string.Join(' ', methods));
        return returnUrl;
    }
}
