using System.Security.Claims;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Sessions;

[Collection(SharedGatehouse.Name)]
public sealed class UserSessionsTests(GatehouseHost host)
{
    private readonly string user = Guid.NewGuid().ToString();

    private IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    private IUserSessionsGrain Sessions => Grains.GetGrain<IUserSessionsGrain>(user);

    [Fact]
    public async Task A_browser_with_its_cookie_is_its_user()
    {
        var cookie = await Begin();

        var result = await Authenticate(cookie.Value);

        result.Succeeded.ShouldBeTrue();
        var principal = result.Principal;
        principal.FindFirstValue("sub").ShouldBe(user);
        principal.FindFirstValue("sid").ShouldBe(cookie.SessionId);
        principal.Identity!.Name.ShouldBe("Alice");
        principal.IsInRole("librarian").ShouldBeTrue();
        principal.FindFirstValue("amr").ShouldBe("pwd");
        long.Parse(principal.FindFirstValue("auth_time")!).ShouldBeInRange(1, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_browser_with_another_handle_or_none_is_nobody()
    {
        var cookie = await Begin();

        (await Authenticate(cookie.Renew().Value)).Succeeded.ShouldBeFalse();
        (await Authenticate(SessionCookie.Create().Value)).Succeeded.ShouldBeFalse();
        (await Authenticate("")).None.ShouldBeTrue();
    }

    [Fact]
    public async Task Checklist6_sessions_are_listed_and_ended_one_by_one()
    {
        var first = await Begin();
        var second = await Begin();

        (await Sessions.List()).Select(session => session.Id).ShouldBe([second.SessionId, first.SessionId]);
        (await Sessions.End(first.SessionId, SessionEnd.EndedByUser)).ShouldBeTrue();
        (await Sessions.End(first.SessionId, SessionEnd.EndedByUser)).ShouldBeFalse();

        (await Sessions.List()).Select(session => session.Id).ShouldBe([second.SessionId]);
        (await Authenticate(first.Value)).Succeeded.ShouldBeFalse();
        (await Authenticate(second.Value)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another_user()
    {
        var cookie = await Begin();

        (await Grains.GetGrain<IUserSessionsGrain>("somebody-else").End(cookie.SessionId, SessionEnd.EndedByUser)).ShouldBeFalse();

        (await Authenticate(cookie.Value)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task EndAll_leaves_the_one_it_is_told_to()
    {
        var first = await Begin();
        var second = await Begin();
        var third = await Begin();

        (await Sessions.EndAll(SessionEnd.CredentialsChanged, except: second.SessionId)).ShouldBe(2);

        (await Sessions.List()).Select(session => session.Id).ShouldBe([second.SessionId]);
        (await Grains.GetGrain<ISessionGrain>(first.SessionId).IsActive()).ShouldBeFalse();
        (await Grains.GetGrain<ISessionGrain>(second.SessionId).IsActive()).ShouldBeTrue();
        (await Grains.GetGrain<ISessionGrain>(third.SessionId).IsActive()).ShouldBeFalse();
    }

    [Fact]
    public async Task One_session_too_many_ends_the_oldest()
    {
        var oldest = await Begin();
        for (var i = 0; i < new UserSessionOptions().MaxPerUser; i++)
        {
            await Begin();
        }

        (await Sessions.List()).Length.ShouldBe(new UserSessionOptions().MaxPerUser);
        (await Authenticate(oldest.Value)).Succeeded.ShouldBeFalse();
    }

    private async Task<SessionCookie> Begin()
    {
        var cookie = SessionCookie.Create();
        var start = new SessionStart(cookie.SessionId, cookie.Hash, user, "Alice", ["librarian"], ["pwd"], "Firefox on Linux", "10.0.0.1");
        (await Sessions.Start(start)).ShouldBeTrue();
        return cookie;
    }

    private async Task<AuthenticateResult> Authenticate(string cookie)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Headers.Cookie = $"{SessionCookie.Name}={cookie}";
        return await context.AuthenticateAsync(SessionCookie.Scheme);
    }
}
