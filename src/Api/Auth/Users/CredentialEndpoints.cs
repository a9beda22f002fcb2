using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Changing the password and the e-mail address. All of it takes fresh credentials.</summary>
internal static class CredentialEndpoints
{
    public static void Map(RouteGroupBuilder loggedIn)
    {
        var fresh = loggedIn.MapGroup("").WithMetadata(AsksAgain.Metadata);
        fresh.MapGet("/password", (HttpContext context) => ChoosePassword(Visitor.Of(context)));
        fresh.MapPost("/password", ChangePassword);
        fresh.MapGet("/email", () => Email());
        fresh.MapPost("/email", StartEmail);
        fresh.MapGet("/email/confirm", ShowConfirmEmail);
        fresh.MapPost("/email/confirm", ConfirmEmail);
    }

    /// <summary>Ends the user's other sessions, where the form asks for it.</summary>
    public static async Task EndOthers(this Visitor visitor, IFormCollection form, IGrainFactory grains)
    {
        if (form.Ticked("endOthers"))
        {
            await grains.GetGrain<IUserSessionsGrain>(visitor.Account.Id).EndAll(SessionEnd.CredentialsChanged, visitor.SessionId);
        }
    }

    private static async Task<IResult> ChangePassword(HttpContext context, Accounts accounts, PasswordQueue queue, AccountMails mails, AccountEvents events, IGrainFactory grains)
    {
        var visitor = Visitor.Of(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        // The current one was given a moment ago.
        var token = await accounts.GeneratePasswordResetTokenAsync(visitor.Account);
        var changed = await queue.Run(() => accounts.ResetPasswordAsync(visitor.Account, token, form.Field("password")), context.RequestAborted);
        if (!changed.Succeeded)
        {
            return ChoosePassword(visitor, changed.Errors.First().Description);
        }

        await visitor.EndOthers(form, grains);
        mails.Changed(visitor.Account.User.Email, "Your password was changed");
        events.Record(context, "user.password-changed", visitor.Account.Id);
        return TypedResults.Redirect("/account?done=password");
    }

    private static IResult ChoosePassword(Visitor visitor, string? error = null) => Page.Of<NewPasswordPage>(
        new
        {
            Title = "Change your password",
            Action = "/account/password",
            Button = "Change the password",
            visitor.Account.User.Login,
            OffersEnding = true,
            User = visitor.Name,
            Error = error,
        },
        error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static IResult Email(string email = "", string? error = null, int status = StatusCodes.Status200OK) => Page.Of<AddressPage>(
        new
        {
            Title = "Change your e-mail address",
            Text = "We send a mail with a link to the new address.",
            Action = "/account/email",
            Button = "Send the link",
            Email = email,
            Error = error,
            Back = "/account",
            BackText = "Back to your account",
        },
        status);

    private static async Task<IResult> StartEmail(HttpContext context, Accounts accounts, AccountMails mails, MailThrottle throttle, Peers peers)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var email = form.Field("email").Trim();
        if (!SignUpEndpoints.IsEmail(email))
        {
            return Email(email, "This is not an e-mail address.", StatusCodes.Status400BadRequest);
        }

        var known = await accounts.FindByEmailAsync(email) is not null;
        var verdict = await throttle.Enter(email, peers.ClientOf(context));
        if (verdict == MailVerdict.TooManyFromHere)
        {
            return Email(email, "Too many mails were asked for from here. Try again later.", StatusCodes.Status429TooManyRequests);
        }

        // Whose address it is, is nobody else's to know.
        if (verdict == MailVerdict.Send && !known)
        {
            mails.ChangeEmail(email, await accounts.GenerateChangeEmailTokenAsync(Visitor.Of(context).Account, email));
        }

        return Page.Of<CheckMailPage>(new { Text = $"We have sent a mail to {email}, unless it belongs to another account.", mails.Lifetime, mails.Folder });
    }

    private static IResult ShowConfirmEmail(HttpContext context)
    {
        var email = context.Request.Query("email");
        return Page.Of<ConfirmPage>(new
        {
            Title = "Change your e-mail address",
            Text = $"Your account will use {email}.",
            Action = "/account/email/confirm",
            Button = "Change it",
            OffersEnding = true,
            User = Visitor.Of(context).Name,
            Hidden = new Dictionary<string, string> { ["email"] = email, ["token"] = context.Request.Query("token") },
        });
    }

    private static async Task<IResult> ConfirmEmail(HttpContext context, Accounts accounts, AccountMails mails, AccountEvents events, IGrainFactory grains)
    {
        var visitor = Visitor.Of(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (email, token) = (form.Field("email"), form.Field("token"));
        var before = visitor.Account.User;
        if (!await accounts.VerifyUserTokenAsync(visitor.Account, TokenOptions.DefaultProvider, UserManager<Account>.GetChangeEmailTokenPurpose(email), token))
        {
            return Refused();
        }

        // Who logs in with the address goes on to.
        var login = before.Login == before.Email ? email : before.Login;
        visitor.Account.User = before with { Email = email, Login = login };
        if (!(await accounts.UpdateSecurityStampAsync(visitor.Account)).Succeeded)
        {
            return Refused();
        }

        await visitor.EndOthers(form, grains);
        events.Record(context, "user.email-changed", before.Id);
        mails.Changed(before.Email, "The e-mail address of your account was changed");
        return TypedResults.Redirect("/account?done=email");
    }

    private static IResult Refused() => Page.Message(
        "The address was not changed", "The link is too old, was not copied whole, or the address belongs to another account.", "/account", "Back to your account", StatusCodes.Status400BadRequest);
}
