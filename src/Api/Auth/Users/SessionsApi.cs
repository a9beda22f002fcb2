using Gatehouse.Api.Problems;
using Gatehouse.Grains.Identity.Sessions;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Administration of sessions, <c>/admin/v1/sessions</c>.</summary>
internal static class SessionsApi
{
    public static void Map(IEndpointRouteBuilder management)
    {
        management.MapGet("/admin/v1/sessions", List).WithTags("Sessions").WithSummary("The sessions of a user, the newest first")
            .Produces<SessionList>().ProducesProblem(StatusCodes.Status400BadRequest);
        var session = management.MapGroup("/admin/v1/sessions/{sid}").WithTags("Sessions").ProducesProblem(StatusCodes.Status404NotFound);
        session.MapGet("", Get).WithSummary("A session that is not over").Produces<SessionBody>();
        session.MapDelete("", End).WithSummary("Ends a session: from the answer on, no front door accepts a cookie or token of it")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> List(IGrainFactory grains, string? user = null) => string.IsNullOrEmpty(user)
        ? new Problem(StatusCodes.Status400BadRequest, "bad-request", "The request is malformed", "The query parameter 'user' must name a user by its id.").AsResult()
        : Results.Json(new SessionList([.. (await grains.GetGrain<IUserSessionsGrain>(user).List()).Select(SessionBody.Of)]), UserJson.Default.SessionList);

    private static async Task<IResult> Get(string sid, IGrainFactory grains) =>
        await grains.GetGrain<ISessionGrain>(sid).Find() is { } session ? Results.Json(SessionBody.Of(session), UserJson.Default.SessionBody) : NotFound(sid);

    private static async Task<IResult> End(string sid, IGrainFactory grains) =>
        await grains.GetGrain<ISessionGrain>(sid).End(SessionEnd.EndedByAdministrator) ? TypedResults.NoContent() : NotFound(sid);

    private static IResult NotFound(string sid) =>
        new Problem(StatusCodes.Status404NotFound, "session-not-found", "There is no such session", $"No session '{sid}' is going on.").AsResult();
}
