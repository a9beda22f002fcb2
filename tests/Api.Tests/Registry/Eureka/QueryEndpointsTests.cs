using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Tests.Registry.Eureka;

public sealed class QueryEndpointsTests : IAsyncLifetime
{
    private const string Json = "Accept: application/json";

    private readonly EurekaServer server = new();

    public ValueTask InitializeAsync() => server.InitializeAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("/eureka/v2/apps")]
    [InlineData("/eureka/v2/apps/")]
    [InlineData("/eureka/apps?regions=us-east-1,eu-west-1")]
    [InlineData("/eureka/apps/delta")]
    public async Task Registry_without_instances_is_an_empty_list(string path)
    {
        (await server.GetText(path, Json)).ShouldBe("""{"applications":{"versions__delta":"1","apps__hashcode":"","application":[]}}""");
        XElement.Parse(await server.GetText(path)).Elements().Select(element => element.Name.LocalName)
            .ShouldBe(["versions__delta", "apps__hashcode"]);
    }

    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("application/json;q=0.9, application/xml", "application/json")]
    [InlineData("application/xml", "application/xml")]
    [InlineData("*/*", "application/xml")]
    public async Task Answer_is_json_only_when_it_is_named(string accept, string expected)
    {
        using var response = await server.Send("GET", "/eureka/apps", [$"Accept: {accept}"]);

        response.Content.Headers.ContentType!.ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, gzip;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("identity", false)]
    public async Task Answer_is_compressed_when_asked(string accept, bool compressed)
    {
        server.Cluster.Current = Samples.Snapshot(Samples.Instance());
        var plain = await server.GetText("/eureka/apps", Json);
        using var response = await server.Send("GET", "/eureka/apps", [Json, $"Accept-Encoding: {accept}"]);

        response.Content.Headers.ContentEncoding.Contains("gzip").ShouldBe(compressed);
        var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var text = new StreamReader(compressed ? new GZipStream(body, CompressionMode.Decompress) : body);
        (await text.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe(plain);
    }

    [Fact]
    public async Task Removed_instance_is_only_in_the_delta_and_not_in_the_hash()
    {
        server.Cluster.Current = Samples.Snapshot(
            Samples.Instance(id: "a"),
            Samples.Instance(id: "b") with { Action = InstanceAction.Deleted, RemovedAt = Samples.Noon });

        Ids(await server.GetText("/eureka/apps", Json)).ShouldBe(["a"]);
        Ids(await server.GetText("/eureka/apps/ORDERS", Json)).ShouldBe(["a"]);
        var delta = await server.GetText("/eureka/apps/delta", Json);
        Ids(delta).ShouldBe(["a", "b"]);
        JsonNode.Parse(delta)!["applications"]!["apps__hashcode"]!.GetValue<string>().ShouldBe("UP_1_");
        (await StatusOf("/eureka/apps/ORDERS/b")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusOf("/eureka/instances/b")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Service_with_removed_instances_only_is_gone()
    {
        server.Cluster.Current = Samples.Snapshot(Samples.Instance() with { Action = InstanceAction.Deleted });

        (await StatusOf("/eureka/apps/ORDERS")).ShouldBe(HttpStatusCode.NotFound);
        Ids(await server.GetText("/eureka/apps", Json)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Delta_forgets_a_change_after_three_minutes()
    {
        server.Cluster.Current = Samples.Snapshot(
            Samples.Instance(id: "a"),
            Samples.Instance(id: "b") with { UpdatedAt = Samples.Noon.AddSeconds(60) });

        Ids(await server.GetText("/eureka/apps/delta", Json)).ShouldBe(["a", "b"]);
        server.Time.Advance(TimeSpan.FromSeconds(179.9));
        Ids(await server.GetText("/eureka/apps/delta", Json)).ShouldBe(["a", "b"]);
        server.Time.Advance(TimeSpan.FromSeconds(0.1));
        Ids(await server.GetText("/eureka/apps/delta", Json)).ShouldBe(["b"]);
        server.Time.Advance(TimeSpan.FromSeconds(60));
        Ids(await server.GetText("/eureka/apps/delta", Json)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Next_snapshot_is_seen_at_once()
    {
        server.Cluster.Current = Samples.Snapshot(Samples.Instance(id: "a"));
        Ids(await server.GetText("/eureka/apps", Json)).ShouldBe(["a"]);
        server.Cluster.Current = Samples.Snapshot(Samples.Instance(id: "b"), Samples.Instance(id: "c"));

        Ids(await server.GetText("/eureka/apps", Json)).ShouldBe(["b", "c"]);
    }

    [Theory]
    [InlineData("vips", "orders", new[] { "a", "b" })]
    [InlineData("vips", "shop", new[] { "a" })]
    [InlineData("vips", "ORDERS", new string[0])]
    [InlineData("vips", "order", new string[0])]
    [InlineData("svips", "safe", new[] { "b" })]
    public async Task Virtual_names_are_matched_exactly(string kind, string name, string[] expected)
    {
        var details = Samples.Instance().Eureka!;
        server.Cluster.Current = Samples.Snapshot(
            Samples.Instance(id: "a") with { Eureka = details with { VipAddress = "orders, shop" } },
            Samples.Instance(id: "b") with { Eureka = details with { VipAddress = "orders", SecureVipAddress = "safe" } },
            Samples.Instance(id: "c") with { Action = InstanceAction.Deleted, Eureka = details with { VipAddress = "orders" } });

        var found = await server.GetText($"/eureka/{kind}/{name}", Json);

        Ids(found).ShouldBe(expected);
        JsonNode.Parse(found)!["applications"]!["versions__delta"]!.GetValue<string>().ShouldBe("-1");
    }

    [Fact]
    public async Task Native_instance_has_all_that_clients_insist_on()
    {
        server.Cluster.Current = Samples.Snapshot(
            Samples.Instance(id: "n1") with { Eureka = null, Address = "https://10.0.0.5:8443", Zone = "a" });

        var instance = JsonNode.Parse(await server.GetText("/eureka/apps/ORDERS/n1", Json))!["instance"]!;

        instance["instanceId"]!.GetValue<string>().ShouldBe("n1");
        instance["hostName"]!.GetValue<string>().ShouldBe("10.0.0.5");
        instance["ipAddr"]!.GetValue<string>().ShouldBe("10.0.0.5");
        instance["port"]!["@enabled"]!.GetValue<string>().ShouldBe("false");
        instance["securePort"]!.ToJsonString().ShouldBe("""{"$":8443,"@enabled":"true"}""");
        instance["vipAddress"]!.GetValue<string>().ShouldBe("orders");
        instance["dataCenterInfo"]!["name"]!.GetValue<string>().ShouldBe("MyOwn");
        instance["metadata"]!["zone"]!.GetValue<string>().ShouldBe("a");
        Ids(await server.GetText("/eureka/vips/orders", Json)).ShouldBe(["n1"]);
    }

    [Fact]
    public async Task Overrides_list_what_is_overridden()
    {
        server.Cluster.Current = Samples.Snapshot(
            Samples.Instance(id: "a") with { Override = InstanceStatus.OutOfService },
            Samples.Instance(id: "b"));

        (await server.GetText("/eureka/serverinfo/statusoverrides")).ShouldBe("""{"a":"OUT_OF_SERVICE"}""");
    }

    private async Task<HttpStatusCode> StatusOf(string path)
    {
        using var response = await server.Send("GET", path);
        return response.StatusCode;
    }

    private static string[] Ids(string json)
    {
        var root = JsonNode.Parse(json)!;
        var applications = root["applications"]?["application"]!.AsArray() ?? new JsonArray(root["application"]!.DeepClone());
        return [.. applications.SelectMany(app => app!["instance"]!.AsArray()).Select(instance => instance!["instanceId"]!.GetValue<string>())];
    }
}
