using System.Net;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Tests.Gateway.RequestSizes;

public sealed class RequestSizeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100, false, HttpStatusCode.OK)]
    [InlineData(101, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(100, true, HttpStatusCode.OK)]
    [InlineData(101, true, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_that_is_too_large_is_refused_whether_its_length_is_said_or_not(int length, bool chunked, HttpStatusCode expected)
    {
        await using var upstream = await Upstream.Start(async context => await context.Request.Body.CopyToAsync(Stream.Null, Cancel));
        await using var front = await Start(upstream, new RequestLimits { Body = 100 });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(new byte[length]) };
        request.Headers.TransferEncodingChunked = chunked;

        using var answer = await front.Client.SendAsync(request, Cancel);

        answer.StatusCode.ShouldBe(expected);
        if (expected != HttpStatusCode.OK)
        {
            (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:body-too-large");
        }
    }

    [Theory]
    [InlineData("/?x=12345678901234567890", 0, HttpStatusCode.RequestUriTooLong)]
    [InlineData("/", 6, HttpStatusCode.RequestHeaderFieldsTooLarge)]
    [InlineData("/", 1, HttpStatusCode.OK)]
    public async Task A_target_or_headers_that_are_too_large_are_refused(string target, int headers, HttpStatusCode expected)
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Start(upstream, new RequestLimits { Target = 20, Headers = 5, HeaderBytes = 2000 });
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        for (var i = 0; i < headers; i++)
        {
            request.Headers.Add($"X-{i}", "v");
        }

        using var answer = await front.Client.SendAsync(request, Cancel);

        answer.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Headers_that_have_too_many_bytes_are_refused()
    {
        await using var upstream = await Upstream.Start(_ => Task.CompletedTask);
        await using var front = await Start(upstream, new RequestLimits { HeaderBytes = 500 });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Long", new string('a', 500));

        using var answer = await front.Client.SendAsync(request, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    private static Task<Front> Start(Upstream upstream, RequestLimits limits) =>
        Front.Start([Make.Route("/{**rest}") with { RequestLimits = limits }], [Make.Entry("i", upstream.Address)]);
}
