using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Api.Registry.Eureka;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Tests.Registry.Eureka;

public sealed class ReplicationEndpointsTests : IAsyncLifetime
{
    private const string Instance = """
        {"instanceId":"i","app":"A","hostName":"h","ipAddr":"1.1.1.1","dataCenterInfo":{"name":"MyOwn"}}
        """;

    private readonly EurekaServer server = new();

    public ValueTask InitializeAsync() => server.InitializeAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("/eureka/peerreplication/batch")]
    [InlineData("/eureka/v2/peerreplication/batch/")]
    public async Task Events_of_an_instance_are_applied_in_order(string path)
    {
        var events = $$"""
            {"appName":"a","id":"i","action":"Register","instanceInfo":{{Instance}}},
            {"appName":"A","id":"i","action":"StatusUpdate","status":"OUT_OF_SERVICE","lastDirtyTimestamp":6},
            {"appName":"A","id":"i","action":"DeleteStatusOverride","status":"UP","lastDirtyTimestamp":"7"},
            {"appName":"A","id":"i","action":"Cancel"}
            """;

        (await Statuses(path, events)).ShouldBe([200, 200, 200, 200]);
        server.Cluster.Calls.ShouldBe(["register i", "set i OutOfService 6", "clear i Up", "deregister i"]);
    }

    [Theory]
    [InlineData("""{"appName":"A","id":"i"}""", 400)]
    [InlineData("""{"appName":"A","id":"i","action":"Explode"}""", 400)]
    [InlineData("""{"action":"Cancel"}""", 404)]
    [InlineData("""{"appName":"A","id":"i","action":"Cancel"}""", 404)]
    [InlineData("""{"appName":"A","id":"i","action":"StatusUpdate","status":"BOGUS"}""", 400)]
    [InlineData("""{"appName":"A","id":"i","action":"Register"}""", 400)]
    [InlineData("""{"appName":"A","id":"i","action":"Register","instanceInfo":{"app":"A"}}""", 400)]
    public async Task Event_that_cannot_be_applied_has_its_own_status(string replicated, int status) =>
        (await Statuses("/eureka/peerreplication/batch", replicated)).ShouldBe([status]);

    [Fact]
    public async Task Heartbeats_are_answered_each()
    {
        server.Cluster.Current = Samples.Snapshot(Samples.Instance(id: "old"));
        server.Cluster.Answer = beat => beat.Id switch
        {
            "old" => BeatOutcome.Outdated,
            "gone" => BeatOutcome.RegisterAgain,
            _ => BeatOutcome.Renewed,
        };
        var ids = new[] { "old", "gone", "fine" };
        var results = await Post(
            "/eureka/peerreplication/batch",
            string.Join(',', ids.Select(id => $$"""{"appName":"ORDERS","id":"{{id}}","action":"Heartbeat","lastDirtyTimestamp":4,"overriddenStatus":"DOWN"}""")));

        results.Select(result => result!["statusCode"]!.GetValue<int>()).ShouldBe([409, 404, 200]);
        results[0]!["responseEntity"]!["instanceId"]!.GetValue<string>().ShouldBe("old");
        results[2]!["responseEntity"].ShouldBeNull();
        server.Cluster.Beats.ShouldContain(("ORDERS", new Heartbeat("fine", 4, Replicated: true, InstanceStatus.Down)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"replicationList":{}}""")]
    [InlineData("""{"replicationList":[1]}""")]
    [InlineData("""{"replicationList":[{"lastDirtyTimestamp":"x"}]}""")]
    [InlineData("""{"replicationList":[""")]
    public async Task Batch_that_is_none_is_400(string body)
    {
        using var response = await server.Send("POST", "/eureka/peerreplication/batch", content: EurekaServer.Json(body));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Batch_beyond_the_limits_is_refused_whole()
    {
        var many = string.Join(',', Enumerable.Repeat("""{"appName":"A","id":"i","action":"Cancel"}""", 1_001));
        using var tooMany = await server.Send("POST", "/eureka/peerreplication/batch", content: Batch(many));
        using var tooLarge = await server.Send("POST", "/eureka/peerreplication/batch", content: EurekaServer.Json(new string(' ', RequestBody.MaxBatch + 1)));

        tooMany.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        tooLarge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        server.Cluster.Calls.ShouldBeEmpty();
    }

    private async Task<int[]> Statuses(string path, string events) =>
        [.. (await Post(path, events)).Select(result => result!["statusCode"]!.GetValue<int>())];

    private async Task<JsonArray> Post(string path, string events)
    {
        using var response = await server.Send("POST", path, content: Batch(events));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return JsonNode.Parse(text)!["responseList"]!.AsArray();
    }

    private static StringContent Batch(string events) => EurekaServer.Json($$"""{"replicationList":[{{events}}]}""");
}
