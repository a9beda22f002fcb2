using System.Security.Cryptography;
using Gatehouse.Api.Auth.Pages;
using Microsoft.AspNetCore.DataProtection;
using OtpNet;
using QRCoder;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Setting up and switching off the authenticator app, and its recovery codes. All of it takes fresh credentials.</summary>
internal static class FactorEndpoints
{
    private const int RecoveryCodes = 10;
    private static readonly TimeSpan SetUpTime = TimeSpan.FromMinutes(15);

    public static void Map(RouteGroupBuilder loggedIn)
    {
        var fresh = loggedIn.MapGroup("").WithMetadata(AsksAgain.Metadata);
        fresh.MapGet("/authenticator", (HttpContext context, Accounts accounts, IDataProtectionProvider protection) =>
            Show(Visitor.Of(context), accounts.GenerateNewAuthenticatorKey(), protection));
        fresh.MapPost("/authenticator", SwitchOn);
        fresh.MapGet("/authenticator/remove", (HttpContext context) => Page.Of<ConfirmPage>(new
        {
            Title = "Switch off the authenticator app",
            Text = "Your password alone will be enough to log in.",
            Action = "/account/authenticator/remove",
            Button = "Switch it off",
            Danger = true,
            OffersEnding = true,
            User = Visitor.Of(context).Name,
        }));
        fresh.MapPost("/authenticator/remove", SwitchOff);
        fresh.MapGet("/recovery-codes", (HttpContext context) => Page.Of<ConfirmPage>(new
        {
            Title = "New recovery codes",
            Text = "The codes you have will no longer work.",
            Action = "/account/recovery-codes",
            Button = "Make new ones",
            User = Visitor.Of(context).Name,
        }));
        fresh.MapPost("/recovery-codes", MakeCodes);
    }

    private static IResult Show(Visitor visitor, string key, IDataProtectionProvider protection, string? error = null)
    {
        var uri = new OtpUri(OtpType.Totp, key, visitor.Account.User.Login, "Gatehouse").ToString();
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return Page.Of<AuthenticatorPage>(
            new
            {
                Svg = code.GetGraphic(4, "#000000", "#ffffff", sizingMode: SvgQRCode.SizingMode.ViewBoxAttribute),
                Key = string.Join(' ', key.Chunk(4).Select(chunk => new string(chunk))),
                Uri = uri,
                // The page shows it once; until the code is right it is nowhere else.
                Secret = Protector(visitor, protection).Protect(key, SetUpTime),
                User = visitor.Name,
                Error = error,
            },
            error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> SwitchOn(
        HttpContext context, Accounts accounts, TotpSecrets secrets, IDataProtectionProvider protection, AccountMails mails, AccountEvents events, IGrainFactory grains, TimeProvider time)
    {
        var visitor = Visitor.Of(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        string key;
        try
        {
            key = Protector(visitor, protection).Unprotect(form.Field("secret"));
        }
        catch (CryptographicException)
        {
            return TypedResults.Redirect("/account/authenticator");
        }

        var code = form.Field("code").Replace(" ", "", StringComparison.Ordinal);
        if (!new Totp(Base32Encoding.ToBytes(key)).VerifyTotp(time.GetUtcNow().UtcDateTime, code, out var step, new VerificationWindow(0, 0)))
        {
            return Show(visitor, key, protection, "The code is wrong, or has just changed. Enter the one that is shown now.");
        }

        visitor.Account.User = visitor.Account.User with { TwoFactor = true, TotpSecret = secrets.Protect(key), LastTotpStep = step };
        if (!(await accounts.UpdateSecurityStampAsync(visitor.Account)).Succeeded)
        {
            return TypedResults.Redirect("/account");
        }

        await visitor.EndOthers(form, grains);
        mails.Changed(visitor.Account.User.Email, "An authenticator app was set up for your account");
        events.Record(context, "user.authenticator-added", visitor.Account.Id);
        return await Codes(visitor, accounts);
    }

    private static async Task<IResult> SwitchOff(HttpContext context, Accounts accounts, AccountMails mails, AccountEvents events, IGrainFactory grains)
    {
        var visitor = Visitor.Of(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        visitor.Account.User = visitor.Account.User with { TwoFactor = false, TotpSecret = null, RecoveryCodes = [] };
        await accounts.UpdateSecurityStampAsync(visitor.Account);
        await visitor.EndOthers(form, grains);
        mails.Changed(visitor.Account.User.Email, "The authenticator app of your account was switched off");
        events.Record(context, "user.authenticator-removed", visitor.Account.Id);
        return TypedResults.Redirect("/account?done=factor-off");
    }

    private static async Task<IResult> MakeCodes(HttpContext context, Accounts accounts, AccountEvents events)
    {
        var visitor = Visitor.Of(context);
        if (!visitor.Account.User.TwoFactor)
        {
            return TypedResults.Redirect("/account");
        }

        events.Record(context, "user.recovery-codes-made", visitor.Account.Id);
        return await Codes(visitor, accounts);
    }

    private static async Task<IResult> Codes(Visitor visitor, Accounts accounts)
    {
        var codes = await accounts.GenerateNewTwoFactorRecoveryCodesAsync(visitor.Account, RecoveryCodes);
        return Page.Of<RecoveryCodesPage>(new { Codes = (IReadOnlyList<string>)[.. codes ?? []], User = visitor.Name });
    }

    private static ITimeLimitedDataProtector Protector(Visitor visitor, IDataProtectionProvider protection) =>
        protection.CreateProtector("Gatehouse.Users.TotpSetUp", visitor.Account.Id).ToTimeLimitedDataProtector();
}
