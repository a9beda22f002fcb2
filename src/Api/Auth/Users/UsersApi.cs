using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Identity.Sessions;
using Gatehouse.Grains.Identity.Users;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Administration of users, <c>/admin/v1/users</c>.</summary>
internal static class UsersApi
{
    private const int MaxPage = 200;

    private static readonly Problem Taken = new(
        StatusCodes.Status409Conflict, "user-exists", "There is such a user already", "The login name or e-mail address belongs to a user.");

    private static readonly Problem Conflict = new(
        StatusCodes.Status409Conflict, "conflict", "The user was changed meanwhile", "Read it again, and send the request again.");

    public static void Map(IEndpointRouteBuilder management)
    {
        var users = management.MapGroup("/admin/v1/users").WithTags("Users");
        users.MapGet("", List).WithSummary("Users in the order of their login names, from after, limit at a time, those whose name contains search and who have a role")
            .Produces<UserList>().ProducesProblem(StatusCodes.Status400BadRequest);
        users.MapPost("", Create).WithSummary("Creates a user; without a password, the user chooses one by a mail")
            .Accepts<UserDocument>("application/json")
            .Produces<UserBody>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        var user = users.MapGroup("/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        user.MapGet("", Get).WithSummary("A user").Produces<UserBody>();
        user.MapPut("", Change).WithSummary("Changes name, roles and whether disabled; a change of the latter two ends the user's sessions")
            .Accepts<UserChange>("application/json")
            .Produces<UserBody>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        user.MapDelete("", Delete).WithSummary("Deletes a user and ends the sessions").Produces(StatusCodes.Status204NoContent);
        user.MapDelete("/factors", RemoveFactors).WithSummary("Removes authenticator app, recovery codes and passkeys of a user who has lost them, and ends the sessions")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status409Conflict);
        user.MapGet("/sessions", Sessions).WithSummary("A user's sessions").Produces<SessionList>();
        user.MapDelete("/sessions", EndSessions).WithSummary("Ends all sessions of a user").Produces<SessionsEnded>();
    }

    /// <summary>What to answer when there is no such user.</summary>
    public static IResult NotFound(string id) =>
        new Problem(StatusCodes.Status404NotFound, "user-not-found", "There is no such user", $"No user has the id '{id}'.").AsResult();

    /// <summary>Writes a user whose roles, or right to log in, have changed, and ends the sessions that say otherwise.</summary>
    /// <returns>Null when it is done.</returns>
    public static async Task<IResult?> Save(Account account, User before, Accounts accounts, IGrainFactory grains)
    {
        if (!(await accounts.UpdateAsync(account)).Succeeded)
        {
            return Conflict.AsResult();
        }

        // What a session says of its user is true as long as it lives. Written first: a login meanwhile finds it.
        if (account.User.Disabled || !before.Roles.SequenceEqual(account.User.Roles))
        {
            await grains.GetGrain<IUserSessionsGrain>(account.Id).EndAll(SessionEnd.CredentialsChanged);
        }

        return null;
    }

    private static async Task<IResult> List(IGrainFactory grains, string? after = null, string? search = null, string? role = null, int limit = 50)
    {
        if (limit is < 1 or > MaxPage)
        {
            return new Problem(StatusCodes.Status400BadRequest, "bad-request", "The request is malformed", $"The query parameter 'limit' must be 1 to {MaxPage}.").AsResult();
        }

        var users = await grains.ListUsers(after ?? "", search ?? "", role, limit);
        return Results.Json(
            new UserList([.. users.Select(user => new UserSummary(user.Id, user.Login, user.Roles ?? []))], users.Length == limit ? users[^1].Login : null), UserJson.Default.UserList);
    }

    private static async Task<IResult> Create(HttpContext context, Accounts accounts, PasswordQueue queue, AccountMails mails, TimeProvider time)
    {
        var (document, problem) = await JsonBody.Read(context.Request, UserDocument.ReadNew);
        if (document is null)
        {
            return problem!.AsResult();
        }

        if (document is { Password: null, Email: null })
        {
            return Invalid("password", "is required for a user without an e-mail address");
        }

        var account = Account.Create(document.Login, document.Email, document.Name, time.GetUtcNow());
        account.User = account.User with { Roles = document.Roles, Disabled = document.Disabled };
        var made = document.Password is { } password
            ? await queue.Run(() => accounts.CreateAsync(account, password), context.RequestAborted)
            : await accounts.CreateAsync(account);
        if (!made.Succeeded)
        {
            return made.Errors.FirstOrDefault(error => error.Code == "Password") is { } refused ? Invalid("password", refused.Description) : Taken.AsResult();
        }

        if (document is { Password: null, Email: { } email })
        {
            mails.Reset(email, account.Id, await accounts.GeneratePasswordResetTokenAsync(account));
        }

        return Results.Json(UserBody.Of(account.User), UserJson.Default.UserBody, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> Get(string id, Accounts accounts) =>
        await accounts.FindByIdAsync(id) is { } account ? Results.Json(UserBody.Of(account.User), UserJson.Default.UserBody) : NotFound(id);

    private static async Task<IResult> Change(string id, HttpContext context, Accounts accounts, IGrainFactory grains)
    {
        var (document, problem) = await JsonBody.Read(context.Request, UserDocument.ReadChange);
        if (document is null)
        {
            return problem!.AsResult();
        }

        if (await accounts.FindByIdAsync(id) is not { } account)
        {
            return NotFound(id);
        }

        var before = account.User;
        account.User = before with { Name = document.Name, Roles = document.Roles, Disabled = document.Disabled };
        return await Save(account, before, accounts, grains) ?? Results.Json(UserBody.Of(account.User), UserJson.Default.UserBody);
    }

    private static async Task<IResult> Delete(string id, Accounts accounts, IGrainFactory grains)
    {
        if (await accounts.FindByIdAsync(id) is not { } account)
        {
            return NotFound(id);
        }

        await accounts.DeleteAsync(account);
        await grains.GetGrain<IUserSessionsGrain>(id).EndAll(SessionEnd.EndedByAdministrator);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> RemoveFactors(string id, Accounts accounts, IGrainFactory grains)
    {
        if (await accounts.FindByIdAsync(id) is not { } account)
        {
            return NotFound(id);
        }

        account.User = account.User with { TwoFactor = false, TotpSecret = null, RecoveryCodes = [], Passkeys = [] };
        if (!(await accounts.UpdateSecurityStampAsync(account)).Succeeded)
        {
            return Conflict.AsResult();
        }

        await grains.GetGrain<IUserSessionsGrain>(id).EndAll(SessionEnd.CredentialsChanged);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> Sessions(string id, Accounts accounts, IGrainFactory grains) => await accounts.FindByIdAsync(id) is null
        ? NotFound(id)
        : Results.Json(
            new SessionList([.. (await grains.GetGrain<IUserSessionsGrain>(id).List()).Select(SessionBody.Of)]), UserJson.Default.SessionList);

    private static async Task<IResult> EndSessions(string id, Accounts accounts, IGrainFactory grains) => await accounts.FindByIdAsync(id) is null
        ? NotFound(id)
        : Results.Json(new SessionsEnded(await grains.GetGrain<IUserSessionsGrain>(id).EndAll(SessionEnd.EndedByAdministrator)), UserJson.Default.SessionsEnded);

    private static IResult Invalid(string field, string why) =>
        new Problem(StatusCodes.Status400BadRequest, "invalid-user", "The user is refused", $"{field} {why}") { Errors = new Dictionary<string, string[]> { [field] = [why] } }.AsResult();
}
