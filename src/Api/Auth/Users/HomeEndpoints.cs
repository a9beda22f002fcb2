using System.Globalization;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Auth.Server.Pages;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Commands;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Authorizations;
using Gatehouse.Grains.Identity.Sessions;

namespace Gatehouse.Api.Auth.Users;

/// <summary>The account page, with the user's sessions and the applications that may act for them.</summary>
internal static class HomeEndpoints
{
    public static void Map(RouteGroupBuilder loggedIn)
    {
        loggedIn.MapGet("", Show);
        loggedIn.MapPost("/sessions/end", End);
        loggedIn.MapPost("/sessions/end-others", EndOthers);
        loggedIn.MapPost("/applications/withdraw", Withdraw);
    }

    private static async Task<IResult> Show(HttpContext context, IGrainFactory grains, IReplica<ClientDirectory> clients, TimeProvider time)
    {
        var visitor = Visitor.Of(context);
        var user = visitor.Account.User;
        var now = time.GetUtcNow();
        var sessions = await grains.GetGrain<IUserSessionsGrain>(user.Id).List();
        var consents = await grains.GetGrain<IConsentGrain>(user.Id).List();
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
            Applications = (IReadOnlyList<HomePage.ApplicationRow>)
            [
                .. consents.Select(consent => new HomePage.ApplicationRow(
                    consent.Key, clients.Current.Find(consent.Key) is { } client ? ScopeTexts.NameOf(client) : consent.Key, ScopeTexts.Of(consent.Value)))
                    .OrderBy(application => application.Name, StringComparer.OrdinalIgnoreCase),
            ],
            Note = context.Request.Query("done") switch
            {
                "ended" => "The session is ended.",
                "withdrawn" => "The application has no access any more.",
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

    private static async Task<IResult> Withdraw(HttpContext context, IGrainFactory grains, CommandSender sender, AccountEvents events)
    {
        var visitor = Visitor.Of(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var consents = grains.GetGrain<IConsentGrain>(visitor.Account.Id);
        var client = form.Field("client");
        if (await sender.Send(() => consents.Withdraw(client)))
        {
            events.Record(context, "consent.withdrawn", visitor.Account.Id, client: client);
        }

        return TypedResults.Redirect("/account?done=withdrawn");
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
