using System.Net.Mail;
using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Gateway.Forwarding;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Users;

/// <summary>
/// Signing up: first the address is proven, then the account is made. So nobody learns whose address has an account, and no
/// one can make one with another's address.
/// </summary>
internal static class SignUpEndpoints
{
    private const string Intro = "We send you a mail with a link to go on.";

    public static void Map(RouteGroupBuilder account)
    {
        var signUp = account.MapGroup("/sign-up").AddEndpointFilter(async (context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<SignUpPolicy>().Allowed
                ? await next(context)
                : Page.Message("No sign-up here", "Accounts are made by the administrator.", "/account/login", "Back to log in", StatusCodes.Status404NotFound));
        signUp.MapGet("", () => Form());
        signUp.MapPost("", Start);
        signUp.MapGet("/complete", ShowComplete);
        signUp.MapPost("/complete", Complete);
    }

    /// <summary>Whether a text is an address that mail can go to.</summary>
    public static bool IsEmail(string text) =>
        text.Length <= 254 && MailAddress.TryCreate(text, out var address) && address.Address == text && address.Host.Contains('.', StringComparison.Ordinal);

    private static IResult Form(string email = "", string? error = null, int status = StatusCodes.Status200OK) => Page.Of<AddressPage>(
        new { Title = "Create an account", Text = Intro, Action = "/account/sign-up", Button = "Send me the link", Email = email, Error = error, BackText = "I have an account" }, status);

    private static async Task<IResult> Start(HttpContext context, Accounts accounts, AccountMails mails, MailThrottle throttle, Peers peers)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var email = form.Field("email").Trim();
        if (!IsEmail(email))
        {
            return Form(email, "This is not an e-mail address.", StatusCodes.Status400BadRequest);
        }

        var known = await accounts.FindByEmailAsync(email) is not null;
        switch (await throttle.Enter(email, peers.ClientOf(context)))
        {
            case MailVerdict.TooManyFromHere:
                return Form(email, "Too many mails were asked for from here. Try again later.", StatusCodes.Status429TooManyRequests);
            case MailVerdict.Send when known:
                mails.SignUpOfKnown(email);
                break;
            case MailVerdict.Send:
                mails.SignUp(email);
                break;
        }

        return Page.Of<CheckMailPage>(new { Text = $"We have sent a mail to {email}.", mails.Lifetime, mails.Folder });
    }

    private static IResult ShowComplete(HttpContext context, AccountMails mails)
    {
        var token = context.Request.Query("token");
        return mails.ReadSignUp(token) is { } email ? Choose(email, token) : TooOld();
    }

    private static async Task<IResult> Complete(
        HttpContext context, Accounts accounts, AccountMails mails, PasswordQueue queue, Logins logins, AccountEvents events, IOptions<AccountOptions> options, TimeProvider time)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var token = form.Field("token");
        if (mails.ReadSignUp(token) is not { } email)
        {
            return TooOld();
        }

        var name = form.Field("name").Trim();
        if (name.Length > 100 || name.Any(char.IsControl))
        {
            return Choose(email, token, name: "", error: "The name is too long.");
        }

        var account = Account.Create(email, email, name, time.GetUtcNow());
        account.User = account.User with { Roles = [.. options.Value.SignUpRoles.Order(StringComparer.Ordinal)] };
        var made = await queue.Run(() => accounts.CreateAsync(account, form.Field("password")), context.RequestAborted);
        if (made.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.DuplicateUserName)))
        {
            return Page.Message("You have an account already", "The account was made before. Log in with its password.", "/account/login", "Log in", StatusCodes.Status409Conflict);
        }

        if (made.Succeeded)
        {
            events.Record(context, "user.signed-up", account.Id);
        }

        return made.Succeeded
            ? Page.GoOn(await logins.Complete(context, account, ["pwd"], "/account", renews: false) ?? "/account/login")
            : Choose(email, token, name, made.Errors.First().Description);
    }

    private static IResult Choose(string email, string token, string name = "", string? error = null) => Page.Of<NewPasswordPage>(
        new
        {
            Title = "Create your account",
            Text = $"You will log in with {email}.",
            Action = "/account/sign-up/complete",
            Button = "Create the account",
            Login = email,
            Name = name,
            AsksName = true,
            Error = error,
            Hidden = new Dictionary<string, string> { ["token"] = token },
        },
        error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private static IResult TooOld() =>
        Page.Message("The link does not work", "It is too old, or was not copied whole.", "/account/sign-up", "Start over", StatusCodes.Status400BadRequest);
}
