using System.Collections.Concurrent;
using Gatehouse.Cluster.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Cluster.Tests.Telemetry;

/// <summary>A collector that takes OTLP over HTTP in protobuf, and keeps what it got. Numbers are those of opentelemetry-proto.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();
    private LocalService service = null!;

    private OtlpReceiver()
    {
    }

    public Uri Address => service.Address;

    /// <summary>All spans so far.</summary>
    public IReadOnlyList<Span> Spans =>
    [
        .. Of("/v1/traces").SelectMany(request => request.Messages(1)).SelectMany(resource => resource.Messages(2))
            .SelectMany(scope => scope.Messages(2).Select(span => new Span(
                scope.Messages(1).First().Text(1), span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (int)span.Number(6), span.Attributes(9)))),
    ];

    /// <summary>All log records so far, with the logger's name.</summary>
    public IReadOnlyList<(string Logger, string TraceId, Dictionary<string, string> Attributes)> Logs =>
    [
        .. Of("/v1/logs").SelectMany(request => request.Messages(1)).SelectMany(resource => resource.Messages(2))
            .SelectMany(scope => scope.Messages(2).Select(log => (scope.Messages(1).First().Text(1), log.Hex(9), log.Attributes(6)))),
    ];

    /// <summary>The names of all metrics so far.</summary>
    public IReadOnlySet<string> Metrics => Of("/v1/metrics").SelectMany(request => request.Messages(1))
        .SelectMany(resource => resource.Messages(2)).SelectMany(scope => scope.Messages(2)).Select(metric => metric.Text(1)).ToHashSet();

    public static async Task<OtlpReceiver> Start()
    {
        var receiver = new OtlpReceiver();
        receiver.service = await LocalService.Start(receiver.Take);
        return receiver;
    }

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        context.Request.ContentType.ShouldBe("application/x-protobuf");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        received.Enqueue((context.Request.Path.Value!, body.ToArray()));
    }

    private IEnumerable<ProtoMessage> Of(string path) =>
        received.Where(one => one.Path == path).Select(one => new ProtoMessage(one.Body));

    internal sealed record Span(
        string Source, string TraceId, string Id, string Parent, string Name, int Kind, Dictionary<string, string> Attributes);
}
