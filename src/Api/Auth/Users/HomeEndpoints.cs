using System.Globalization;
using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Grains.Identity.Sessions;

namespace Gatehouse.Api.Auth.Users;

/// <summary>The account page, with the user's sessions.</summary>
internal static class HomeEndpoints
{
    public static void Map(RouteGroupBuilder loggedIn)
    {
        loggedIn.MapGet("", Show);
        loggedIn.MapPost("/sessions/end", End);
        loggedIn.MapPost("/sessions/end-others", EndOthers);
    }

    private static async Task<IResult> Show(HttpContext context, IGrainFactory grains, TimeProvider time)
    {
        var visitor = Visitor.Of(context);
        var user = visitor.Account.User;
        var now = time.GetUtcNow();
        var sessions = await grains.GetGrain<IUserSessionsGrain>(user.Id).List();
        return Page.Of<HomePage>(new
        {
            User = visitor.Name,
            user.Login,
            user.Email,
            Roles = (IReadOnlyList<string>)user.Roles,
            HasPassword = user.PasswordHash is not null,
            user.TwoFactor,
            CodesLeft = user.RecoveryCodes.Length,
            Passkeys = (IReadOnlyList<HomePage.PasskeyRow>)[.. user.Passkeys.Select(passkey => new HomePage.PasskeyRow(passkey.Id, passkey.Name, Date(passkey.CreatedAt)))],
            Sessions = (IReadOnlyList<HomePage.SessionRow>)
            [
                .. sessions.OrderByDescending(session => session.Id == visitor.SessionId).Select(session => new HomePage.SessionRow(
                    session.Id, session.Device, session.Address, Ago(now - session.LastSeenAt), Date(session.StartedAt), session.Id == visitor.SessionId)),
            ],
            Note = context.Request.Query("done") switch
            {
                "ended" => "The session is ended.",
                "password" => "Your password is changed.",
                "email" => "Your e-mail address is changed.",
                "factor-off" => "The authenticator app is switched off.",
                "passkey" => "The passkey is added.",
                "passkey-removed" => "The passkey is removed.",
                _ => null,
            },
        });
    }

    private static async Task<IResult> End(HttpContext context, IGrainFactory grains, SignIn signIn)
    {
        var visitor = Visitor.Of(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var sessionId = form.Field("sid");
        if (sessionId == visitor.SessionId)
        {
            await signIn.End(context, SessionEnd.SignedOut);
            return TypedResults.Redirect("/account/login?done=logout");
        }

        await grains.GetGrain<IUserSessionsGrain>(visitor.Account.Id).End(sessionId, SessionEnd.EndedByUser);
        return TypedResults.Redirect("/account?done=ended");
    }

    private static async Task<IResult> EndOthers(HttpContext context, IGrainFactory grains)
    {
        var visitor = Visitor.Of(context);
        await grains.GetGrain<IUserSessionsGrain>(visitor.Account.Id).EndAll(SessionEnd.EndedByUser, visitor.SessionId);
        return TypedResults.Redirect("/account?done=ended");
    }

    private static string Date(DateTimeOffset time) => time.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    private static string Ago(TimeSpan time) => time switch
    {
        { TotalMinutes: < 2 } => "just now",
        { TotalHours: < 2 } => $"{time.TotalMinutes:0} minutes ago",
        { TotalDays: < 2 } => $"{time.TotalHours:0} hours ago",
        _ => $"{time.TotalDays:0} days ago",
    };
}
