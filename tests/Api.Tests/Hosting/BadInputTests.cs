using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Hosting;

/// <summary>
/// Truncated, oversized, wrongly typed and hostile input on every endpoint of the management listener: nothing answers
/// 5xx, what is refused says why, and the host goes on. Which endpoints there are is asked of the host, so that a new one
/// is covered without being named here.
/// </summary>
[Collection(SharedGatehouse.Name)]
public sealed class BadInputTests(GatehouseHost host)
{
    private const int RequestsPerEndpoint = 120;

    // Other people's pages; they are behind the guard like everything else.
    private static readonly string[] Foreign = ["/dashboard", "/scalar", "/openapi", "/metrics"];

    private static readonly string[] Values =
    [
        "x", "%00", "%0d%0aX-Injected:1", "..%2f..%2fetc%2fpasswd", "%2e%2e", "%ff%fe", "%F0%9F%92%A9", "a%20b", "a;b", "'%22%3Cscript%3E", "%25%32%35",
        "-1", "18446744073709551616", new string('a', 300), new string('%', 1) + "41", "$%7Bjndi%7D", "{}", "*", "a%2Fb", "%C0%AF",
    ];

    private static readonly string[] Queries =
    [
        "", "?drain=", "?drain=-5s", "?drain=999999999999999999999s", "?value=BOGUS", "?value=", "?status=%00&lastDirtyTimestamp=abc",
        "?lastDirtyTimestamp=99999999999999999999999", "?service=%ff", "?dryRun=maybe", "?source=nobody", "?regions=,,,", "?%00=%00", "?a&a&a", "?k=" + new string('v', 3000),
    ];

    private static readonly string[] Types =
        ["application/json", "application/json; charset=utf-7", "application/xml", "application/yaml", "text/plain", "application/octet-stream", "a/b; c=\"", ""];

    private static readonly byte[][] Bodies =
    [
        [], "{"u8.ToArray(), "{\"instance\":{\"app\":"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(), "123"u8.ToArray(), "\"text\""u8.ToArray(), "true"u8.ToArray(), [0xff, 0xfe, 0x00], [0xef, 0xbb, 0xbf, (byte)'{'],
        "{\"address\":5,\"zone\":[],\"weight\":\"x\",\"metadata\":7,\"leaseSeconds\":{}}"u8.ToArray(),
        "{\"address\":\"http://user:pw@10.0.0.1/path?x\",\"leaseSeconds\":-1}"u8.ToArray(),
        "{\"status\":\"sideways\"}"u8.ToArray(), "{\"status\":null}"u8.ToArray(),
        "{\"id\":\"x\",\"match\":{\"path\":\"no-slash/{\"},\"to\":{}}"u8.ToArray(),
        "{\"id\":{},\"match\":[],\"to\":\"x\",\"timeout\":\"soon\",\"balance\":99}"u8.ToArray(),
        "{\"routes\":[{},null,5,{\"id\":\"a\"}]}"u8.ToArray(),
        "{\"instance\":{\"app\":[],\"hostName\":{},\"ipAddr\":7,\"port\":\"x\",\"leaseInfo\":[],\"metadata\":\"m\",\"dataCenterInfo\":3}}"u8.ToArray(),
        "{\"replicationList\":[{\"action\":\"Explode\"},null,7]}"u8.ToArray(),
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><instance>&b;</instance>"u8.ToArray(),
        "<instance><hostName>"u8.ToArray(), "<instance/>"u8.ToArray(), "<a><b/></a>"u8.ToArray(),
        "a: &a [x]\nb: [*a, *a, *a]\n"u8.ToArray(), "- id: [\n"u8.ToArray(), "&a [*a]"u8.ToArray(),
        Encoding.UTF8.GetBytes(new string('[', 5000)), Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 3000))),
        Encoding.UTF8.GetBytes("{\"id\":\"" + new string('x', 70_000) + "\"}"),
        new byte[1_200_000],
    ];

    [Fact]
    public async Task Every_endpoint_hostileInput_isRefusedWithoutServerError()
    {
        await host.Services.GetRequiredService<IReplica<RegistrySnapshot>>().Read(TestContext.Current.CancellationToken);
        await host.Services.GetRequiredService<IReplica<RouteTable>>().Read(TestContext.Current.CancellationToken);
        var random = new Random(20261124);
        var failures = new List<string>();
        var endpoints = Endpoints();
        endpoints.Count.ShouldBeGreaterThan(30);
        foreach (var (method, pattern) in endpoints)
        {
            for (var i = 0; i < RequestsPerEndpoint; i++)
            {
                if (await Send(method, pattern, random) is { } failure)
                {
                    failures.Add(failure);
                }
            }
        }

        failures.ShouldBeEmpty(string.Join('\n', failures.Take(20)));
        using var live = await host.Management.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken);
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static T Any<T>(Random random, T[] from) => from[random.Next(from.Length)];

    private List<(string Method, RouteEndpoint Endpoint)> Endpoints() =>
    [
        .. host.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Where(endpoint => !Array.Exists(Foreign, prefix => $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}".StartsWith(prefix, StringComparison.Ordinal)))
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (method, endpoint))),
    ];

    private async Task<string?> Send(string method, RouteEndpoint endpoint, Random random)
    {
        var path = new StringBuilder();
        foreach (var segment in endpoint.RoutePattern.PathSegments)
        {
            path.Append('/');
            foreach (var part in segment.Parts)
            {
                path.Append(part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : Any(random, Values));
            }
        }

        path.Append(Any(random, Queries));
        var body = Any(random, Bodies);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(host.Management.BaseAddress!, path.ToString()));
        request.Headers.TryAddWithoutValidation("If-Match", random.Next(4) == 0 ? "garbage" : "*");
        request.Headers.TryAddWithoutValidation("Accept", random.Next(3) == 0 ? "application/json" : "q=;;,/");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", Any(random, Values));
        if (method is not "GET")
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", Any(random, Types));
        }

        try
        {
            using var response = await host.Management.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            var what = $"{method} {endpoint.RoutePattern.RawText} → {(int)response.StatusCode}";
            if ((int)response.StatusCode >= 500)
            {
                return $"{what}: {path} with {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(60, body.Length)))}";
            }

            if (response is { StatusCode: HttpStatusCode.RequestEntityTooLarge, Headers.ConnectionClose: not true })
            {
                return $"{what} does not say that the connection closes";
            }

            return Explains(response) ? null : $"{what} without a word of why ({response.Content.Headers.ContentType})";
        }
        catch (HttpRequestException) when (body.Length > 1_000_000)
        {
            // Refused before it was sent whole, by closing the connection.
            return null;
        }
    }

    // Eureka's clients expect Eureka's bodies, and empty ones for what is not found. A target that is no text at all is
    // refused by the server before there is a request that could be explained.
    private static bool Explains(HttpResponseMessage response) =>
        (int)response.StatusCode < 400
        || (response.StatusCode == HttpStatusCode.BadRequest && response.RequestMessage!.RequestUri!.OriginalString.Split('?')[0] is var target
            && (target.Contains("%00", StringComparison.Ordinal) || target.Contains("%ff", StringComparison.Ordinal) || target.Contains("%C0", StringComparison.Ordinal)))
        || response.RequestMessage!.RequestUri!.AbsolutePath.StartsWith("/eureka", StringComparison.Ordinal)
        || response.Content.Headers.ContentType is MediaTypeHeaderValue { MediaType: "application/problem+json" };
}
