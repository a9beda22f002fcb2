using Gatehouse.Grains.Identity.Logout;

namespace Gatehouse.Api.Auth.Logout;

/// <summary>What clients are still to be told, <c>/admin/v1/logouts</c>.</summary>
internal static class LogoutsApi
{
    public static void MapLogouts(this IEndpointRouteBuilder management)
    {
        var api = management.MapGroup("/admin/v1/logouts").WithTags("Sessions");
        api.MapGet("", List)
            .WithSummary("Ends of sessions that clients do not know of yet, and those that it was given up to tell them")
            .Produces<LogoutListing>();
        api.MapPost("/retry", Retry)
            .WithSummary("Tries again to tell clients what was given up")
            .Produces<LogoutsRetried>();
    }

    private static async Task<IResult> List(IGrainFactory grains)
    {
        var shards = await Task.WhenAll(Queues(grains).Select(queue => queue.List().AsTask()));
        return TypedResults.Ok(new LogoutListing([.. shards.SelectMany(shard => shard).OrderBy(queued => queued.AddedAt).Select(LogoutBody.Of)]));
    }

    private static async Task<IResult> Retry(IGrainFactory grains) =>
        TypedResults.Ok(new LogoutsRetried((await Task.WhenAll(Queues(grains).Select(queue => queue.Retry()))).Sum()));

    private static IEnumerable<ILogoutQueueGrain> Queues(IGrainFactory grains) =>
        Enumerable.Range(0, LogoutQueues.Shards).Select(shard => grains.GetGrain<ILogoutQueueGrain>(shard));
}

/// <summary>What clients do not know yet.</summary>
internal sealed record LogoutListing(IReadOnlyList<LogoutBody> Logouts);

/// <summary>How many notices are tried again.</summary>
internal sealed record LogoutsRetried(int Retried);

/// <summary>A session's end that a client does not know of.</summary>
/// <param name="Session">The session.</param>
/// <param name="User">Whose it was.</param>
/// <param name="Client">The client.</param>
/// <param name="EndedAt">When the session ended.</param>
/// <param name="Attempts">How often the client was tried.</param>
/// <param name="Next">When it is tried next; null when it was given up.</param>
/// <param name="Error">What the last attempt came to.</param>
internal sealed record LogoutBody(
    string Session, string User, string Client, DateTimeOffset EndedAt, int Attempts, DateTimeOffset? Next, string Error)
{
    public static LogoutBody Of(QueuedLogout queued) => new(
        queued.Notice.SessionId, queued.Notice.UserId, queued.Notice.ClientId, queued.AddedAt, queued.Attempts, queued.DueAt, queued.Error);
}
