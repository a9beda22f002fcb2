using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Api.Tests.Gateway.Attempts;

/// <summary>The times of attempts, one and all, and what services are told of them.</summary>
public sealed class TimeoutTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Total_endsTheAttempts_thoughSomeAreLeft()
    {
        var requests = 0;
        await using var upstream = await Upstream.Start(context =>
        {
            Interlocked.Increment(ref requests);
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var route = Make.Route("/{**rest}") with
        {
            Timeouts = new RouteTimeouts { Total = TimeSpan.FromSeconds(2), PerTry = TimeSpan.FromMilliseconds(1200) },
            Retry = new RouteRetry { Attempts = 10, Backoff = TimeSpan.Zero },
        };
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);

        using var response = await front.Client.GetAsync("/x", Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        requests.ShouldBe(2);
    }

    [Fact]
    public async Task Service_isToldTheTimeOfEachAttempt()
    {
        var told = new List<int>();
        await using var upstream = await Upstream.Start(context =>
        {
            told.Add(int.Parse(context.Request.Headers[GatewayTimeout.Header].ToString(), CultureInfo.InvariantCulture));
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        var route = Make.Route("/{**rest}") with
        {
            Timeouts = new RouteTimeouts { Total = TimeSpan.FromSeconds(20), PerTry = TimeSpan.FromSeconds(20) },
            Retry = new RouteRetry { Backoff = TimeSpan.FromMilliseconds(1) },
        };
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x");
        request.Headers.Add(GatewayTimeout.Header, "1");

        using var response = await front.Client.SendAsync(request, Cancellation);

        told.Count.ShouldBe(2);
        told[0].ShouldBe(20_000);
        told[1].ShouldBeInRange(1, 19_999);
    }

    [Fact]
    public async Task Grpc_deadlineOfTheClient_isPassedOn_andEndsTheWaiting()
    {
        string? told = null;
        await using var upstream = await Upstream.Start(
            context =>
            {
                told = context.Request.Headers[GrpcTimeout.Header];
                return Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            HttpProtocols.Http2);
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address, protocol: "h2c")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/x") { Version = HttpVersion.Version20, Content = new ByteArrayContent([]) };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.Add(GrpcTimeout.Header, "400m");
        var watch = Stopwatch.StartNew();

        using var response = await front.Http2Client.SendAsync(request, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        body.RootElement.GetProperty("type").GetString().ShouldBe("urn:gatehouse:error:deadline-passed");
        told.ShouldNotBeNull().ShouldEndWith("m");
        int.Parse(told[..^1], CultureInfo.InvariantCulture).ShouldBeInRange(1, 400);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(9), "the route's own time is ten seconds");
    }

    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("30S", 30_000)]
    [InlineData("99999999m", 99_999_999)]
    [InlineData("5000u", 5)]
    [InlineData("9000000n", 9)]
    public void GrpcTimeout_isRead(string text, int milliseconds)
    {
        GrpcTimeout.Read(Headers(text)).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
        GrpcTimeout.Read(Headers(GrpcTimeout.Format(TimeSpan.FromMilliseconds(milliseconds)))).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("10")]
    [InlineData("10s")]
    [InlineData("-1S")]
    [InlineData("1 S")]
    [InlineData("123456789S")]
    public void GrpcTimeout_thatIsNone_isNotRead(string text) => GrpcTimeout.Read(Headers(text)).ShouldBeNull();

    private static HeaderDictionary Headers(string timeout) => new() { [GrpcTimeout.Header] = timeout };
}
