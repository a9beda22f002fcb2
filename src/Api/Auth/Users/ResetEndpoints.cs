using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Identity.Sessions;

namespace Gatehouse.Api.Auth.Users;

/// <summary>
/// Choosing a new password by a link in a mail. It proves no more than the password did: a second factor is asked for as
/// ever, and who has none left is helped by an administrator alone.
/// </summary>
internal static class ResetEndpoints
{
    public static void Map(RouteGroupBuilder account)
    {
        account.MapGet("/forgot", () => Form());
        account.MapPost("/forgot", Start);
        account.MapGet("/reset", (HttpContext context) => Choose(context.Request.Query("user"), context.Request.Query("token")));
        account.MapPost("/reset", Complete);
    }

    private static IResult Form(string email = "", string? error = null, int status = StatusCodes.Status200OK) => Page.Of<AddressPage>(
        new { Title = "Choose a new password", Text = "We send you a mail with a link.", Action = "/account/forgot", Button = "Send me the link", Email = email, Error = error }, status);

    private static async Task<IResult> Start(HttpContext context, Accounts accounts, AccountMails mails, AccountEvents events, MailThrottle throttle, Peers peers)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var email = form.Field("email").Trim();
        if (!SignUpEndpoints.IsEmail(email))
        {
            return Form(email, "This is not an e-mail address.", StatusCodes.Status400BadRequest);
        }

        var account = await accounts.FindByEmailAsync(email);
        var verdict = await throttle.Enter(email, peers.ClientOf(context));
        if (verdict == MailVerdict.TooManyFromHere)
        {
            return Form(email, "Too many mails were asked for from here. Try again later.", StatusCodes.Status429TooManyRequests);
        }

        if (verdict == MailVerdict.Send && account is { User: { Disabled: false, Email: { } proven } })
        {
            mails.Reset(proven, account.Id, await accounts.GeneratePasswordResetTokenAsync(account));
            events.Record(context, "user.password-reset-mailed", account.Id);
        }

        return Page.Of<CheckMailPage>(new { Text = $"If {email} has an account here, we have sent it a mail.", mails.Lifetime, mails.Folder });
    }

    private static async Task<IResult> Complete(HttpContext context, Accounts accounts, PasswordQueue queue, LoginCookies cookies, AccountMails mails, AccountEvents events, IGrainFactory grains)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (user, token) = (form.Field("user"), form.Field("token"));
        if (!Guid.TryParseExact(user, "N", out _) || await accounts.FindByIdAsync(user) is not { User.Disabled: false } account)
        {
            return TooOld();
        }

        var reset = await queue.Run(() => accounts.ResetPasswordAsync(account, token, form.Field("password")), context.RequestAborted);
        if (!reset.Succeeded)
        {
            return reset.Errors.FirstOrDefault(error => error.Code == "Password") is { } refused
                ? Choose(user, token, refused.Description)
                : TooOld();
        }

        await grains.GetGrain<IUserSessionsGrain>(account.Id).EndAll(SessionEnd.CredentialsChanged);
        // Reading the account's mail is what lets users in whom strangers crowd out.
        cookies.KnowDevice(context, account.Id);
        mails.Changed(account.User.Email, "Your password was changed");
        events.Record(context, "user.password-reset", account.Id);
        return TypedResults.Redirect($"/account/login?done=password&login={Uri.EscapeDataString(account.User.Login)}");
    }

    private static IResult Choose(string user, string token, string? error = null) => Page.Of<NewPasswordPage>(
        new
        {
            Title = "Choose a new password",
            Text = "You will be logged out everywhere.",
            Action = "/account/reset",
            Button = "Change the password",
            Error = error,
            Hidden = new Dictionary<string, string> { ["user"] = user, ["token"] = token },
        },
        error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static IResult TooOld() =>
        Page.Message("The link does not work", "It is too old, was used already, or was not copied whole.", "/account/forgot", "Start over", StatusCodes.Status400BadRequest);
}
