using System.Security.Claims;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Lending;

namespace Gatehouse.Api.Lending;

/// <summary>Who calls, as the gateway found out: a librarian, or a member, whose id is the subject of the token.</summary>
/// <param name="Id">The subject.</param>
/// <param name="IsLibrarian">Whether it is a librarian.</param>
internal readonly record struct Caller(string Id, bool IsLibrarian)
{
    /// <summary>The caller, or why this one may not call.</summary>
    public static bool TryGet(HttpContext context, out Caller caller, out Problem? problem)
    {
        var user = context.User;
        var subject = user.FindFirstValue("sub") ?? user.FindFirstValue(ClaimTypes.NameIdentifier);
        var librarian = Has(user, "librarian");
        caller = new Caller(subject ?? "", librarian);
        if (user.Identity?.IsAuthenticated != true || !ErrandId.IsMember(subject))
        {
            problem = LendingProblems.Unauthenticated;
        }
        else
        {
            problem = librarian || Has(user, "member") ? null : LendingProblems.NoRole;
        }

        return problem is null;
    }

    /// <summary>The caller when it is a librarian.</summary>
    public static bool TryGetLibrarian(HttpContext context, out Caller caller, out Problem? problem)
    {
        if (TryGet(context, out caller, out problem) && !caller.IsLibrarian)
        {
            problem = LendingProblems.LibrariansOnly;
        }

        return problem is null;
    }

    /// <summary>Whether the caller may see and change what is a member's.</summary>
    public bool May(string member) => IsLibrarian || Id == member;

    private static bool Has(ClaimsPrincipal user, string role) => user.IsInRole(role) || user.HasClaim("role", role) || user.HasClaim("roles", role);
}
