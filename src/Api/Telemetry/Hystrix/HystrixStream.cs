using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Traffic;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Telemetry.Hystrix;

/// <summary>
/// The services' traffic as Hystrix tells it, for its dashboard and what else reads such a stream. One stream tells of
/// the whole cluster, so no Turbine has to add up the front doors.
/// </summary>
internal static class HystrixStream
{
    // The pace of Hystrix's own servlet.
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private const int MaxServices = 500;

    public static void MapHystrix(this IEndpointRouteBuilder management) => management
        .MapGet("/hystrix.stream", Get)
        .WithTags("Traffic")
        .WithSummary("Services as Hystrix commands, as server-sent events")
        .Produces(StatusCodes.Status200OK, contentType: "text/event-stream");

    private static Task Get(HttpContext context, ClusterTraffic traffic, IReplica<CircuitSnapshot> circuits, TimeProvider time) => EventStream.Write(
        context, Every, async () => Events(await traffic.Read(TrafficWindow.Minute), circuits.Current, time.GetUtcNow()));

    private static byte[][] Events(TrafficSums traffic, CircuitSnapshot circuits, DateTimeOffset now) =>
    [
        .. traffic.Kinds[SeriesKind.Service].Take(MaxServices).Select(service => JsonSerializer.SerializeToUtf8Bytes(
            HystrixCommand.Of(service, traffic.FrontDoors, traffic.To - traffic.From, now)
                .With(circuits.Circuits.GetValueOrDefault(service.Name)),
            HystrixJson.Default.HystrixCommand)),
    ];
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(HystrixCommand))]
internal sealed partial class HystrixJson : JsonSerializerContext;
