using Gatehouse.Api.Problems;
using Gatehouse.Grains.Routing;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>What a caller is told who is not let through (RFC 6750, 3).</summary>
internal static class AuthProblems
{
    private static readonly Problem Missing = Challenge(
        new Problem(StatusCodes.Status401Unauthorized, "unauthorized", "Credentials are required", "Present an access token or an API key, or log in at /account/login."),
        "Bearer realm=\"gatehouse\"");

    private static readonly Problem Invalid = Challenge(
        new Problem(StatusCodes.Status401Unauthorized, "invalid-credentials", "The credentials are not accepted", "They have ended, were revoked, or are not of this system."),
        "Bearer realm=\"gatehouse\", error=\"invalid_token\"");

    private static readonly Problem Unknown = new Problem(
        StatusCodes.Status503ServiceUnavailable, "auth-unavailable", "The credentials cannot be checked at the moment",
        "This front door is cut off from where revocations are kept, and accepts nothing until it is not.").RetryAfter(1);

    private static readonly Problem CrossSite = new(
        StatusCodes.Status403Forbidden, "cross-site", "A page of another site may not do this", "The request says that it comes from another origin.");

    /// <summary>The problem of a refused request.</summary>
    public static Problem Of(Refusal refusal, RouteAuth auth) => refusal switch
    {
        Refusal.Missing => Missing,
        Refusal.Unknown => Unknown,
        Refusal.CrossSite => CrossSite,
        Refusal.Forbidden => Forbidden(auth),
        _ => Invalid,
    };

    private static Problem Forbidden(RouteAuth auth)
    {
        var problem = new Problem(
            StatusCodes.Status403Forbidden, "forbidden", "The caller may not do this", "It lacks a scope, role or client that the route asks for.");
        return auth.Scopes.IsEmpty
            ? problem
            : Challenge(problem, $"Bearer realm=\"gatehouse\", error=\"insufficient_scope\", scope=\"{string.Join(' ', auth.Scopes)}\"");
    }

    private static Problem Challenge(Problem problem, string challenge) =>
        problem with { Headers = problem.Headers.SetItem(HeaderNames.WWWAuthenticate, challenge) };
}
