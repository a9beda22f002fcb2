using System.Collections.Immutable;
using System.Diagnostics;
using Gatehouse.Grains.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway;

public sealed class HeaderTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forwarded_headers_of_a_client_are_replaced()
    {
        var received = await Receive(
            request =>
            {
                request.Headers.Add("X-Forwarded-For", "6.6.6.6");
                request.Headers.Add("X-Forwarded-Proto", "https");
                request.Headers.Add("X-Forwarded-Host", "evil");
                request.Headers.Add("X-Forwarded-Port", "666");
                request.Headers.Add("X-Forwarded-Prefix", "/evil");
                request.Headers.Add("Forwarded", "for=6.6.6.6");
                request.Headers.Host = "books.example:81";
            },
            rewrite: new RouteRewrite { RemovePrefix = "/a" });

        received["X-Forwarded-For"].ShouldBe("127.0.0.1");
        received["X-Forwarded-Proto"].ShouldBe("http");
        received["X-Forwarded-Host"].ShouldBe("books.example:81");
        received["X-Forwarded-Port"].ShouldBe("81");
        received["X-Forwarded-Prefix"].ShouldBe("/a");
        received["Forwarded"].ShouldBe("for=127.0.0.1;host=\"books.example:81\";proto=http");
        received["Host"].ShouldStartWith("127.0.0.1:");
    }

    [Fact]
    public async Task Forwarded_headers_of_a_trusted_proxy_are_kept_and_added_to()
    {
        var received = await Receive(
            request =>
            {
                request.Headers.Add("X-Forwarded-For", "9.9.9.9");
                request.Headers.Add("X-Forwarded-Proto", "https");
                request.Headers.Add("X-Forwarded-Host", "shop.example");
                request.Headers.Add("X-Forwarded-Prefix", "/shop");
                request.Headers.Add("Forwarded", "for=9.9.9.9;proto=https");
                request.Headers.Host = "inner";
            },
            options => options.TrustedProxies.Add("127.0.0.0/8"),
            new RouteRewrite { RemovePrefix = "/a" });

        received["X-Forwarded-For"].ShouldBe("9.9.9.9, 127.0.0.1");
        received["X-Forwarded-Proto"].ShouldBe("https");
        received["X-Forwarded-Host"].ShouldBe("shop.example");
        received["X-Forwarded-Port"].ShouldBe("");
        received["X-Forwarded-Prefix"].ShouldBe("/shop/a");
        received["Forwarded"].ShouldBe("for=9.9.9.9;proto=https, for=127.0.0.1;host=\"inner\";proto=http");
    }

    [Fact]
    public async Task Headers_of_one_connection_end_here()
    {
        var received = await Receive(request =>
        {
            request.Headers.Add("Connection", "keep-alive, X-Secret, close");
            request.Headers.Add("X-Secret", "s");
            request.Headers.Add("Keep-Alive", "timeout=5");
            request.Headers.Add("Proxy-Authorization", "Basic eDp5");
            request.Headers.Add("TE", "trailers");
            request.Headers.Add("Gatehouse-User", "root");
            request.Headers.Add("X-Kept", "k");
        });

        received.Keys.ShouldNotContain("X-Secret");
        received.Keys.ShouldNotContain("Keep-Alive");
        received.Keys.ShouldNotContain("Proxy-Authorization");
        received.Keys.ShouldNotContain("TE");
        received.Keys.ShouldNotContain("Gatehouse-User");
        received["X-Kept"].ShouldBe("k");
    }

    [Fact]
    public async Task Headers_that_a_response_names_in_connection_end_here()
    {
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.Headers.Connection = "X-Secret";
            context.Response.Headers["X-Secret"] = "s";
            context.Response.Headers["X-Kept"] = "k";
            context.Response.Headers["Alt-Svc"] = "h3=\":443\"";
            context.Response.Headers["Keep-Alive"] = "timeout=5";
            return Task.CompletedTask;
        });
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        using var response = await front.Client.GetAsync("/x", Cancellation);

        response.Headers.Select(header => header.Key).ShouldBe(["Date", "X-Kept"], ignoreOrder: true);
    }

    [Fact]
    public async Task Route_sets_and_removes_headers()
    {
        var received = await Receive(
            request =>
            {
                request.Headers.Add("X-Set", "client");
                request.Headers.Add("X-Gone", "client");
            },
            rewrite: new RouteRewrite
            {
                SetHeaders = ImmutableDictionary<string, string>.Empty.Add("x-set", "route").Add("Host", "virtual.example"),
                RemoveHeaders = ["x-gone"],
            });

        received["X-Set"].ShouldBe("route");
        received["Host"].ShouldBe("virtual.example");
        received.Keys.ShouldNotContain("X-Gone");
    }

    [Fact]
    public async Task Content_type_without_content_is_kept()
    {
        var received = await Receive(request =>
        {
            request.Method = HttpMethod.Delete;
            request.Content = new ByteArrayContent([]);
            request.Content.Headers.Add("Content-Type", "application/json");
        });

        received["Content-Type"].ShouldBe("application/json");
    }

    [Fact]
    public async Task Header_beyond_ascii_goes_through_both_ways()
    {
        string? received = null;
        await using var upstream = await Upstream.Start(
            app => app.Use((HttpContext context, RequestDelegate _) =>
            {
                received = context.Request.Headers["X-Name"];
                context.Response.Headers["X-Answer"] = "Žluť";
                return Task.CompletedTask;
            }),
            kestrel: options => options.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.UTF8);
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        var answer = await Raw.Send(
            front.Url, "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Name: \u00c5\u00bdlut\r\n\r\n");

        received.ShouldBe("Žlut");
        answer.ShouldContain("X-Answer: \u00c5\u00bdlu\u00c5\u00a5\r\n");
    }

    [Theory]
    [InlineData(Parent, "vendor=1", Parent, "vendor=1")]
    [InlineData("00-0af7", "vendor=1", "", "")]
    [InlineData(null, "vendor=1", "", "")]
    public async Task Trace_is_passed_on_when_it_is_valid(string? parent, string state, string sentParent, string sentState)
    {
        var received = await Receive(request =>
        {
            if (parent is not null)
            {
                request.Headers.TryAddWithoutValidation("traceparent", parent);
            }

            request.Headers.TryAddWithoutValidation("tracestate", state);
        });

        received["traceparent"].ShouldBe(sentParent);
        received["tracestate"].ShouldBe(sentState);
    }

    [Fact]
    public async Task Recorded_trace_goes_on_as_a_child_of_the_gateways_span()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Gatehouse",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (spans)
                {
                    spans.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        var received = await Receive(request => request.Headers.TryAddWithoutValidation("traceparent", Parent), path: "/traced");

        var sent = received["traceparent"];
        sent.ShouldNotBe(Parent);
        spans.Select(span => span.Id).ShouldContain(sent);
    }

    private static async Task<Received> Receive(
        Action<HttpRequestMessage> prepare,
        Action<GatehouseOptions>? configure = null,
        RouteRewrite? rewrite = null,
        string path = "/a/b")
    {
        Received? received = null;
        await using var upstream = await Upstream.Start(context =>
        {
            received = new Received(context.Request.Headers);
            return Task.CompletedTask;
        });
        var route = Make.Route("/{**rest}") with { Rewrite = rewrite ?? new RouteRewrite() };
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)], configure);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        prepare(request);
        using var response = await front.Client.SendAsync(request, Cancellation);
        response.EnsureSuccessStatusCode();
        return received.ShouldNotBeNull();
    }

    /// <summary>A request's headers, kept beyond it.</summary>
    private sealed class Received(IHeaderDictionary headers)
    {
        private readonly Dictionary<string, string> values =
            headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);

        public ICollection<string> Keys => values.Keys;

        public string this[string name] => values.GetValueOrDefault(name, "");
    }
}
