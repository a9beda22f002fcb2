using System.Text;
using Gatehouse.Api.Routing.Documents;
using Gatehouse.Grains.Resilience.Limits;
using Gatehouse.Grains.Routing.Policies;

namespace Gatehouse.Api.Tests.Routing.Documents;

public sealed class LimitFieldTests
{
    [Fact]
    public void One_limit_takes_its_defaults()
    {
        var limit = Read("limit: { permits: 100 }").Limits.ShouldHaveSingleItem();

        limit.ShouldBe(new RouteLimit { Permits = 100 });
        limit.ToRule().ShouldBe(new LimitRule(LimitAlgorithm.TokenBucket, 100, TimeSpan.FromSeconds(1), 100));
    }

    [Theory]
    [InlineData("limit: { permits: 100, per: 1m, by: client, algorithm: sliding-window, shared: api, whenUnknown: admit }")]
    [InlineData("limit: { permits: 100, per: 1s, by: 'header:X-Tenant', burst: 200 }")]
    [InlineData("limit: { permits: 10, by: route, algorithm: concurrent }")]
    [InlineData("limit: [{ permits: 10 }, { permits: 1000, per: hour }, { permits: 10000, per: day, by: address }, { permits: 100000, per: month }]")]
    public void What_is_written_reads_the_same(string text)
    {
        var route = Read(text);

        var written = RouteDocumentWriter.WriteRoute(route, DocumentFormat.Yaml);
        var again = RouteDocumentReader.ReadRoute(written.Span, DocumentFormat.Yaml).Routes[0];

        again.Limits.ShouldBe(route.Limits);
        route.Limits.Length.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("limit: {}", "limit.permits")]
    [InlineData("limit: { permits: 0 }", "limit.permits")]
    [InlineData("limit: { permits: 1, per: soon }", "limit.per")]
    [InlineData("limit: { permits: 1, per: 10ms }", "limit.per")]
    [InlineData("limit: { permits: 1, per: 2m, algorithm: sliding-window }", "limit.per")]
    [InlineData("limit: { permits: 1, per: day, algorithm: token-bucket }", "limit.algorithm")]
    [InlineData("limit: { permits: 1, by: 'header:' }", "limit.by")]
    [InlineData("limit: { permits: 1, by: everyone }", "limit.by")]
    [InlineData("limit: { permits: 1, burst: 5, algorithm: concurrent }", "limit.burst")]
    [InlineData("limit: [{ permits: 1 }, { permits: 1 }]", "limit[1]")]
    [InlineData("limit: { permits: 1, permit: 1 }", "limit.permit")]
    [InlineData("limit: 5", "limit")]
    public void What_is_wrong_is_named(string text, string field) =>
        RouteDocumentReader.ReadRoute(Document(text), DocumentFormat.Yaml).Errors.ShouldContain(error => error.Path == field);

    private static Gatehouse.Grains.Routing.RouteDocument Read(string text)
    {
        var reading = RouteDocumentReader.ReadRoute(Document(text), DocumentFormat.Yaml);
        reading.Errors.ShouldBeEmpty();
        return reading.Routes[0];
    }

    private static byte[] Document(string text) =>
        Encoding.UTF8.GetBytes($"id: a\nmatch: {{ path: /a }}\nto: {{ service: A }}\n{text}\n");
}
