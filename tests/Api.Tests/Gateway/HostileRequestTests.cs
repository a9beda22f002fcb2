using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Api.Tests.Gateway;

public sealed class HostileRequestTests
{
    /// <summary>Requests whose end two servers could see differently. Kestrel refuses most of them before the gateway.</summary>
    public static TheoryData<string> Ambiguous => new(
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nContent-Length: 5\r\n\r\n0\r\n\r\nX",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 6, 6\r\n\r\n0\r\n\r\nX",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n0\r\n\r\nX",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0x6\r\n\r\n0\r\n\r\nX",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /x HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: h\r\nX-A: a\r\n b\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: h\r\n X-A: a\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: h\r\nX-A: a\rb\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: h\r\nX A: a\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: h\r\nX-A: a\0b\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: h\r\nHost: g\r\n\r\n",
        "GET /x HTTP/1.1\r\n\r\n",
        "GET http://other/x HTTP/1.1\r\nHost: h\r\n\r\n");

    public static TheoryData<string> BadTargets => new(
        "/a/../b", "/a/./b", "/..", "/a/%2e%2E/b", "/a/.%2e", "/a/..;x/b", "/a/%00", "/a\\b", "/a#b", "*");

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task Ambiguous_request_is_refused_and_nothing_of_it_reaches_a_service(string request)
    {
        var reached = new List<string>();
        await using var upstream = await Upstream.Start(context =>
        {
            reached.Add(context.Request.Headers.ToString()!);
            return Task.CompletedTask;
        });
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        var answer = await Raw.Send(front.Url, request, TimeSpan.FromSeconds(1));

        answer.ShouldStartWith("HTTP/1.1 4");
        reached.ShouldBeEmpty();
    }

    [Fact]
    public async Task Length_that_only_kestrel_reads_goes_on_in_plain_form()
    {
        await using var upstream = await Upstream.Start(context => context.Response.WriteAsync($"[{context.Request.Headers.ContentLength}]"));
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        var answer = await Raw.Send(
            front.Url, "POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: +6\r\n\r\nsixsix");

        answer.ShouldContain("[6]");
    }

    [Theory]
    [MemberData(nameof(BadTargets))]
    public async Task Target_that_servers_read_differently_is_refused(string target)
    {
        await using var upstream = await Upstream.Start(context => Task.CompletedTask);
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);
        var method = target == "*" ? "OPTIONS" : "GET";

        var answer = await Raw.Send(front.Url, $"{method} {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 400 ");
    }

    [Theory]
    [InlineData("/a%2Fb/%41//c?q=%2F|{}&x=http://y", "/a%2Fb/%41//c?q=%2F|{}&x=http://y")]
    [InlineData("http://h/a%2Fb?x", "/a%2Fb?x")]
    [InlineData("http://h", "/")]
    [InlineData("/a%zz%C3%28", "/a%zz%C3%28")]
    [InlineData("/...", "/...")]
    [InlineData("//evil.example/x", "//evil.example/x")]
    public async Task Target_goes_on_letter_by_letter(string target, string sent)
    {
        await using var upstream = await Upstream.Start(context =>
            context.Response.WriteAsync($"[{context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}]"));
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        var answer = await Raw.Send(front.Url, $"GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        answer.ShouldContain($"[{sent}]");
    }

    [Theory]
    [InlineData("TRACE /x", "501")]
    [InlineData("CONNECT h:80", "501")]
    public async Task Method_that_is_not_for_services_is_refused(string start, string status)
    {
        await using var upstream = await Upstream.Start(context => Task.CompletedTask);
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        var answer = await Raw.Send(front.Url, $"{start} HTTP/1.1\r\nHost: h:80\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith($"HTTP/1.1 {status} ");
        answer.ShouldContain("urn:gatehouse:error:method-not-supported");
    }
}
