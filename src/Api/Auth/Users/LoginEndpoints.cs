using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Audit;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Logging in and out, and once more.</summary>
internal static class LoginEndpoints
{
    private const string WrongPassword = "The name or the password is wrong.";
    private const string WrongCode = "The code is wrong, was used already, or has just changed. Wait for the next one.";
    private const string WrongRecoveryCode = "This is none of your recovery codes, or it was used already.";

    public static void Map(RouteGroupBuilder account)
    {
        account.MapGet("/login", Show);
        account.MapPost("/login", LogIn);
        account.MapGet("/login/factor", ShowFactor);
        account.MapPost("/login/factor", (HttpContext context, LoginServices services) => CheckFactor(context, services, recovery: false));
        account.MapGet("/login/recovery", ShowRecovery);
        account.MapPost("/login/recovery", (HttpContext context, LoginServices services) => CheckFactor(context, services, recovery: true));
        account.MapGet("/logout", ShowLogOut);
        account.MapPost("/logout", LogOut);
    }

    public static void MapAgain(RouteGroupBuilder loggedIn)
    {
        loggedIn.MapGet("/reauthenticate", ShowAgain);
        loggedIn.MapPost("/reauthenticate", LogInAgain);
    }

    /// <summary>What to tell whoever must wait.</summary>
    public static string Wait(TimeSpan wait)
    {
        var minutes = (int)Math.Ceiling(wait.TotalMinutes);
        return $"Too many attempts. Try again in {minutes} {(minutes == 1 ? "minute" : "minutes")}, use a passkey, or choose a new password by mail.";
    }

    private static IResult Show(HttpContext context, SignUpPolicy signUp) => Page.Of<LoginPage>(new
    {
        ReturnUrl = Page.Local(context.Request.Query("returnUrl")),
        SignUp = signUp.Allowed,
        Login = context.Request.Query("login"),
        Note = context.Request.Query("done") switch
        {
            "password" => "Your password is changed. Log in with the new one.",
            "logout" => "You are logged out.",
            _ => null,
        },
    });

    private static async Task<IResult> LogIn(HttpContext context, PasswordLogin passwords, Logins logins, SignUpPolicy signUp)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var login = form.Field("login").Trim();
        var returnUrl = Page.Local(form.Field("returnUrl"));
        var (account, wait) = await passwords.Check(context, login, form.Field("password"));
        return account is not null && await logins.AfterPassword(context, account, returnUrl, renews: false) is { } next
            ? Page.GoOn(next)
            : Page.Of<LoginPage>(
                new { Login = login, ReturnUrl = returnUrl, SignUp = signUp.Allowed, Error = Refusal(wait) }, RefusalStatus(wait));
    }

    private static IResult ShowAgain(HttpContext context) => Page.Of<LoginPage>(new
    {
        Again = true,
        Visitor.Of(context).Account.User.Login,
        ReturnUrl = Page.Local(context.Request.Query("returnUrl")),
    });

    private static async Task<IResult> LogInAgain(HttpContext context, PasswordLogin passwords, Logins logins)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var login = Visitor.Of(context).Account.User.Login;
        var returnUrl = Page.Local(form.Field("returnUrl"));
        var (account, wait) = await passwords.Check(context, login, form.Field("password"));
        return account is not null && await logins.AfterPassword(context, account, returnUrl, renews: true) is { } next
            ? Page.GoOn(next)
            : Page.Of<LoginPage>(
                new { Again = true, Login = login, ReturnUrl = returnUrl, Error = Refusal(wait) }, RefusalStatus(wait));
    }

    private static string Refusal(TimeSpan wait) => wait > TimeSpan.Zero ? Wait(wait) : WrongPassword;

    private static int RefusalStatus(TimeSpan wait) =>
        wait > TimeSpan.Zero ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized;

    private static async Task<IResult> ShowFactor(HttpContext context, Logins logins) =>
        await logins.Pending(context) is null ? TypedResults.Redirect("/account/login") : Page.Of<FactorPage>(new { });

    private static async Task<IResult> ShowRecovery(HttpContext context, Logins logins) =>
        await logins.Pending(context) is null ? TypedResults.Redirect("/account/login") : Page.Of<FactorPage>(new { Recovery = true });

    private static async Task<IResult> CheckFactor(HttpContext context, LoginServices services, bool recovery)
    {
        if (await services.Logins.Pending(context) is not var (account, login))
        {
            return TypedResults.Redirect("/account/login");
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var code = form.Field("code").Trim();
        var attempt = await services.Throttle.Enter(
            $"factor {account.Id}", services.Peers.ClientOf(context), services.Cookies.Device(context, account.Id));
        if (attempt.Refused)
        {
            return Page.Of<FactorPage>(new { Recovery = recovery, Error = Wait(attempt.Wait) }, StatusCodes.Status429TooManyRequests);
        }

        var accounts = services.Accounts;
        var right = recovery
            ? (await accounts.RedeemTwoFactorRecoveryCodeAsync(account, code)).Succeeded
            : await accounts.VerifyTwoFactorTokenAsync(account, TokenOptions.DefaultAuthenticatorProvider, code);
        if (!right)
        {
            services.Events.Record(context, "login", account.Id, AuditOutcome.Denied, recovery ? "recovery-code" : "otp");
            return Page.Of<FactorPage>(new { Recovery = recovery, Error = recovery ? WrongRecoveryCode : WrongCode }, StatusCodes.Status401Unauthorized);
        }

        await attempt.Refund();
        if (recovery)
        {
            services.Events.Record(context, "user.recovery-code-used", account.Id);
        }

        return await services.Logins.Complete(context, account, [.. login.Methods, "otp", "mfa"], login.ReturnUrl, login.Renews) is { } next
            ? Page.GoOn(next)
            : TypedResults.Redirect("/account/login");
    }

    private static IResult ShowLogOut() =>
        Page.Of<ConfirmPage>(new { Title = "Log out", Text = "Do you want to log out of this browser?", Action = "/account/logout", Button = "Log out" });

    private static async Task<IResult> LogOut(HttpContext context, SignIn signIn)
    {
        await signIn.End(context, SessionEnd.SignedOut);
        return TypedResults.Redirect("/account/login?done=logout");
    }
}

/// <summary>What checking a second factor takes.</summary>
internal sealed record LoginServices(Accounts Accounts, Logins Logins, LoginThrottle Throttle, LoginCookies Cookies, AccountEvents Events, Peers Peers);
