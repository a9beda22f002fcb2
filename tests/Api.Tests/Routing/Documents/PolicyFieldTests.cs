using System.Text;
using System.Text.Json;
using Gatehouse.Api.Routing.Documents;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;

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
    [InlineData("circuit: off")]
    [InlineData("circuit: {}")]
    [InlineData("circuit: { window: 30s, minimumThroughput: 5, failureRate: 0.25, sleep: 500ms }")]
    [InlineData("outliers: {}")]
    [InlineData("outliers: { consecutive: 0, deviation: 2.5, minimumThroughput: 10, interval: 5s, sleep: 1m, maxShare: 0.5 }")]
    [InlineData("health: { path: /well }")]
    [InlineData("health: { path: '/well?deep=1', interval: 5s, timeout: 500ms, healthy: 1, unhealthy: 5 }")]
    [InlineData("compression: { types: [application/json], minimum: 4KiB, overTls: true }")]
    [InlineData("balance: weighted-response-time")]
    [InlineData("balance: { rule: consistent-hash, by: 'cookie:shop', bound: 0 }")]
    [InlineData("balance: { rule: zone-aware, spillAt: 10, slowStart: 30s }")]
    [InlineData("cache: {}")]
    [InlineData("affinity: {}")]
    [InlineData("affinity: { cookie: shop, lifetime: 1h }")]
    [InlineData("mirror: { service: SHADOW, share: 0.05 }")]
    [InlineData("mirror: { service: SHADOW, maxBody: 0B, concurrent: 5 }")]
    [InlineData("cache: { ttl: 30s, vary: [Accept-Language], maxBody: 2MiB, tags: [books], staleIfError: 10m }")]
    [InlineData("timeouts: { total: 1m, perTry: 20s }")]
    [InlineData("timeouts: { total: 5s }")]
    [InlineData("retry: { attempts: 1 }")]
    [InlineData("retry: { attempts: 3, on: [connect, 500, 429], budget: 0.5, backoff: 100ms }")]
    [InlineData("retry: { on: ['503'] }")]
    [InlineData("hedge: {}")]
    [InlineData("hedge: { after: p99.9, max: 2 }")]
    [InlineData("hedge: { after: 50ms }")]
    [InlineData("bulkhead: { concurrent: 10, queue: 5, adaptive: true }")]
    [InlineData("fallback: { status: 503, contentType: application/json, body: '{}' }")]
    [InlineData("fallback: { service: SPARE }")]
    [InlineData("fallback: { cached: 60s }")]
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
    [InlineData("balance: fastest", "balance")]
    [InlineData("balance: { rule: fastest }", "balance.rule")]
    [InlineData("balance: { rule: consistent-hash, by: luck }", "balance.by")]
    [InlineData("balance: { rule: consistent-hash, by: 'header:a b' }", "balance.by")]
    [InlineData("balance: { rule: consistent-hash, bound: 1 }", "balance.bound")]
    [InlineData("balance: { rule: consistent-hash, slowStart: 1s }", "balance.slowStart")]
    [InlineData("balance: { by: consumer }", "balance.by")]
    [InlineData("balance: { spillAt: 1 }", "balance.spillAt")]
    [InlineData("balance: { slowStart: 16m }", "balance.slowStart")]
    [InlineData("canary: sticky", "canary")]
    [InlineData("canary: random", "canary")]
    [InlineData("cache: { ttl: long }", "cache.ttl")]
    [InlineData("affinity: { cookie: 'a b' }", "affinity.cookie")]
    [InlineData("affinity: { cookie: __Host-session }", "affinity.cookie")]
    [InlineData("affinity: { lifetime: 721h }", "affinity.lifetime")]
    [InlineData("mirror: {}", "mirror.service")]
    [InlineData("mirror: { service: A, share: 0 }", "mirror.share")]
    [InlineData("mirror: { service: A, maxBody: 17MiB }", "mirror.maxBody")]
    [InlineData("mirror: { service: A, concurrent: 0 }", "mirror.concurrent")]
    [InlineData("cache: { ttl: 25h }", "cache.ttl")]
    [InlineData("cache: { vary: ['a b'] }", "cache.vary[0]")]
    [InlineData("cache: { tags: ['a b'] }", "cache.tags[0]")]
    [InlineData("cache: { maxBody: 0B }", "cache.maxBody")]
    [InlineData("cache: { staleIfError: 25h }", "cache.staleIfError")]
    [InlineData("circuit: on", "circuit")]
    [InlineData("circuit: { window: 500ms }", "circuit.window")]
    [InlineData("circuit: { minimumThroughput: 0 }", "circuit.minimumThroughput")]
    [InlineData("circuit: { failureRate: 0 }", "circuit.failureRate")]
    [InlineData("circuit: { failureRate: 1.1 }", "circuit.failureRate")]
    [InlineData("circuit: { sleep: 2h }", "circuit.sleep")]
    [InlineData("outliers: { consecutive: 0, deviation: 0 }", "outliers")]
    [InlineData("outliers: { maxShare: 0 }", "outliers.maxShare")]
    [InlineData("outliers: { interval: 1h }", "outliers.interval")]
    [InlineData("health: {}", "health.path")]
    [InlineData("health: { path: 'http://elsewhere/' }", "health.path")]
    [InlineData("health: { path: '//elsewhere/' }", "health.path")]
    [InlineData("health: { path: /a, interval: 1s, timeout: 2s }", "health.timeout")]
    [InlineData("health: { path: /a, unhealthy: 0 }", "health.unhealthy")]
    [InlineData("timeouts: {}", "timeouts")]
    [InlineData("timeouts: { total: 1s, perTry: 2s }", "timeouts.perTry")]
    [InlineData("timeouts: { total: 2h }", "timeouts.total")]
    [InlineData("timeout: 2s\ntimeouts: { total: 3s }", "timeout")]
    [InlineData("retry: { attempts: 0 }", "retry.attempts")]
    [InlineData("retry: { attempts: 11 }", "retry.attempts")]
    [InlineData("retry: { on: [] }", "retry.on")]
    [InlineData("retry: { on: [connect, 200] }", "retry.on[1]")]
    [InlineData("retry: { on: [reset] }", "retry.on[0]")]
    [InlineData("retry: { budget: 0 }", "retry.budget")]
    [InlineData("retry: { backoff: 1m }", "retry.backoff")]
    [InlineData("hedge: { after: p10 }", "hedge.after")]
    [InlineData("hedge: { after: p100 }", "hedge.after")]
    [InlineData("hedge: { after: soon }", "hedge.after")]
    [InlineData("hedge: { max: 4 }", "hedge.max")]
    [InlineData("bulkhead: { concurrent: 0 }", "bulkhead.concurrent")]
    [InlineData("bulkhead: { queue: -1 }", "bulkhead.queue")]
    [InlineData("fallback: {}", "fallback")]
    [InlineData("fallback: { status: 503, cached: 60s }", "fallback")]
    [InlineData("fallback: { body: hello }", "fallback")]
    [InlineData("fallback: { status: 100 }", "fallback.status")]
    [InlineData("fallback: { status: 204, body: x }", "fallback.body")]
    [InlineData("fallback: { status: 200, contentType: json }", "fallback.contentType")]
    [InlineData("fallback: { service: a }", "fallback.service")]
    [InlineData("fallback: { cached: 10ms }", "fallback.cached")]
    public void What_is_wrong_is_named(string text, string field) =>
        RouteDocumentReader.ReadRoute(Document(text), DocumentFormat.Yaml).Errors.ShouldContain(error => error.Path == field);

    [Theory]
    [InlineData("canary: sticky", RequestKeyKind.Consumer)]
    [InlineData("canary: { by: 'header:X-Tenant' }", RequestKeyKind.Header)]
    public void Canary_of_a_split_reads_as_it_is_written(string text, RequestKeyKind by)
    {
        var document = Encoding.UTF8.GetBytes(
            $"id: a\nmatch: {{ path: /a }}\nto: {{ split: [{{ service: A, weight: 9 }}, {{ service: B, weight: 1 }}] }}\n{text}\n");
        var route = RouteDocumentReader.ReadRoute(document, DocumentFormat.Yaml);
        route.Errors.ShouldBeEmpty();

        var again = RouteDocumentReader.ReadRoute(RouteDocumentWriter.WriteRoute(route.Routes[0], DocumentFormat.Yaml).Span, DocumentFormat.Yaml);

        again.Routes[0].Canary.ShouldBe(route.Routes[0].Canary);
        again.Routes[0].Canary!.Key.By.ShouldBe(by);
    }

    private static RouteDocument Plain() => RouteDocumentReader.ReadRoute(Document(""), DocumentFormat.Yaml).Routes[0];

    private static byte[] Document(string text) =>
        Encoding.UTF8.GetBytes($"id: a\nmatch: {{ path: /a }}\nto: {{ service: A }}\n{text}\n");
}
