using System.Text;
using System.Text.Json;
using Gatehouse.Api.Routing.Documents;
using Gatehouse.Grains.Routing;

namespace Gatehouse.Api.Tests.Routing.Documents;

/// <summary>The smaller policies' fields: what is written reads the same, and what is wrong is named.</summary>
public sealed class PolicyFieldTests
{
    [Theory]
    [InlineData("ip: { allow: [10.0.0.0/8, '2001:db8::/32'], deny: [10.0.0.1] }")]
    [InlineData("maintenance: {}")]
    [InlineData("maintenance: { message: Back soon, retryAfter: 5m, allow: [127.0.0.1] }")]
    [InlineData("request: { body: 1MiB, headers: 50, headerBytes: 16KiB, target: 2000B }")]
    [InlineData("request: { body: 0B }")]
    [InlineData("inject: { delay: 200ms, share: 0.1, status: 503 }")]
    [InlineData("inject: { abort: true }")]
    [InlineData("cors: { origins: ['https://a.example', 'https://*.b.example', '*'], methods: [GET], headers: [X-A], expose: [X-B], maxAge: 1h }")]
    [InlineData("cors: { origins: ['https://a.example'], credentials: true }")]
    [InlineData("compression: {}")]
    [InlineData("compression: { types: [application/json], minimum: 4KiB, overTls: true }")]
    public void What_is_written_reads_the_same(string text)
    {
        var route = RouteDocumentReader.ReadRoute(Document(text), DocumentFormat.Yaml);
        route.Errors.ShouldBeEmpty();

        foreach (var format in new[] { DocumentFormat.Yaml, DocumentFormat.Json })
        {
            var written = RouteDocumentWriter.WriteRoute(route.Routes[0], format);
            var again = RouteDocumentReader.ReadRoute(written.Span, format);
            again.Errors.ShouldBeEmpty();
            JsonSerializer.Serialize(again.Routes[0]).ShouldBe(JsonSerializer.Serialize(route.Routes[0]));
        }

        JsonSerializer.Serialize(route.Routes[0]).ShouldNotBe(JsonSerializer.Serialize(Plain()));
    }

    [Theory]
    [InlineData("ip: {}", "ip")]
    [InlineData("ip: { allow: [10.0.0.1/33] }", "ip.allow[0]")]
    [InlineData("ip: { deny: [localhost] }", "ip.deny[0]")]
    [InlineData("maintenance: { retryAfter: 2d }", "maintenance.retryAfter")]
    [InlineData("maintenance: { allow: [''] }", "maintenance.allow[0]")]
    [InlineData("request: {}", "request")]
    [InlineData("request: { body: 1MB }", "request.body")]
    [InlineData("request: { headers: 0 }", "request.headers")]
    [InlineData("inject: {}", "inject")]
    [InlineData("inject: { status: 200 }", "inject.status")]
    [InlineData("inject: { delay: 1s, share: 0 }", "inject.share")]
    [InlineData("inject: { delay: 1s, share: NaN }", "inject.share")]
    [InlineData("inject: { status: 500, abort: true }", "inject.abort")]
    [InlineData("cors: {}", "cors.origins")]
    [InlineData("cors: { origins: [example.org] }", "cors.origins[0]")]
    [InlineData("cors: { origins: ['https://a.example/path'] }", "cors.origins[0]")]
    [InlineData("cors: { origins: ['https://*'] }", "cors.origins[0]")]
    [InlineData("cors: { origins: ['*'], credentials: true }", "cors.credentials")]
    [InlineData("compression: { types: [json] }", "compression.types[0]")]
    [InlineData("compression: { overTls: sure }", "compression.overTls")]
    public void What_is_wrong_is_named(string text, string field) =>
        RouteDocumentReader.ReadRoute(Document(text), DocumentFormat.Yaml).Errors.ShouldContain(error => error.Path == field);

    private static RouteDocument Plain() => RouteDocumentReader.ReadRoute(Document(""), DocumentFormat.Yaml).Routes[0];

    private static byte[] Document(string text) =>
        Encoding.UTF8.GetBytes($"id: a\nmatch: {{ path: /a }}\nto: {{ service: A }}\n{text}\n");
}
