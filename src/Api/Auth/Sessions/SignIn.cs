using System.Collections.Immutable;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Identity.Sessions;

namespace Gatehouse.Api.Auth.Sessions;

/// <summary>Begins and ends the session of the browser that a request came from.</summary>
internal sealed class SignIn(IGrainFactory grains, Peers peers, TimeProvider time)
{
    // A client application of another site sends its users here, to /connect/authorize.
    private static readonly CookieOptions Cookie = HostCookie.Options(SameSiteMode.Lax);

    /// <summary>Begins a session and gives the browser its cookie. A session that the browser had before is ended.</summary>
    /// <returns>The session's id.</returns>
    public async Task<string> Begin(HttpContext context, string userId, string name, ImmutableArray<string> roles, ImmutableArray<string> methods)
    {
        var cookie = SessionCookie.Create();
        var start = new SessionStart(
            cookie.SessionId,
            cookie.Hash,
            userId,
            name,
            roles,
            methods,
            Device.Describe(context.Request.Headers.UserAgent.ToString()),
            AddressOf(context));
        await grains.GetGrain<IUserSessionsGrain>(userId).Start(start);
        await EndOf(context, SessionEnd.Replaced);
        Set(context, cookie);
        return cookie.SessionId;
    }

    /// <summary>Gives the browser, whose user has authenticated anew, another cookie for its session.</summary>
    /// <returns>The session; null when it is over.</returns>
    public async Task<Session?> Renew(HttpContext context, string userId, ImmutableArray<string> methods)
    {
        if (!SessionCookie.TryParse(context.Request.Cookies[SessionCookie.Name], out var before)
            || (await Find(context, before))?.UserId != userId)
        {
            return null;
        }

        var cookie = before.Renew();
        var session = await grains.GetGrain<ISessionGrain>(cookie.SessionId).Renew(before.Hash, cookie.Hash, methods);
        if (session is not null)
        {
            Set(context, cookie);
        }

        return session;
    }

    /// <summary>Ends the browser's session and takes its cookie away.</summary>
    public async Task End(HttpContext context, SessionEnd reason)
    {
        await EndOf(context, reason);
        context.Response.Cookies.Delete(SessionCookie.Name, Cookie);
        context.Response.Headers.CacheControl = "no-store";
    }

    private async Task EndOf(HttpContext context, SessionEnd reason)
    {
        if (SessionCookie.TryParse(context.Request.Cookies[SessionCookie.Name], out var cookie)
            && await Find(context, cookie) is { } session)
        {
            await grains.GetGrain<IUserSessionsGrain>(session.UserId).End(session.Id, reason);
        }
    }

    private ValueTask<Session?> Find(HttpContext context, SessionCookie cookie) =>
        grains.GetGrain<ISessionGrain>(cookie.SessionId).Authenticate(cookie.Hash, time.GetUtcNow(), AddressOf(context));

    private string AddressOf(HttpContext context) => peers.ClientOf(context)?.ToString() ?? "";

    private static void Set(HttpContext context, SessionCookie cookie)
    {
        context.Response.Cookies.Append(SessionCookie.Name, cookie.Value, Cookie);
        context.Response.Headers.CacheControl = "no-store";
    }
}
