using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Gatehouse.Api.Tests.Hosting;

[Collection(SharedGatehouse.Name)]
public sealed class ManagementGuardTests(GatehouseHost host)
{
    private const string Secret = "correct horse battery staple";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8081")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:8081")]
    public async Task Local_caller_with_local_host_needs_no_credentials(string name)
    {
        using var response = await Send(host, HttpMethod.Get, request => request.Headers.Host = name);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.nip.io:8081")]
    [InlineData("192.168.1.10")]
    public async Task Local_caller_with_foreign_host_is_refused(string name)
    {
        using var response = await Send(host, HttpMethod.Get, request => request.Headers.Host = name);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Basic");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    public async Task Caller_behind_a_local_proxy_is_not_local(string header, string value)
    {
        using var response = await Send(host, HttpMethod.Get, request => request.Headers.Add(header, value));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://localhost:1")]
    public async Task Unsafe_method_from_another_origin_is_refused(string origin)
    {
        using var response = await Send(host, HttpMethod.Delete, request => request.Headers.Add("Origin", origin));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:cross-site");
    }

    [Fact]
    public async Task Unsafe_method_from_the_own_origin_is_let_through()
    {
        using var response = await Send(
            host,
            HttpMethod.Delete,
            request => request.Headers.Add("Origin", host.Management.BaseAddress!.GetLeftPart(UriPartial.Authority)));

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_is_open_to_every_caller(string path)
    {
        using var response = await Send(host, HttpMethod.Get, request => request.Headers.Host = "evil.example", path);

        // Whether it is ready yet is not the question.
        response.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Remote_capable_listener_serves_only_who_has_the_secret()
    {
        await using var open = await GatehouseHost.Start(["--Gatehouse:ManagementUrl=http://0.0.0.0:0", $"--Gatehouse:ManagementSecret={Secret}"]);

        (await Status(open, null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Status(open, new("Bearer", Secret))).ShouldBe(HttpStatusCode.OK);
        (await Status(open, new("bearer", Secret))).ShouldBe(HttpStatusCode.OK);
        (await Status(open, Basic("eureka", Secret))).ShouldBe(HttpStatusCode.OK);
        (await Status(open, Basic("", Secret))).ShouldBe(HttpStatusCode.OK);

        (await Status(open, new("Bearer", Secret[..^1]))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Status(open, new("Bearer", Secret + "x"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Status(open, Basic(Secret, "eureka"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Status(open, new("Basic", "not base64"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Status(open, new("Basic", "bm9jb2xvbg=="))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Status(open, new("Basic"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Status(open, new("Digest", Secret))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    private static async Task<HttpStatusCode> Status(GatehouseHost host, AuthenticationHeaderValue? credentials)
    {
        using var response = await Send(host, HttpMethod.Get, request => request.Headers.Authorization = credentials);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> Send(
        GatehouseHost host,
        HttpMethod method,
        Action<HttpRequestMessage> prepare,
        string path = "/openapi/v1.json")
    {
        using var request = new HttpRequestMessage(method, path);
        prepare(request);
        return await host.Management.SendAsync(request, Cancel);
    }
}
