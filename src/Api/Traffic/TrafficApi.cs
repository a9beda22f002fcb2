using System.Text.Json;
using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Traffic;

/// <summary>The cluster's traffic over HTTP: once as JSON, or every second as server-sent events.</summary>
internal static class TrafficApi
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public static void MapTraffic(this IEndpointRouteBuilder management) => management
        .MapGet("/admin/v1/traffic", Get)
        .WithTags("Traffic")
        .WithSummary("Calls, errors and latencies over 1m, 1h or 24h; as text/event-stream every second")
        .Produces<TrafficBody>()
        .Produces(StatusCodes.Status200OK, contentType: "text/event-stream");

    private static async Task Get(HttpContext context, ClusterTraffic traffic)
    {
        if (TrafficQuery.TryRead(context.Request.Query, out var query) is { } problem)
        {
            await problem.Write(context);
            return;
        }

        var body = TrafficBody.Of(await traffic.Read(query.Window), query);
        if (WantsEvents(context.Request))
        {
            await EventStream.Write(context, Every, async () => [await Json(traffic, query)], "traffic");
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(body, TrafficJson.Default.TrafficBody, cancellationToken: context.RequestAborted);
    }

    private static async Task<byte[]> Json(ClusterTraffic traffic, TrafficQuery query) =>
        JsonSerializer.SerializeToUtf8Bytes(TrafficBody.Of(await traffic.Read(query.Window), query), TrafficJson.Default.TrafficBody);

    private static bool WantsEvents(HttpRequest request) =>
        request.Headers.Accept.Any(accept => accept?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true);
}
