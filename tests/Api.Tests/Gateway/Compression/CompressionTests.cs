using System.IO.Compression;
using System.Text;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Compression;

public sealed class CompressionTests
{
    private static readonly string Text = string.Concat(Enumerable.Repeat("a text that is long enough to gain ", 200));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gzip", "text/plain", "gzip")]
    [InlineData("br, gzip", "application/json", "br")]
    [InlineData("", "text/plain", null)]
    [InlineData("gzip", "image/png", null)]
    public async Task Responses_are_compressed_for_those_who_accept_it(string accepts, string type, string? coding)
    {
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.ContentType = type;
            context.Response.Headers.ETag = "\"v1\"";
            return context.Response.WriteAsync(Text, Cancel);
        });
        await using var front = await Start(upstream);

        using var answer = await Get(front, accepts);

        answer.Content.Headers.ContentEncoding.ShouldBe(coding is null ? [] : [coding]);
        answer.Headers.ETag!.IsWeak.ShouldBe(coding is not null);
        (await Read(answer, coding)).ShouldBe(Text);
    }

    [Theory]
    [InlineData(10, null, null)]
    [InlineData(2000, "no-transform", null)]
    [InlineData(2000, null, "gzip")]
    public async Task What_is_short_or_must_not_be_changed_goes_as_it_is(int length, string? cacheControl, string? coding)
    {
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.ContentType = "text/plain";
            context.Response.ContentLength = length;
            if (cacheControl is not null)
            {
                context.Response.Headers.CacheControl = cacheControl;
            }

            return context.Response.WriteAsync(new string('a', length), Cancel);
        });
        await using var front = await Start(upstream);

        using var answer = await Get(front, "gzip");

        answer.Content.Headers.ContentEncoding.ShouldBe(coding is null ? [] : [coding]);
        (await Read(answer, coding)).Length.ShouldBe(length);
    }

    private static Task<Front> Start(Upstream upstream) =>
        Front.Start([Make.Route("/{**rest}") with { Compression = new RouteCompression() }], [Make.Entry("i", upstream.Address)]);

    private static async Task<HttpResponseMessage> Get(Front front, string accepts)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (accepts.Length > 0)
        {
            request.Headers.Add("Accept-Encoding", accepts);
        }

        return await front.Client.SendAsync(request, Cancel);
    }

    private static async Task<string> Read(HttpResponseMessage answer, string? coding)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(Cancel);
        await using Stream plain = coding switch
        {
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(plain, Encoding.UTF8);
        return await reader.ReadToEndAsync(Cancel);
    }
}
