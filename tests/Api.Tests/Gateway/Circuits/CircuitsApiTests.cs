using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;

namespace Gatehouse.Api.Tests.Gateway.Circuits;

/// <summary>Circuits as operators see and decide them, with their grains and views.</summary>
public sealed class CircuitsApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Decisions_hold_at_once_are_told_with_their_reason_and_survive_a_restart()
    {
        await using var service = await Service.Start();
        await using var host = await GatehouseHost.Start();
        await Register(host, "one", "1", service);
        (await Status(host, "one")).ShouldBe(HttpStatusCode.OK);

        var open = await Put(host, "one", """{"state":"open","reason":"release"}""");
        open.GetProperty("state").GetString().ShouldBe("open");
        open.GetProperty("mode").GetString().ShouldBe("forced");
        (await Status(host, "one")).ShouldBe(HttpStatusCode.ServiceUnavailable);

        await host.Restart();
        await Until.Holds(async () => await Status(host, "one") != HttpStatusCode.NotFound);
        (await Status(host, "one")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        var listed = (await Get(host, "")).GetProperty("circuits").EnumerateArray().ShouldHaveSingleItem();
        listed.GetProperty("service").GetString().ShouldBe("ONE");
        listed.GetProperty("reason").GetString().ShouldBe("release");
        listed.TryGetProperty("since", out _).ShouldBeTrue();

        (await Put(host, "one", """{"state":"auto"}""")).GetProperty("state").GetString().ShouldBe("closed");
        (await Status(host, "one")).ShouldBe(HttpStatusCode.OK);
        (await Get(host, "")).GetProperty("circuits").GetArrayLength().ShouldBe(0);
        var audit = await host.Management.GetStringAsync("/admin/v1/audit?type=management.change", Cancel);
        audit.ShouldContain("PUT /admin/v1/circuits/one");
    }

    [Fact]
    public async Task Service_that_fails_is_open_in_the_list_and_in_the_Hystrix_stream_and_closes_by_a_probe()
    {
        await using var service = await Service.Start();
        await using var host = await GatehouseHost.Start();
        using var counters = new Counters(host.Services);
        await Register(host, "two", "1", service);
        service.Status = 500;
        for (var i = 0; i < 25; i++)
        {
            await Status(host, "two");
        }

        await Until.Holds(async () => (await Get(host, "/two")).GetProperty("circuits").EnumerateArray()
            .Count(circuit => circuit.GetProperty("state").GetString() == "open") == 2);
        (await Status(host, "two")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        service.Calls.ShouldBe(20);
        await Until.Holds(() => counters.Of(
            "gatehouse.circuit.transitions", ("gatehouse.service", "TWO"), ("gatehouse.circuit.of", "service"), ("gatehouse.circuit.to", "open")) == 1);
        counters.Now("gatehouse.circuit.state", ("gatehouse.service", "TWO"), ("gatehouse.instance", "1")).ShouldBeGreaterThan(0);
        using (var request = new HttpRequestMessage(HttpMethod.Get, "/hystrix.stream"))
        using (var stream = await host.Management.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel))
        using (var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Cancel)))
        {
            await Until.Holds(async () =>
                await reader.ReadLineAsync(Cancel) is { } line
                && line.Contains("\"name\":\"TWO\"", StringComparison.Ordinal)
                && line.Contains("\"isCircuitBreakerOpen\":true", StringComparison.Ordinal));
        }

        service.Status = 200;
        await Until.Holds(async () => await Status(host, "two") == HttpStatusCode.OK);
        await Until.Holds(async () => (await Get(host, "")).GetProperty("circuits").GetArrayLength() == 0);
    }

    [Fact]
    public async Task What_was_kept_of_an_instance_that_left_is_gone()
    {
        await using var service = await Service.Start();
        await using var host = await GatehouseHost.Start();
        await Register(host, "three", "1", service);
        await Put(host, "three/instances/1", """{"state":"open"}""");
        (await Status(host, "three")).ShouldBe(HttpStatusCode.ServiceUnavailable);

        (await host.Management.DeleteAsync("/registry/v1/services/three/instances/1", Cancel)).EnsureSuccessStatusCode();
        await Until.Holds(async () => (await Get(host, "")).GetProperty("circuits").GetArrayLength() == 0);
    }

    [Fact]
    public async Task Service_module_has_a_circuit_too()
    {
        await using var host = await GatehouseHost.Start();
        await Until.Holds(async () => (await host.Management.GetAsync("/admin/v1/circuits/lending", Cancel)).IsSuccessStatusCode);
        (await Status(host, "lending/books")).ShouldBe(HttpStatusCode.OK);

        await Put(host, "lending", """{"state":"open"}""");
        using var refused = await host.Public.GetAsync("/lending/books", Cancel);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:circuit-open");

        await Put(host, "lending", """{"state":"auto"}""");
        (await Status(host, "lending/books")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"state":"ajar"}""", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("""{"state":"open","why":"x"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"state":"open"}""", HttpStatusCode.NotFound)]
    public async Task Decision_about_nothing_or_of_nothing_is_refused(string body, HttpStatusCode status)
    {
        await using var host = await GatehouseHost.Start();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await host.Management.PutAsync("/admin/v1/circuits/nobody", content, Cancel);
        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    private static async Task Register(GatehouseHost host, string service, string id, Service at)
    {
        using var answer = await host.Management.PutAsJsonAsync(
            $"/registry/v1/services/{service}/instances/{id}", new { address = at.Address, leaseSeconds = 600 }, Cancel);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<HttpStatusCode> Status(GatehouseHost host, string service)
    {
        using var answer = await host.Public.GetAsync($"/{service}", Cancel);
        return answer.StatusCode;
    }

    private static async Task<JsonElement> Get(GatehouseHost host, string path)
    {
        using var answer = await host.Management.GetAsync($"/admin/v1/circuits{path}", Cancel);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private static async Task<JsonElement> Put(GatehouseHost host, string path, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await host.Management.PutAsync($"/admin/v1/circuits/{path}", content, Cancel);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }
}
