using Gatehouse.Api.Problems;
using Gatehouse.Grains.Identity.Users;

namespace Gatehouse.Api.Auth.Users;

/// <summary>
/// Administration of roles: <c>/admin/v1/roles</c>, <c>/admin/v1/users/ID/roles/ROLE</c>. A role is there as long as a user has
/// it; routes and services give it its meaning.
/// </summary>
internal static class RolesApi
{
    private static readonly Problem BadRole = new(
        StatusCodes.Status400BadRequest, "bad-role", "The role is refused", "A role is 1 to 50 lower-case letters, digits and hyphens.");

    public static void Map(IEndpointRouteBuilder management)
    {
        management.MapGet("/admin/v1/roles", List).WithTags("Roles").WithSummary("The roles that users have, and how many have each").Produces<RoleList>();
        var role = management.MapGroup("/admin/v1/users/{id}/roles/{role}").WithTags("Roles").ProducesProblem(StatusCodes.Status404NotFound);
        role.MapPut("", Grant).WithSummary("Gives a user a role, and ends the sessions, which do not have it")
            .Produces<UserBody>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        role.MapDelete("", Withdraw).WithSummary("Takes a role from a user, and ends the sessions, which still have it")
            .Produces<UserBody>().ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> List(IGrainFactory grains) => Results.Json(
        new RoleList([.. (await grains.ListRoles()).Select(role => new RoleBody(role.Key, role.Value))]), UserJson.Default.RoleList);

    private static async Task<IResult> Grant(string id, string role, Accounts accounts, IGrainFactory grains) => UserDocument.IsRole(role)
        ? await Change(id, accounts, grains, user => user.Roles.Contains(role) ? user : user with { Roles = [.. user.Roles.Add(role).Order(StringComparer.Ordinal)] })
        : BadRole.AsResult();

    private static Task<IResult> Withdraw(string id, string role, Accounts accounts, IGrainFactory grains) =>
        Change(id, accounts, grains, user => user.Roles.Contains(role) ? user with { Roles = user.Roles.Remove(role) } : user);

    private static async Task<IResult> Change(string id, Accounts accounts, IGrainFactory grains, Func<User, User> change)
    {
        if (await accounts.FindByIdAsync(id) is not { } account)
        {
            return UsersApi.NotFound(id);
        }

        var before = account.User;
        account.User = change(before);
        var refusal = ReferenceEquals(account.User, before) ? null : await UsersApi.Save(account, before, accounts, grains);
        return refusal ?? Results.Json(UserBody.Of(account.User), UserJson.Default.UserBody);
    }
}
