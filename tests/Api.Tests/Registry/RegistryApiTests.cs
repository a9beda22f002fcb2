using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Gatehouse.Api.Tests.Registry;

[Collection(SharedGatehouse.Name)]
public sealed class RegistryApiTests(GatehouseHost host)
{
    private readonly string service = $"R{Guid.NewGuid():N}".ToUpperInvariant();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Register_creates_then_replaces_and_is_listed_and_routable_when_answered()
    {
        var created = await Put("i1", """{"address":"http://10.0.0.5:8080","zone":"a","weight":3,"metadata":{"k":"v"},"leaseSeconds":60}""");

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        created.Headers.Location!.ToString().ShouldBe($"/registry/v1/services/{service}/instances/i1");
        var body = await Json(created);
        ((string)body["service"]!, (string)body["id"]!, (string)body["status"]!).ShouldBe((service, "i1", "up"));
        ((string)body["zone"]!, (int)body["weight"]!, (int)body["leaseSeconds"]!).ShouldBe(("a", 3, 60));
        Routable().ShouldBe(["i1"]);

        (await Put("i1", """{"address":"http://10.0.0.6:8080"}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var one = await Json(await host.Management.GetAsync($"/registry/v1/services/{service.ToLowerInvariant()}", Cancel));
        ((string)one["instances"]!.AsArray().ShouldHaveSingleItem()!["address"]!).ShouldBe("http://10.0.0.6:8080");
        var list = await Json(await host.Management.GetAsync("/registry/v1/services", Cancel));
        var summary = list["services"]!.AsArray().Single(entry => (string)entry!["name"]! == service)!;
        ((int)summary["instances"]!, (int)summary["up"]!).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Heartbeat_renews_the_known_and_refuses_the_unknown()
    {
        await Put("i1");

        (await Post("i1/heartbeat")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await ShouldBeProblem(await Post("i2/heartbeat"), 404, "unknown-instance");
        var stranger = await host.Management.PostAsync($"/registry/v1/services/NONE{service}/instances/x/heartbeat", null, Cancel);
        await ShouldBeProblem(stranger, 404, "unknown-instance");
    }

    [Fact]
    public async Task Status_takes_an_instance_out_and_back_in()
    {
        await Put("i1");

        var held = await Json(await PutJson("i1/status", """{"status":"out-of-service"}"""));
        ((string)held["status"]!, (string)held["override"]!).ShouldBe(("out-of-service", "out-of-service"));
        Routable().ShouldBeEmpty();

        (await PutJson("i1/status", """{"status":"up"}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        Routable().ShouldBe(["i1"]);
        await ShouldBeProblem(await PutJson("i2/status", """{"status":"up"}"""), 404, "unknown-instance");
        await ShouldBeProblem(await PutJson("i1/status", """{"status":"bogus"}"""), 400, "invalid-request", "status");
    }

    [Fact]
    public async Task Deregister_takes_out_at_once_and_a_second_time_finds_nothing()
    {
        await Put("i1");

        (await Delete("i1")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        Routable().ShouldBeEmpty();
        await ShouldBeProblem(await Delete("i1"), 404, "unknown-instance");
        await ShouldBeProblem(await host.Management.GetAsync($"/registry/v1/services/{service}", Cancel), 404, "unknown-service");
        (await Post("i1/heartbeat")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Put("i1")).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Drain_waits_for_the_requests_in_flight()
    {
        await Put("i1");
        var picked = Snapshot().Services[service].Routable.Single();
        picked.TryEnter().ShouldBeTrue();

        var drain = Delete("i1?drain=30s");
        while (Routable().Any())
        {
            await Task.Yield();
        }

        picked.TryEnter().ShouldBeFalse();
        drain.IsCompleted.ShouldBeFalse();
        picked.Leave();
        var answer = await drain;
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        answer.Headers.Contains("Gatehouse-In-Flight").ShouldBeFalse();
    }

    [Fact]
    public async Task Drain_that_runs_out_of_time_tells_what_is_left()
    {
        await Put("i1");
        Snapshot().Services[service].Routable.Single().TryEnter().ShouldBeTrue();

        var answer = await Delete("i1?drain=1s");

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        answer.Headers.GetValues("Gatehouse-In-Flight").ShouldBe(["1"]);
    }

    [Fact]
    public async Task Lease_that_runs_out_takes_the_instance_out()
    {
        await Put("i1", """{"address":"http://10.0.0.5","leaseSeconds":1}""");

        await foreach (var snapshot in host.Services.GetRequiredService<IReplica<RegistrySnapshot>>().Follow(Cancel))
        {
            if (snapshot.Services[service].Routable.IsEmpty)
            {
                break;
            }
        }

        (await Post("i1/heartbeat")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("bad name/instances/i1", "service")]
    [InlineData("OK/instances/a%2Fb", "id")]
    [InlineData("OK/instances/a%0Ab", "id")]
    [InlineData("OK/instances/a%23b", "id")]
    public async Task Bad_names_give_a_problem_that_names_them(string path, string field)
    {
        var url = $"/registry/v1/services/{path}";
        await ShouldBeProblem(await Send(HttpMethod.Put, url, """{"address":"http://h"}"""), 400, "invalid-request", field);
        await ShouldBeProblem(await Send(HttpMethod.Post, url + "/heartbeat", null), 400, "invalid-request", field);
        await ShouldBeProblem(await Send(HttpMethod.Delete, url, null), 400, "invalid-request", field);
    }

    [Theory]
    [InlineData("{", "malformed-json")]
    [InlineData("", "malformed-json")]
    [InlineData("""{"address":"http://h","address":"http://g"}""", "malformed-json")]
    [InlineData("""{"address":"http://h\ud800"}""", "malformed-json")]
    [InlineData("""{"\ud800":1}""", "malformed-json")]
    [InlineData("null", "invalid-request")]
    [InlineData("""{"address":"http://h","unknown":1}""", "invalid-request")]
    public async Task Bad_bodies_give_a_problem(string body, string code) =>
        await ShouldBeProblem(await PutJson("i1", body), 400, code);

    [Fact]
    public async Task Deeply_nested_and_oversized_bodies_give_a_problem()
    {
        await ShouldBeProblem(await PutJson("i1", new string('[', 5_000)), 400, "malformed-json");
        await ShouldBeProblem(await PutJson("i1", $$"""{"address":"{{new string('a', 70_000)}}"}"""), 413, "too-large");

        using var chunked = new HttpRequestMessage(HttpMethod.Put, Url("i1"));
        chunked.Content = new StringContent(new string(' ', 70_000), Encoding.UTF8, "application/json");
        chunked.Headers.TransferEncodingChunked = true;
        await ShouldBeProblem(await host.Management.SendAsync(chunked, Cancel), 413, "too-large");
    }

    [Fact]
    public async Task Wrong_media_type_gives_a_problem()
    {
        using var text = new StringContent("""{"address":"http://h"}""", Encoding.UTF8, "text/plain");

        await ShouldBeProblem(await host.Management.PutAsync(Url("i1"), text, Cancel), 415, "media-type");
    }

    [Theory]
    [InlineData("drain=5")]
    [InlineData("drain=11m")]
    [InlineData("drain=")]
    public async Task Bad_drain_gives_a_problem_and_takes_nothing_out(string query)
    {
        await Put("i1");

        await ShouldBeProblem(await Delete($"i1?{query}"), 400, "invalid-request", "drain");

        Routable().ShouldBe(["i1"]);
    }

    [Fact]
    public async Task Watch_tells_changes_and_resumes_where_it_was_left()
    {
        await Put("i1");
        string last;
        await using (var watch = await Watch(null))
        {
            (await watch.Next()).Name.ShouldBe("reset");
            (await watch.Next()).Data.ShouldContain("\"id\":\"i1\"");
            await Put("i2");
            var second = await watch.Next();
            second.Data.ShouldContain("\"id\":\"i2\"");
            last = second.Id!;
        }

        await Delete("i1");
        await Put("i3");

        await using var resumed = await Watch(last);
        var missed = new[] { await resumed.Next(), await resumed.Next() }.OrderBy(e => e.Name).ToList();
        missed.Select(e => e.Name).ShouldBe(["removed", "upserted"]);
        missed[0].Data.ShouldBe($$"""{"service":"{{service}}","id":"i1"}""");
        missed[1].Data.ShouldContain("\"id\":\"i3\"");
    }

    [Fact]
    public async Task Watch_with_an_unknown_resume_point_starts_over()
    {
        await Put("i1");

        await using var watch = await Watch("7.7");

        (await watch.Next()).Name.ShouldBe("reset");
        await ShouldBeProblem(await host.Management.GetAsync("/registry/v1/watch?service=a%20b", Cancel), 400, "invalid-request", "service");
    }

    private RegistrySnapshot Snapshot() => host.Services.GetRequiredService<IReplica<RegistrySnapshot>>().Current;

    private IEnumerable<string> Routable() =>
        Snapshot().Services.TryGetValue(service, out var known) ? known.Routable.Select(instance => instance.Instance.Id) : [];

    private string Url(string rest) => $"/registry/v1/services/{service}/instances/{rest}";

    private Task<HttpResponseMessage> Put(string id, string json = """{"address":"http://10.0.0.5:8080"}""") => PutJson(id, json);

    private Task<HttpResponseMessage> PutJson(string rest, string json) => Send(HttpMethod.Put, Url(rest), json);

    private Task<HttpResponseMessage> Post(string rest) => Send(HttpMethod.Post, Url(rest), null);

    private Task<HttpResponseMessage> Delete(string rest) => Send(HttpMethod.Delete, Url(rest), null);

    private async Task<HttpResponseMessage> Send(HttpMethod method, string url, string? json)
    {
        using var request = new HttpRequestMessage(method, url);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        return await host.Management.SendAsync(request, Cancel);
    }

    private static async Task<JsonNode> Json(HttpResponseMessage response)
    {
        response.IsSuccessStatusCode.ShouldBeTrue($"{response.StatusCode}");
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
    }

    private static async Task ShouldBeProblem(HttpResponseMessage response, int status, string code, string? field = null)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        ((int)response.StatusCode).ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonNode.Parse(text)!;
        ((string)problem["type"]!).ShouldBe($"urn:gatehouse:error:{code}");
        if (field is not null)
        {
            problem["errors"]!.AsObject().ContainsKey(field).ShouldBeTrue(text);
        }
    }

    private async Task<EventReader> Watch(string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/registry/v1/watch?service={service}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await host.Management.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new EventReader(response, await response.Content.ReadAsStreamAsync(Cancel));
    }
}
