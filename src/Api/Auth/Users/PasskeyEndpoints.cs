using System.Collections.Immutable;
using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Audit;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Passkeys: logging in with one, adding and removing them. The only pages that need a script, which calls these.</summary>
internal static class PasskeyEndpoints
{
    private const int MaxName = 50;
    private const int MaxPasskeys = 20;

    private static readonly Problem Refused = new(
        StatusCodes.Status401Unauthorized, "passkey-refused", "The passkey was not accepted", "The passkey is not known here, or it took too long. Try again, or log in otherwise.");

    private static readonly Problem NotAdded = new(
        StatusCodes.Status400BadRequest, "passkey-refused", "The passkey was not added", "It took too long, or the device is not one that this works with. Try again.");

    public static void Map(RouteGroupBuilder account)
    {
        account.MapPost("/login/passkey/options", RequestOptions);
        account.MapPost("/login/passkey", LogIn);
    }

    public static void MapManagement(RouteGroupBuilder loggedIn)
    {
        var fresh = loggedIn.MapGroup("/passkeys").AddEndpointFilter(async (context, next) =>
            await next(context) is var result && result is RedirectHttpResult redirect && context.HttpContext.Request.HasJsonContentType()
                ? Go(redirect.Url)
                : result).WithMetadata(AsksAgain.Metadata);
        fresh.MapPost("/options", CreationOptions);
        fresh.MapPost("", Add);
        fresh.MapPost("/remove", Remove);
    }

    private static async Task<IResult> RequestOptions(HttpContext context, IPasskeyHandler<Account> passkeys, LoginCookies cookies)
    {
        var options = await passkeys.MakeRequestOptionsAsync(null, context);
        cookies.Passkey.Set(context, new PasskeyChallenge(options.AssertionState ?? "", UserId: null));
        return TypedResults.Text(options.RequestOptionsJson, "application/json");
    }

    private static async Task<IResult> LogIn(
        HttpContext context, IPasskeyHandler<Account> passkeys, Accounts accounts, LoginCookies cookies, Logins logins, AccountEvents events)
    {
        var (wish, problem) = await Read(context.Request);
        if (wish is null)
        {
            return problem!.AsResult();
        }

        if (cookies.Passkey.Read(context) is not { UserId: null } challenge)
        {
            return Refused.AsResult();
        }

        cookies.Passkey.Clear(context);
        var assertion = await passkeys.PerformAssertionAsync(new PasskeyAssertionContext
        {
            HttpContext = context,
            CredentialJson = wish.Credential,
            AssertionState = challenge.State,
        });
        if (assertion is not { Succeeded: true, User: { User.Disabled: false } account, Passkey: { } passkey })
        {
            events.Record(context, "login", assertion.User?.Id, AuditOutcome.Denied, "passkey");
            return Refused.AsResult();
        }

        await accounts.AddOrUpdatePasskeyAsync(account, passkey);
        // The key signs only after the device has verified its user: two factors in one.
        ImmutableArray<string> methods = [passkey.IsBackedUp ? "swk" : "hwk", "user", "mfa"];
        var next = await logins.Complete(context, account, methods, Page.Local(wish.ReturnUrl), wish.Again);
        return next is null ? Refused.AsResult() : Go(next);
    }

    private static async Task<IResult> CreationOptions(HttpContext context, IPasskeyHandler<Account> passkeys, LoginCookies cookies)
    {
        var visitor = Visitor.Of(context);
        var user = visitor.Account.User;
        var options = await passkeys.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = user.Id, Name = user.Login, DisplayName = visitor.Name }, context);
        cookies.Passkey.Set(context, new PasskeyChallenge(options.AttestationState ?? "", user.Id));
        return TypedResults.Text(options.CreationOptionsJson, "application/json");
    }

    private static async Task<IResult> Add(HttpContext context, IPasskeyHandler<Account> passkeys, Accounts accounts, LoginCookies cookies, AccountMails mails, AccountEvents events)
    {
        var account = Visitor.Of(context).Account;
        var (wish, problem) = await Read(context.Request);
        if (wish is null)
        {
            return problem!.AsResult();
        }

        if (account.User.Passkeys.Length >= MaxPasskeys || cookies.Passkey.Read(context) is not { } challenge || challenge.UserId != account.Id)
        {
            return NotAdded.AsResult();
        }

        cookies.Passkey.Clear(context);
        var attestation = await passkeys.PerformAttestationAsync(new PasskeyAttestationContext
        {
            HttpContext = context,
            CredentialJson = wish.Credential,
            AttestationState = challenge.State,
        });
        if (attestation is not { Succeeded: true, Passkey: { } passkey })
        {
            return NotAdded.AsResult();
        }

        passkey.Name = wish.Name.Length is > 0 and <= MaxName ? wish.Name : Sessions.Device.Describe(context.Request.Headers.UserAgent.ToString());
        if (!(await accounts.AddOrUpdatePasskeyAsync(account, passkey)).Succeeded)
        {
            return NotAdded.AsResult();
        }

        mails.Changed(account.User.Email, "A passkey was added to your account");
        events.Record(context, "user.passkey-added", account.Id);
        return Go("/account?done=passkey");
    }

    private static async Task<IResult> Remove(HttpContext context, Accounts accounts, AccountMails mails, AccountEvents events)
    {
        var account = Visitor.Of(context).Account;
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var id = form.Field("id");
        account.User = account.User with { Passkeys = account.User.Passkeys.RemoveAll(passkey => passkey.Id == id) };
        await accounts.UpdateSecurityStampAsync(account);
        mails.Changed(account.User.Email, "A passkey was removed from your account");
        events.Record(context, "user.passkey-removed", account.Id);
        return TypedResults.Redirect("/account?done=passkey-removed");
    }

    // Scripts cannot follow a redirect to a page: they are told where to go.
    private static JsonHttpResult<PasskeyAnswer> Go(string url) => TypedResults.Json(new PasskeyAnswer(url), PasskeyJson.Default.PasskeyAnswer);

    private static Task<(PasskeyWish? Wish, Problem? Problem)> Read(HttpRequest request) => JsonBody.Read(request, body =>
    {
        var fields = new JsonFields(body, "credential", "returnUrl", "again", "name");
        var wish = new PasskeyWish(
            fields.Text("credential", required: true, maxLength: 60_000) ?? "",
            fields.Text("returnUrl", maxLength: 4000) ?? "",
            fields.Text("again", maxLength: 10) == "true",
            fields.Text("name", maxLength: 1000)?.Trim() ?? "");
        return fields.Errors.Count == 0
            ? (wish, (Problem?)null)
            : (null, new Problem(StatusCodes.Status400BadRequest, "bad-request", "The request is malformed") { Errors = fields.Errors });
    });

    private sealed record PasskeyWish(string Credential, string ReturnUrl, bool Again, string Name);
}
