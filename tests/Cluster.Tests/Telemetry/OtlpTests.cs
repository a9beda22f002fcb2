using System.Text;
using System.Text.Json;
using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Telemetry;

/// <summary>Traces, logs and metrics of the real program, as a real collector receives them.</summary>
public sealed class OtlpTests
{
    private const int Server = 2;
    private const int Client = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_isOneTrace_fromTheCallerOverTheGatewayToTheService_andOneLogRecord()
    {
        await using var collector = await OtlpReceiver.Start();
        await using var service = await LocalService.StartEcho();
        await using var door = await Start(
            collector,
            "--OTEL_BLRP_SCHEDULE_DELAY=100",
            "--OTEL_METRIC_EXPORT_INTERVAL=500",
            "--Gatehouse:AccessLog:Enabled=true");
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        const string caller = "b7ad6b7169203331";
        const string managed = "1bf7651916cd43dd8448eb211c80319d";
        await Send(door.Management, HttpMethod.Put, "/registry/v1/services/echo/instances/1", managed, caller, $"{{\"address\":\"{service.Address}\"}}");

        var passedOn = await Send(door.Public, HttpMethod.Get, "/echo/x?secret=1", trace, caller);
        // Sampled by nobody: the share is 0, and the caller has not asked for it.
        await Send(door.Public, HttpMethod.Get, "/echo/unsampled", "2cf7651916cd43dd8448eb211c80319e", caller, sampled: false);

        var gateway = await Span(collector, span => span.TraceId == trace && span.Kind == Server);
        gateway.Parent.ShouldBe(caller);
        gateway.Name.ShouldBe("GET /ECHO/{**rest}");
        gateway.Attributes["http.route"].ShouldBe("/ECHO/{**rest}");
        gateway.Attributes["gatehouse.route"].ShouldBe("auto:ECHO");
        var attempt = await Span(collector, span => span.TraceId == trace && span.Kind == Client && span.Source == "Gatehouse");
        attempt.Parent.ShouldBe(gateway.Id);
        attempt.Attributes["gatehouse.service"].ShouldBe("ECHO");
        attempt.Attributes["gatehouse.instance"].ShouldBe("1");
        passedOn.ShouldBe($"00-{trace}-{attempt.Id}-01");

        // The grain that was asked to register the instance is in the trace of the request that asked.
        var grain = await Span(collector, span => span.TraceId == managed && span.Source == "Microsoft.Orleans.Application" && span.Kind == Server);
        collector.Spans.ShouldContain(span => span.TraceId == managed && span.Id == grain.Parent);

        // Others of the trace may come before it.
        await Eventually.Holds(() => Task.FromResult(Access().Any()), TimeSpan.FromSeconds(20), door.Process.Log);
        var record = Access().Single();
        record["route"].ShouldBe("auto:ECHO");
        record["status"].ShouldBe("200");
        record["path"].ShouldBe("/echo/x");
        await Eventually.Holds(
            () => Task.FromResult(collector.Metrics.Contains("http.server.request.duration")), TimeSpan.FromSeconds(20), door.Process.Log);
        collector.Spans.ShouldNotContain(span => span.TraceId.StartsWith("2cf", StringComparison.Ordinal));

        // The same event is a line of JSON on standard output.
        var line = await Eventually.Get(
            () => Task.FromResult(door.Process.Output.FirstOrDefault(one => one.Contains(trace, StringComparison.Ordinal))),
            TimeSpan.FromSeconds(10),
            door.Process.Log);
        using var json = JsonDocument.Parse(line);
        json.RootElement.GetProperty("event").GetString().ShouldBe("access");
        json.RootElement.GetProperty("instance").GetString().ShouldBe("1");
        json.RootElement.GetProperty("durationMicros").GetInt64().ShouldBeGreaterThan(0);
        line.ShouldNotContain("secret");

        IEnumerable<Dictionary<string, string>> Access() =>
            collector.Logs.Where(log => log.TraceId == trace && log.Logger == "Gatehouse.Access").Select(log => log.Attributes);
    }

    [Fact]
    public async Task Sampler_thatIsNamedInTheEnvironment_wins()
    {
        await using var collector = await OtlpReceiver.Start();
        await using var service = await LocalService.StartEcho();
        await using var door = await Start(collector, "--OTEL_TRACES_SAMPLER=always_on");
        const string trace = "3af7651916cd43dd8448eb211c80319c";
        const string caller = "b7ad6b7169203331";
        await Send(door.Management, HttpMethod.Put, "/registry/v1/services/echo/instances/1", "4bf7651916cd43dd8448eb211c80319d", caller, $"{{\"address\":\"{service.Address}\"}}");

        // Neither the share nor the caller asks for it.
        await Send(door.Public, HttpMethod.Get, "/echo/x", trace, caller, sampled: false);

        (await Span(collector, span => span.TraceId == trace && span.Kind == Server)).Parent.ShouldBe(caller);
    }

    // Of the requests that begin here none is traced, unless a setting says so.
    private static async Task<EmbeddedProcess> Start(OtlpReceiver collector, params IEnumerable<string> settings)
    {
        var door = EmbeddedProcess.Start(
            Directory.CreateTempSubdirectory("gatehouse-").FullName,
            [
                $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Address.GetLeftPart(UriPartial.Authority)}",
                "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
                "--OTEL_BSP_SCHEDULE_DELAY=100",
                "--Gatehouse:Telemetry:TraceSample=0",
                .. settings,
            ]);
        await door.WaitUntilReady();
        return door;
    }

    private static async Task<OtlpReceiver.Span> Span(OtlpReceiver collector, Predicate<OtlpReceiver.Span> wanted) => await Eventually.Get(
        () => Task.FromResult(collector.Spans.FirstOrDefault(span => wanted(span))),
        TimeSpan.FromSeconds(20),
        () => string.Join('\n', collector.Spans.Select(span => $"{span.Source} {span.TraceId} {span.Parent} → {span.Id} {span.Kind} {span.Name}")));

    private static async Task<string> Send(
        HttpClient client, HttpMethod method, string path, string trace, string parent, string? json = null, bool sampled = true)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("traceparent", $"00-{trace}-{parent}-0{(sampled ? 1 : 0)}");
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var response = await client.SendAsync(request, Cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(Cancel);
    }
}
