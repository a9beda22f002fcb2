using System.Diagnostics.Metrics;
using Gatehouse.Api.Gateway;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway;

public sealed class GatewayMetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("DELETE", "/books/1", 200, "DELETE", "/books/{**rest}")]
    [InlineData("BREW", "/books/1", 200, "_OTHER", "/books/{**rest}")]
    [InlineData("GET", "/nowhere", 404, "GET", null)]
    public async Task Request_is_measured_by_route_method_and_status(
        string method, string path, int status, string taggedMethod, string? route)
    {
        await using var upstream = await Upstream.Start(context => Task.CompletedTask);
        await using var front = await Front.Start([Make.Route("/books/{**rest}")], [Make.Entry("1", upstream.Address)]);
        var measured = new TaskCompletionSource<Dictionary<string, object?>>();
        var active = -1L;
        using var listener = new MeterListener();
        var meters = front.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == GatewayMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => active = value);
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            instrument.Name.ShouldBe("http.server.request.duration");
            measured.TrySetResult(tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value));
        });
        listener.Start();

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await front.Client.SendAsync(request, Cancellation);

        var seen = await measured.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        seen["http.request.method"].ShouldBe(taggedMethod);
        seen["http.response.status_code"].ShouldBe(status);
        seen["network.protocol.version"].ShouldBe("1.1");
        seen.GetValueOrDefault("http.route").ShouldBe(route);
        listener.RecordObservableInstruments();
        active.ShouldBe(0);
    }
}
